using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Vigil.Planning;

namespace Vigil.Monitoring;

/// <summary>A fact, in the past tense; the only thing stored. Names and fields are frozen once released.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ExperimentPlanned), "experiment-planned")]
[JsonDerivedType(typeof(RunPlanned), "run-planned")]
[JsonDerivedType(typeof(EffectRequested), "effect-requested")]
[JsonDerivedType(typeof(EffectDeferred), "effect-deferred")]
[JsonDerivedType(typeof(EffectCompleted), "effect-completed")]
[JsonDerivedType(typeof(AttemptStarted), "attempt-started")]
[JsonDerivedType(typeof(CheckpointSaved), "checkpoint-saved")]
[JsonDerivedType(typeof(AttemptEnded), "attempt-ended")]
[JsonDerivedType(typeof(RunDelayed), "run-delayed")]
[JsonDerivedType(typeof(RunFinished), "run-finished")]
[JsonDerivedType(typeof(RunReopened), "run-reopened")]
[JsonDerivedType(typeof(CancelRequested), "cancel-requested")]
[JsonDerivedType(typeof(WishGranted), "wish-granted")]
public abstract record RunEvent
{
    private RunEvent() { }

    public sealed record ExperimentPlanned(ExperimentHeader Experiment) : RunEvent;

    /// <summary>A run was added, or (same name) its plan replaced.</summary>
    public sealed record RunPlanned(PlannedRun Run) : RunEvent;

    public sealed record EffectRequested(string Id, Effect Effect) : RunEvent;

    /// <summary>The world refused for now; the effect stays to be done.</summary>
    public sealed record EffectDeferred(string Id, string Reason, DateTimeOffset Until) : RunEvent;

    public sealed record EffectCompleted(string Id, EffectResult Result) : RunEvent;

    public sealed record AttemptStarted(AttemptId Attempt, DateTimeOffset? Started, string? Host) : RunEvent;

    /// <param name="Path">Absolute.</param>
    /// <param name="Offset">Bytes of the attempt's log that this fact consumed.</param>
    public sealed record CheckpointSaved(AttemptId Attempt, long Step, string Path, long Offset) : RunEvent;

    /// <param name="Cause">Null when the attempt completed or was cancelled.</param>
    public sealed record AttemptEnded(AttemptId Attempt, JobState State, string? Reason, int? ExitCode, int? Signal, FailureCause? Cause, DateTimeOffset? Ended, long? LastStep) : RunEvent;

    /// <summary>The next attempt waits until then.</summary>
    public sealed record RunDelayed(RunId Run, DateTimeOffset Until) : RunEvent;

    public sealed record RunFinished(RunId Run, Outcome Outcome, string? Reason) : RunEvent;

    public sealed record RunReopened(RunId Run) : RunEvent;

    public sealed record CancelRequested(RunId Run, string By) : RunEvent;

    public sealed record WishGranted(string Wish, string Text) : RunEvent;
}

/// <summary>How a run ended, for good unless a person retries it.</summary>
[JsonConverter(typeof(SnakeCaseJson<Outcome>))]
public enum Outcome { Completed, Failed, Cancelled, Skipped, Lost, NeedsPerson }

/// <summary>One decision: the facts that one observation led to. One line of the journal, so it is kept whole or not at all.</summary>
/// <param name="By">Who decided: <c>vigil</c>, or a person as <c>user:NAME</c>.</param>
/// <param name="Cause">The kind of observation, in kebab-case.</param>
public sealed record JournalEntry(long Seq, DateTimeOffset At, string By, string Cause, ImmutableArray<RunEvent> Events);
