using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;
using Vigil.Schedulers;
using Vigil.Schedulers.Local;

namespace Vigil.Monitor;

/// <summary>One process as the monitor of one experiment: journal, lease, scheduler and loop, wired by hand.</summary>
internal sealed class MonitorSession : IDisposable
{
    private readonly Opening.Ready _opened;
    private readonly ViewWriter _views;
    private readonly LocalScheduler _scheduler;
    private readonly RunFolder _runFolder;

    private MonitorSession(ExperimentFolder folder, Opening.Ready opened, ExperimentHeader experiment, RunFolder runFolder, LocalScheduler scheduler, IMonitorScreen screen, TimeProvider time)
    {
        _opened = opened;
        _runFolder = runFolder;
        _scheduler = scheduler;
        _views = new ViewWriter(folder, time);
        Progress = new ProgressBoard(time);
        var provenance = new ProvenanceWriter(new FrozenConfigs(folder), () => Loop?.State.Experiment ?? experiment, time);
        Loop = new MonitorLoop(opened.Journal, opened.Lease, opened.State, scheduler, new EffectRunner(scheduler, provenance), new AttemptLogs(Progress), new Inbox(folder, screen.Say), _views, screen, time);
        foreach (var remark in opened.Remarks) screen.Say(remark);
    }

    public MonitorLoop Loop { get; }
    public ProgressBoard Progress { get; }

    /// <summary>Null, with the reason and its remedy, when this machine cannot run local jobs.</summary>
    public static MonitorSession? Start(ExperimentFolder folder, Opening.Ready opened, ExperimentHeader experiment, IMonitorScreen screen, TimeProvider time, out string? refusal)
    {
        var runFolder = RunFolder.Open(RunFolder.DefaultPath(Environment.GetEnvironmentVariable), time, out refusal);
        if (runFolder is null)
        {
            opened.Lease.Release();
            opened.Journal.Dispose();
            return null;
        }
        return new MonitorSession(folder, opened, experiment, runFolder, new LocalScheduler(runFolder, LocalMachine.Here(time), experiment.Local, time), screen, time);
    }

    /// <summary>Leaves cleanly: views up to date, lease given back. Jobs go on.</summary>
    public void Leave()
    {
        _views.Finish(_opened.Journal, Loop.State);
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
        _opened.Journal.Dispose();
        _scheduler.Dispose();
        _runFolder.Dispose();
    }
}
