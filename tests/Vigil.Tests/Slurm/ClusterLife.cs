using System.Collections.Immutable;
using FakeSlurm;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Schedulers.Slurm;
using Vigil.Spec;
using Vigil.Tests.CrashMatrix;

namespace Vigil.Tests.Slurm;

/// <summary>An experiment on a cluster that is a value: whole monitors come and go over one journal on disk, in virtual time.</summary>
internal sealed class ClusterLife : IDisposable
{
    private readonly TempFolder _temp = TempFolder.InMemory();
    private readonly List<LifeMonitor> _monitors = [];

    public ClusterLife()
    {
        Time = new(Cluster);
        Jobs = new(Cluster);
        Time.Waited = Jobs.Follow;
        Folder = new(_temp["out"]);
    }

    public FakeCluster Cluster { get; } = new();
    public LifeTime Time { get; }
    public ScriptedJobs Jobs { get; }
    public ExperimentFolder Folder { get; }
    public ImmutableArray<PlannedRun> Runs { get; set; } = [];
    /// <summary>What the runs name by their ids.</summary>
    public ImmutableArray<RuleSet> Rules { get; set; } = [];

    public SlurmSettings Settings { get; set; } = SlurmSettings.Default;

    /// <summary>Every command of every monitor.</summary>
    public List<Asked> Asked { get; } = [];

    /// <summary>The zone of the login node.</summary>
    public string HomeZone { get; set; } = "UTC";

    /// <summary>Those that reached the cluster, a person's included.</summary>
    public int Sbatches => Cluster.Calls.GetValueOrDefault("sbatch");

    public IEnumerable<Asked> Calls(string program) => Asked.Where(a => a.Line.StartsWith(program + " ", StringComparison.Ordinal));

    /// <summary>Jobs of ours: those that our scripts were submitted as.</summary>
    public IEnumerable<FakeJob> OurJobs => Cluster.Jobs.Where(j => j.Comment?.Contains("vigil:", StringComparison.Ordinal) == true);

    public FakeJob Job(string name) => Cluster.Jobs.Last(j => j.Name == name);

    public PlannedRun Run(string name, params SlurmOption[] sbatch) => new()
    {
        Id = new(name),
        Point = name,
        Index = Runs.Length,
        OutputDir = _temp["out", name],
        LogPath = _temp["out", name, "slurm-%j.out"],
        LogPathCurrent = _temp["out", name, "current.log"],
        WorkDir = _temp.Path,
        ConfigHash = "h",
        Command = new CommandTemplate.Line("true"),
        Restart = new(3, 1, [FailureCause.Infrastructure]),
        Slurm = new() { Sbatch = [.. sbatch] },
    };

    /// <summary>So many runs that ask for the same, as tasks of arrays.</summary>
    public ImmutableArray<PlannedRun> Sweep(int count) =>
        [.. Enumerable.Range(0, count).Select(i => Run(FormattableString.Invariant($"p{i:0000}")) with { Index = i, Slurm = new() { PackKey = "k" } })];

    /// <summary>The plan: these runs alone.</summary>
    public ClusterLife Plan(params PlannedRun[] runs)
    {
        Runs = [.. runs.Select(static (run, i) => run with { Index = i })];
        return this;
    }

    /// <summary>What is on disk, as everybody else reads it.</summary>
    public ExperimentState State
    {
        get
        {
            var follower = new JournalFollower(Folder);
            follower.Read(static (_, _) => { });
            Assert.Null(follower.Damage);
            return follower.State;
        }
    }

    public RunRecord Of(string run) => State.Runs[run];

    public List<T> Events<T>() where T : RunEvent
    {
        List<T> events = [];
        new JournalFollower(Folder).Read((entry, _) => events.AddRange(entry.Events.OfType<T>()));
        return events;
    }

    /// <summary>Lets time pass for everybody.</summary>
    public void Pass(TimeSpan time)
    {
        Cluster.Advance(time);
        Jobs.Follow();
    }

    public void Drop(WishContent wish) => Inbox.Drop(Folder, new Wish($"w{Guid.NewGuid():n}", "user:ada", Time.GetUtcNow(), wish));

    /// <summary>A new monitor, which knows what the journal says; the one before it is gone.</summary>
    public async Task<LifeMonitor> MonitorAsync(string host = "here", Action<Journal>? prepare = null)
    {
        var monitor = Assert.IsType<LifeMonitor>(await TryMonitorAsync(host, static _ => false));
        prepare?.Invoke(monitor.Journal);
        monitor.Plan();
        return monitor;
    }

    /// <summary>Null: another one holds the experiment.</summary>
    public async Task<LifeMonitor?> TryMonitorAsync(string host, Func<Writer, bool> isAlive)
    {
        var opening = await new JournalOpening(Folder, new Writer(host, $"machine of {host}", $"boot of {host}", "ns", _monitors.Count + 1, 1), isAlive, Time).OpenAsync(static _ => { }, Stop);
        if (opening is Opening.HeldBy) return null;
        var monitor = new LifeMonitor(this, Assert.IsType<Opening.Ready>(opening));
        _monitors.Add(monitor);
        return monitor;
    }

    /// <summary>A monitor that lives until every run is over.</summary>
    public async Task<ExperimentState> LiveAsync(TimeSpan? limit = null)
    {
        var monitor = await MonitorAsync();
        Assert.True(await monitor.UntilAsync(static s => s.AllFinished && s.Outbox.IsEmpty, limit), "the monitor died");
        return State;
    }

    /// <summary>One life that ends when this many dangerous moments have passed. False: it has fewer.</summary>
    public async Task<bool> DiesAsync(Func<IReadOnlyList<string>, bool> at, Moment moment)
    {
        var monitor = await MonitorAsync();
        void Strike(IReadOnlyList<string> words)
        {
            if (at(words)) throw new SimulatedCrash();
        }
        if (moment is Moment.Before) Cluster.Called = Strike;
        else Cluster.Done = Strike;
        var lived = await monitor.UntilAsync(static s => s.AllFinished && s.Outbox.IsEmpty);
        (Cluster.Called, Cluster.Done) = (null, null);
        return !lived;
    }

    /// <summary>Requests never come faster than the settings allow, counted as a bucket of tokens.</summary>
    public void AssertBudget()
    {
        var (tokens, last) = (RequestBudget.Burst + RequestBudget.Reserve, Asked.Count == 0 ? default : Asked[0].At);
        foreach (var one in Asked)
        {
            tokens = Math.Min(RequestBudget.Burst + RequestBudget.Reserve, tokens + (one.At - last).TotalSeconds * Settings.RequestsPerSecond) - 1;
            last = one.At;
            Assert.True(tokens > -0.01, $"too often at {one.At}: {one.Line}");
        }
    }

    /// <summary>Each attempt was started by one job, and every job of ours is in the journal.</summary>
    public void AssertOnce()
    {
        Assert.Equal(Jobs.Started.Count, Jobs.Started.Distinct().Count());
        Assert.Empty(Jobs.Refused);
        var known = State.Runs.Values.SelectMany(static r => r.Attempts).Select(static a => a.Job?.Value).OfType<string>().ToHashSet();
        Assert.Equal([], OurJobs.Select(static j => j.ShownId).Where(id => !known.Contains(id)));
    }

    internal string RequestsFile => _temp["requests"];

    internal ExperimentHeader Header => MonitorLife.Experiment(Folder.Root) with { Name = "exp", Scheduler = "slurm", Slurm = Settings };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _monitors.ForEach(static m => m.Dispose());
        _temp.Dispose();
    }
}

/// <summary>On which side of a command's work.</summary>
internal enum Moment { Before, After }
