using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Vigil.Logs;
using Vigil.Logs.Checkpoints;
using Vigil.Monitoring;

namespace Vigil.Views;

/// <summary>What <c>status --json</c> prints of one experiment. All paths are absolute, job ids are text, what is unknown is null.</summary>
public sealed record StatusReport(
    int Schema, string? Experiment, string Dir, MonitorStatus Monitor, ImmutableArray<WitnessStatus> Witnesses, IReadOnlyDictionary<string, int> Counts, ImmutableArray<RunStatus> Runs)
{
    /// <summary>Actions of rules that wait for a person.</summary>
    public ImmutableArray<ActionStatus> Actions { get; init; } = [];

    /// <param name="sight">What the scheduler showed last; null: every word of it is in the journal.</param>
    /// <param name="checkpoints">Those that lie on disk, the furthest first; null: nobody looked.</param>
    public static StatusReport Of(
        ExperimentState state, string dir, MonitorStatus monitor, Func<RunRecord, ProgressReport?> progress, SchedulerSight? sight, DateTimeOffset now, Func<RunRecord, ImmutableArray<CheckpointSeen>>? checkpoints = null)
    {
        var runs = state.InPlanOrder.Select(run => RunStatus.Of(run, Sighting.Of(run, sight), progress(run), checkpoints?.Invoke(run) ?? [], now)).ToImmutableArray();
        var found = runs.CountBy(static r => r.State).ToDictionary();
        // Every word is there, in the order in which tables show them.
        var counts = new OrderedDictionary<string, int>(RunWords.All.Select(word => KeyValuePair.Create(word, found.GetValueOrDefault(word))));
        return new StatusReport(1, state.Experiment?.Name, dir, monitor, [.. (sight?.Witnesses ?? []).Select(w => WitnessStatus.Of(w, now))], counts, runs) { Actions = ActionStatus.Of(state) };
    }
}

/// <summary>Who is asked about the jobs, and how long the last answer is ago.</summary>
/// <param name="Name"><c>squeue</c>, <c>sacct</c>; with the host where it is another one.</param>
/// <param name="AgeSeconds">Null: it never answered.</param>
/// <param name="Trouble">What it said instead of answering; null: it answered the last time.</param>
public sealed record WitnessStatus(string Name, double? AgeSeconds, string? Trouble)
{
    public static WitnessStatus Of(Witness witness, DateTimeOffset now) =>
        new(witness.Name, witness.Answered is { } at ? Sighting.Age(at, now) : null, witness.Trouble);
}

/// <summary>The process that watches the experiment, or the last one that did.</summary>
/// <param name="Beat">How often it has shown life; null when nobody ever watched.</param>
public sealed record MonitorStatus(bool Alive, string? Host, int? Pid, long? Beat)
{
    /// <summary>Its last sign of life, where it is gone before its runs were done, or seems to be; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? SilentSince { get; init; }
}

/// <param name="Reason">The scheduler's exact word, or ours.</param>
/// <param name="Source">Who said so: <c>squeue</c>, <c>sacct</c>, <c>marker</c>; <c>journal</c> where nobody has said more than it holds; <c>local</c> of a job of this machine.</param>
/// <param name="AgeSeconds">Since the source said so.</param>
/// <param name="Log">The newest attempt's log.</param>
/// <param name="ExpectedStart">Of a job that waits, where its scheduler has planned it.</param>
public sealed record RunStatus(
    string Name, string? Stage, string State, string? Reason, string? Source, double AgeSeconds, int? Attempt, string? JobId, string? Log, string OutputDir,
    ImmutableArray<AttemptStatus> Attempts, ProgressStatus Progress, IReadOnlyDictionary<string, double> Metrics, CheckpointStatus? Checkpoint, DateTimeOffset? ExpectedStart)
{
    /// <summary>Those that were looked at on disk, the furthest first.</summary>
    public ImmutableArray<CheckpointSeenStatus> Checkpoints { get; init; } = [];

    /// <summary>The run that it was started from; null: the experiment's own file asked for it.</summary>
    public string? Parent { get; init; }

    /// <summary>The checkpoint that it was started from; null: from none.</summary>
    public string? FromCheckpoint { get; init; }

    /// <summary>Settings that a restart has changed.</summary>
    public ImmutableArray<DeviationStatus> DeviatesFromPlan { get; init; } = [];

    internal static RunStatus Of(RunRecord run, Sighting seen, ProgressReport? progress, ImmutableArray<CheckpointSeen> checkpoints, DateTimeOffset now)
    {
        var last = run.LastAttempt;
        return new RunStatus(
            run.Id.Value, run.Plan.Stage, RunWords.State(run), seen.Reason, seen.Source,
            Sighting.Age(seen.At, now), last?.Id.Number, last?.Job?.Value, last?.Log, run.Plan.OutputDir,
            [.. run.Attempts.Select(a => AttemptStatus.Of(a, run.State))], ProgressStatus.Of(run, progress), LastValues(progress), CheckpointStatus.Of(run.Checkpoint, checkpoints), seen.Job?.ExpectedStart)
        {
            Checkpoints = [.. checkpoints.Select(c => CheckpointSeenStatus.Of(c, now))],
            Parent = run.Plan.Lineage?.Parent.Value,
            FromCheckpoint = run.Plan.Lineage?.Checkpoint,
            DeviatesFromPlan = [.. (run.Plan.Deviations ?? []).Select(static d => new DeviationStatus(d.Key, d.Planned, d.Now))],
        };
    }

    /// <summary>NaN and Inf have no place in JSON and are left out.</summary>
    private static OrderedDictionary<string, double> LastValues(ProgressReport? progress) =>
        new((progress?.Metrics ?? []).Where(static m => double.IsFinite(m.Value)).Select(static m => KeyValuePair.Create(m.Name, m.Value)));
}

/// <summary>A setting that is no longer as it was planned.</summary>
/// <param name="Planned">Null: there was no such key.</param>
/// <param name="Now">Null: it is gone.</param>
public sealed record DeviationStatus(string Key, string? Planned, string? Now);

/// <param name="Requeue">0, or which of the scheduler's own requeues of the attempt's job this is.</param>
/// <param name="LogStart">The byte of the log at which its part begins: a requeued job appends to its log.</param>
public sealed record AttemptStatus(
    int Number, int Requeue, string? JobId, string State, string? Reason, int? ExitCode, int? Signal, string? Cause, string? Log, long LogStart,
    DateTimeOffset? Submitted, DateTimeOffset? Started, DateTimeOffset? Ended)
{
    /// <summary>What told its cause, in words; null: the journal says no more than the cause.</summary>
    public string? Why { get; init; }

    public static AttemptStatus Of(AttemptRecord a, RunState run) => new(
        a.Id.Number, a.Id.Requeue, a.Job?.Value, Word(a, run), a.Reason, a.ExitCode, a.Signal,
        a.Cause is { } cause ? RunWords.Cause(cause) : null, a.Log, a.LogStart, a.Submitted, a.Started, a.Ended)
    { Why = WhyText.Of(a) };

    /// <summary>An attempt without a job is being handed over, or was refused for good.</summary>
    private static string Word(AttemptRecord a, RunState run) =>
        a.Job is not null ? RunWords.Job(a.State) : run is RunState.Submitting current && current.Attempt == a.Id ? "submitted" : "failed";
}

/// <param name="Epoch">Null where the trainer does not count epochs.</param>
public sealed record ProgressStatus(long? Step, long? Total, double? Epoch, double? Epochs, double? EtaSeconds)
{
    internal static ProgressStatus Of(RunRecord run, ProgressReport? progress) => new(
        progress?.Step, progress?.Total, progress?.Epoch, progress?.Epochs, run.State is RunState.Running && progress?.Eta is { } eta ? Math.Round(eta.TotalSeconds, 1) : null);
}

/// <summary>The furthest checkpoint.</summary>
/// <param name="Step">Null where neither its name nor its files tell.</param>
/// <param name="Valid">Whether it was looked at and found whole; null when nobody looked, or it may be written to still.</param>
public sealed record CheckpointStatus(string Path, long? Step, bool? Valid)
{
    /// <summary>What lies on disk is told before what the log said.</summary>
    internal static CheckpointStatus? Of(Checkpoint? told, ImmutableArray<CheckpointSeen> seen) => seen switch
    {
        [var furthest, ..] => new(furthest.Path, furthest.Step, CheckpointSeenStatus.IsValid(furthest)),
        _ => told is null ? null : new(told.Path, told.Step, null),
    };
}

/// <summary>One checkpoint on disk.</summary>
/// <param name="Bytes">Of all its files.</param>
/// <param name="AgeSeconds">Since the last write to it; null: it has no file.</param>
/// <param name="Valid">Null: it may be written to still.</param>
/// <param name="Reason">What speaks against it; null when it is valid.</param>
public sealed record CheckpointSeenStatus(string Path, long? Step, long? Epoch, long Bytes, double? AgeSeconds, bool? Valid, string? Reason)
{
    internal static CheckpointSeenStatus Of(CheckpointSeen seen, DateTimeOffset now) =>
        new(seen.Path, seen.Step, seen.Epoch, seen.Bytes, seen.Modified == default ? null : Sighting.Age(seen.Modified, now), IsValid(seen), seen.Reason);

    public static bool? IsValid(CheckpointSeen seen) => seen.Validity switch { CheckpointValidity.Valid => true, CheckpointValidity.Invalid => false, _ => null };
}
