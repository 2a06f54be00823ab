using System.Collections.Immutable;
using Vigil.Logs;
using Vigil.Monitoring;

namespace Vigil.Views;

/// <summary>What <c>status --json</c> prints of one experiment. All paths are absolute, job ids are text, what is unknown is null.</summary>
public sealed record StatusReport(int Schema, string? Experiment, string Dir, MonitorStatus Monitor, IReadOnlyDictionary<string, int> Counts, ImmutableArray<RunStatus> Runs)
{
    public static StatusReport Of(ExperimentState state, string dir, MonitorStatus monitor, Func<RunRecord, ProgressReport?> progress, DateTimeOffset now)
    {
        var runs = state.InPlanOrder.Select(run => RunStatus.Of(run, state.Experiment?.Scheduler, progress(run), now)).ToImmutableArray();
        // Every word is there, in the order in which tables show them.
        var counts = new OrderedDictionary<string, int>(RunWords.All.Select(word => KeyValuePair.Create(word, runs.Count(r => r.State == word))));
        return new StatusReport(1, state.Experiment?.Name, dir, monitor, counts, runs);
    }
}

/// <summary>The process that watches the experiment, or the last one that did.</summary>
/// <param name="Beat">How often it has shown life; null when nobody ever watched.</param>
public sealed record MonitorStatus(bool Alive, string? Host, int? Pid, long? Beat);

/// <param name="Reason">The scheduler's exact word, or ours.</param>
/// <param name="Source">Who said so.</param>
/// <param name="AgeSeconds">Since the journal last said something of this run.</param>
/// <param name="Log">The newest attempt's log.</param>
public sealed record RunStatus(
    string Name, string? Stage, string State, string? Reason, string? Source, double AgeSeconds, int? Attempt, string? JobId, string? Log, string OutputDir,
    ImmutableArray<AttemptStatus> Attempts, ProgressStatus Progress, IReadOnlyDictionary<string, double> Metrics, CheckpointStatus? Checkpoint)
{
    internal static RunStatus Of(RunRecord run, string? scheduler, ProgressReport? progress, DateTimeOffset now)
    {
        var last = run.LastAttempt;
        return new RunStatus(
            run.Id.Value, run.Plan.Stage, RunWords.State(run.State), (run.State as RunState.Finished)?.Reason, scheduler,
            Math.Max(0, Math.Round((now - run.Changed).TotalSeconds, 3)), last?.Id.Number, last?.Job?.Value, last?.Log, run.Plan.OutputDir,
            [.. run.Attempts.Select(a => AttemptStatus.Of(a, run.State))], ProgressStatus.Of(run, progress), LastValues(progress), CheckpointStatus.Of(run.Checkpoint));
    }

    /// <summary>NaN and Inf have no place in JSON and are left out.</summary>
    private static OrderedDictionary<string, double> LastValues(ProgressReport? progress) =>
        new((progress?.Metrics ?? []).Where(static m => double.IsFinite(m.Value)).Select(static m => KeyValuePair.Create(m.Name, m.Value)));
}

public sealed record AttemptStatus(
    int Number, int Requeue, string? JobId, string State, string? Reason, int? ExitCode, int? Signal, string? Cause, string? Log,
    DateTimeOffset? Submitted, DateTimeOffset? Started, DateTimeOffset? Ended)
{
    internal static AttemptStatus Of(AttemptRecord a, RunState run) => new(
        a.Id.Number, a.Id.Requeue, a.Job?.Value, Word(a, run), a.Reason, a.ExitCode, a.Signal,
        a.Cause is { } cause ? RunWords.Cause(cause) : null, a.Log, a.Submitted, a.Started, a.Ended);

    /// <summary>An attempt without a job is being handed over, or was refused for good.</summary>
    private static string Word(AttemptRecord a, RunState run) =>
        a.Job is not null ? RunWords.Job(a.State) : run is RunState.Submitting current && current.Attempt == a.Id ? "submitted" : "failed";
}

/// <param name="Epoch">Null where the trainer does not count epochs.</param>
public sealed record ProgressStatus(long? Step, long? Total, double? Epoch, double? Epochs, double? EtaSeconds)
{
    internal static ProgressStatus Of(RunRecord run, ProgressReport? progress) => new(
        progress?.Step, progress?.Total, null, null, run.State is RunState.Running && progress?.Eta is { } eta ? Math.Round(eta.TotalSeconds, 1) : null);
}

/// <param name="Valid">Whether it was looked at and found whole; null when nobody looked.</param>
public sealed record CheckpointStatus(string Path, long Step, bool? Valid)
{
    internal static CheckpointStatus? Of(Checkpoint? checkpoint) => checkpoint is null ? null : new(checkpoint.Path, checkpoint.Step, null);
}
