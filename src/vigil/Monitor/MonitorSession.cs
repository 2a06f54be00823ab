using Vigil.Journaling;
using Vigil.Logs;
using Vigil.Monitoring;
using Vigil.Notifying;
using Vigil.Planning;

namespace Vigil.Monitor;

/// <summary>One process as the monitor of one experiment: journal, lease, scheduler and loop, wired by hand.</summary>
internal sealed class MonitorSession : IDisposable
{
    private readonly Opening.Ready _opened;
    private readonly ViewWriter _views;
    private readonly OpenSchedulers _schedulers;
    private readonly RuleHands _hands;
    private readonly MetricStore _store;

    private MonitorSession(ExperimentFolder folder, Opening.Ready opened, ExperimentHeader experiment, OpenSchedulers schedulers, IRunStarter starter, IMonitorScreen screen, TimeProvider time)
    {
        _opened = opened;
        _schedulers = schedulers;
        _views = new ViewWriter(folder, time);
        var packs = new Lazy<ProgressPacks>(() => FrozenPacks.Read(folder));
        Progress = new ProgressBoard(time) { Packs = packs };
        var provenance = new ProvenanceWriter(new FrozenConfigs(folder), () => Loop?.State.Experiment ?? experiment, time);
        _store = new MetricStore(folder.Views);
        _hands = new RuleHands(new ProbeRunner(time) { Checkpoints = new() { Packs = packs }, Losses = new RunLosses(_store, Progress).Of }, new ActionRunner(starter, time), new Notifier(new ChannelSender(GuardedConnection.Real, Environment.GetEnvironmentVariable, time), time));
        Loop = new MonitorLoop(opened.Journal, new LeaseKeeper(opened.Lease, time), opened.State, schedulers.All, new EffectRunner(schedulers.All, provenance), new AttemptLogs(Progress, new EchoGuard(folder.Here) { Sources = () => FrozenSources.Lines(folder) }) { Store = _store, Packs = packs, Files = new MetricFiles(_store) }, new Inbox(folder, screen.Say), _views, screen, time) { Hands = _hands };
        foreach (var remark in opened.Remarks) screen.Say(remark);
    }

    public MonitorLoop Loop { get; }
    public ProgressBoard Progress { get; }

    /// <summary>Null, with the reason and its remedy, when this machine cannot run local jobs.</summary>
    public static MonitorSession? Start(ExperimentFolder folder, Opening.Ready opened, ExperimentHeader experiment, IRunStarter starter, IMonitorScreen screen, TimeProvider time, out string? refusal)
    {
        if (OpenSchedulers.Open(experiment, opened.State, Since(opened.State, time), time, out refusal) is { } schedulers) return new MonitorSession(folder, opened, experiment, schedulers, starter, screen, time);
        opened.Lease.Release();
        opened.Journal.Dispose();
        return null;
    }

    /// <summary>Before this moment no job of the experiment was submitted.</summary>
    private static DateTimeOffset Since(ExperimentState state, TimeProvider time) =>
        state.Runs.Values.SelectMany(static r => r.Attempts).Select(static a => a.Requested).DefaultIfEmpty(time.GetUtcNow()).Min();

    /// <summary>Leaves cleanly: views up to date, lease given back. Jobs go on.</summary>
    public void Leave()
    {
        _views.Finish(_opened.Journal, Loop.State);
        _store.Flush();
        try
        {
            _opened.Lease.Release();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A lease that cannot be given back is judged by its owner's death, a moment later.
        }
    }

    public void Dispose()
    {
        _hands.Dispose();
        _opened.Journal.Dispose();
        _schedulers.Dispose();
    }
}
