using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Schedulers.Slurm;
using Vigil.Tests.CrashMatrix;

namespace Vigil.Tests.Slurm;

/// <summary>One monitor of an experiment on a cluster that is a value: everything but the process, the clock and the commands is the real thing.</summary>
internal sealed class LifeMonitor : IDisposable
{
    /// <summary>Virtual time between two turns; a monitor takes one a second.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly ClusterLife _life;
    private readonly Opening.Ready _opened;

    public LifeMonitor(ClusterLife life, Opening.Ready opened)
    {
        (_life, _opened) = (life, opened);
        Site = new(life.Cluster, life.Jobs, life.Asked) { HomeZone = life.HomeZone };
        var since = opened.State.Runs.Values.SelectMany(static r => r.Attempts).Select(static a => a.Requested).DefaultIfEmpty(life.Time.GetUtcNow()).Min();
        Scheduler = new(Site, new(life.RequestsFile, life.Settings.RequestsPerSecond, life.Time, "boot"), life.Settings, new(null, life.Folder.Root, since), SubmissionWords.Of, life.Time);
        var provenance = new ProvenanceWriter(new FrozenConfigs(life.Folder), () => life.Header, life.Time);
        Loop = new(opened.Journal, new LeaseKeeper(opened.Lease, life.Time), opened.State, Scheduler, new EffectRunner(Scheduler, provenance), new AttemptLogs(new ProgressBoard(life.Time), new EchoGuard(static (_, path) => path)),
            new Inbox(life.Folder, static _ => { }), new ViewWriter(life.Folder, life.Time), new MonitorLife.Silence(), life.Time);
    }

    public LifeSite Site { get; }
    public SlurmScheduler Scheduler { get; }
    public MonitorLoop Loop { get; }
    public Journal Journal => _opened.Journal;
    public ExperimentState State => Loop.State;

    public Witness Witness(string name) => Scheduler.Sight!.Witnesses.Single(w => w.Name == name);

    public void Plan()
    {
        if (Loop.State.Experiment is not null) return;
        FrozenConfigs.Write(_life.Folder, "all", _life.Runs, _life.Runs.Select(static r => new FrozenConfig(r.Id, "a: 1\n", "{}", "a: 1\n")));
        Loop.Decide(new Observation.PlanAccepted(_life.Time.GetUtcNow(), "user:ada", _life.Header, _life.Runs, []) { Rules = _life.Rules });
    }

    /// <summary>False: it died on the way.</summary>
    public async Task<bool> UntilAsync(Func<ExperimentState, bool> enough, TimeSpan? limit = null)
    {
        var end = _life.Cluster.Now + (limit ?? TimeSpan.FromHours(2));
        try
        {
            while (true)
            {
                Assert.True(await TurnAsync(), "the lease was lost");
                if (enough(Loop.State) && !Loop.State.Outbox.Values.Any(static e => e.NotBefore is null)) return true;
                Assert.True(_life.Cluster.Now < end, $"not within {limit}: {string.Join("; ", Loop.State.Runs.Values.Take(5).Select(static r => $"{r.Id} {r.State}"))}; {string.Join("; ", Scheduler.Sight!.Witnesses)}");
                _life.Pass(Step);
            }
        }
        catch (SimulatedCrash)
        {
            return false;
        }
    }

    /// <summary>Lives on for so long.</summary>
    public Task<bool> ForAsync(TimeSpan time)
    {
        var end = _life.Cluster.Now + time;
        return UntilAsync(_ => _life.Cluster.Now >= end, time + TimeSpan.FromHours(1));
    }

    /// <summary>Until the run has this state.</summary>
    public Task<bool> UntilAsync<T>(string run, TimeSpan? limit = null) where T : RunState => UntilAsync(s => s.Runs[run].State is T, limit);

    public Task<bool> TurnAsync() => Loop.TurnAsync(TestContext.Current.CancellationToken);

    /// <summary>The process is gone, without a word.</summary>
    public void Dispose() => _opened.Journal.Dispose();
}
