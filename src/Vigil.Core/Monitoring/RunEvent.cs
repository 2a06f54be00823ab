using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Vigil.Planning;
using Vigil.Spec;

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
[JsonDerivedType(typeof(CheckpointsJudged), "checkpoints-judged")]
[JsonDerivedType(typeof(CheckpointDoubted), "checkpoint-doubted")]
[JsonDerivedType(typeof(AttemptEnded), "attempt-ended")]
[JsonDerivedType(typeof(RunDelayed), "run-delayed")]
[JsonDerivedType(typeof(RunFinished), "run-finished")]
[JsonDerivedType(typeof(RunReopened), "run-reopened")]
[JsonDerivedType(typeof(CancelRequested), "cancel-requested")]
[JsonDerivedType(typeof(WishGranted), "wish-granted")]
[JsonDerivedType(typeof(SubmissionSplit), "submission-split")]
[JsonDerivedType(typeof(AttemptRequeued), "attempt-requeued")]
[JsonDerivedType(typeof(AttemptAdopted), "attempt-adopted")]
[JsonDerivedType(typeof(JobStuck), "job-stuck")]
[JsonDerivedType(typeof(JobUnstuck), "job-unstuck")]
[JsonDerivedType(typeof(StopRequested), "stop-requested")]
[JsonDerivedType(typeof(RunHeld), "run-held")]
[JsonDerivedType(typeof(RunReleased), "run-released")]
[JsonDerivedType(typeof(RulesPlanned), "rules-planned")]
[JsonDerivedType(typeof(ChannelsPlanned), "channels-planned")]
[JsonDerivedType(typeof(RuleFired), "rule-fired")]
[JsonDerivedType(typeof(ActionAsked), "action-asked")]
[JsonDerivedType(typeof(ActionSettled), "action-settled")]
[JsonDerivedType(typeof(ActionReopened), "action-reopened")]
[JsonDerivedType(typeof(RestartRequested), "restart-requested")]
[JsonDerivedType(typeof(FinishRequested), "finish-requested")]
[JsonDerivedType(typeof(StartConditionsMet), "start-conditions-met")]
[JsonDerivedType(typeof(NodesExcluded), "nodes-excluded")]
[JsonDerivedType(typeof(EventPublished), "event-published")]
[JsonDerivedType(typeof(RulesChanged), "rules-changed")]
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

    public sealed record AttemptStarted(AttemptId Attempt, DateTimeOffset? Started, string? Host) : RunEvent
    {
        /// <summary>Absolute: the log, where only the job itself could tell it.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Log { get; init; }

        /// <summary>Bytes of the log that were there before the attempt wrote.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public long LogStart { get; init; }
    }

    /// <param name="Path">Absolute.</param>
    /// <param name="Offset">Bytes of the attempt's log that this fact consumed.</param>
    public sealed record CheckpointSaved(AttemptId Attempt, long Step, string Path, long Offset) : RunEvent
    {
        /// <summary>The file in which the offset counts; null: the first one.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public LogFile? File { get; init; }
    }

    /// <summary>The run's checkpoints were looked at when an attempt had ended.</summary>
    /// <param name="Usable">The whole ones, the furthest first.</param>
    public sealed record CheckpointsJudged(RunId Run, ImmutableArray<UsableCheckpoint> Usable) : RunEvent
    {
        /// <summary>The whole one whose evaluation was the best; null: no evaluation is known of any.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public UsableCheckpoint? Best { get; init; }
    }

    /// <summary>An attempt that began with it died at once: the next one begins with the one before.</summary>
    /// <param name="Path">Absolute.</param>
    public sealed record CheckpointDoubted(RunId Run, string Path) : RunEvent;

    /// <param name="Cause">Null when the attempt completed or was cancelled.</param>
    public sealed record AttemptEnded(AttemptId Attempt, JobState State, string? Reason, int? ExitCode, int? Signal, FailureCause? Cause, DateTimeOffset? Ended, long? LastStep) : RunEvent
    {
        /// <summary>Nodes that went down under it, as Slurm lists them.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? FailedNodes { get; init; }

        /// <summary>What in its log told the cause; null where it was not the log that did.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public FailureSign? Sign { get; init; }
    }

    /// <summary>The next attempt waits until then.</summary>
    public sealed record RunDelayed(RunId Run, DateTimeOffset Until) : RunEvent;

    public sealed record RunFinished(RunId Run, Outcome Outcome, string? Reason) : RunEvent;

    public sealed record RunReopened(RunId Run) : RunEvent;

    public sealed record CancelRequested(RunId Run, string By) : RunEvent
    {
        /// <summary>The reason that the run ends with; null: <c>CANCELLED</c>.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Reason { get; init; }
    }

    public sealed record WishGranted(string Wish, string Text) : RunEvent;

    /// <summary>An array was refused for its size, and goes on in parts.</summary>
    public sealed record SubmissionSplit(string Id, string Reason, ImmutableArray<EffectRequested> Parts) : RunEvent;

    /// <summary>The scheduler queued the job again under the same id: that is the run's next attempt.</summary>
    public sealed record AttemptRequeued(AttemptId Attempt, JobId Job, string? Log) : RunEvent;

    /// <summary>A person started the attempt's script as a job of their own, and it claimed the attempt.</summary>
    public sealed record AttemptAdopted(AttemptId Attempt, JobId Job) : RunEvent;

    /// <summary>A queued job waits for what does not come by itself.</summary>
    public sealed record JobStuck(AttemptId Attempt, string Reason) : RunEvent;

    /// <summary>It does not wait for that any more.</summary>
    public sealed record JobUnstuck(AttemptId Attempt) : RunEvent;

    /// <summary>The run is ended by us, and has failed for this reason.</summary>
    public sealed record StopRequested(RunId Run, string Reason) : RunEvent;

    /// <summary>A person keeps the run from starting.</summary>
    public sealed record RunHeld(RunId Run, string By) : RunEvent;

    public sealed record RunReleased(RunId Run) : RunEvent;

    /// <summary>Rules that runs name from now on.</summary>
    public sealed record RulesPlanned(RuleSet Set) : RunEvent;

    /// <summary>Where notifications go from now on.</summary>
    public sealed record ChannelsPlanned(ChannelSet Set) : RunEvent;

    /// <summary>What a rule waits for was seen, with what proves it. Nothing is done yet.</summary>
    /// <param name="Firing">Its id.</param>
    /// <param name="Actions">Which of the rule's actions are now judged, from 0; the others do not concern this event.</param>
    public sealed record RuleFired(string Firing, AttemptId Attempt, string Set, string Rule, string Mark, Evidence Evidence, ImmutableSortedDictionary<string, string> Fields, ImmutableArray<int> Actions) : RunEvent
    {
        /// <summary>So many firings of a rule are recorded for one run, and this is the last of them; null: it is not.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public int? LastOf { get; init; }
    }

    /// <summary>An action was put before a person.</summary>
    public sealed record ActionAsked(string Firing, int Action) : RunEvent;

    /// <param name="Note">What came of it, or why nothing did.</param>
    public sealed record ActionSettled(string Firing, int Action, ActionOutcome Outcome, string? Note) : RunEvent;

    /// <summary>A person approved it, or lets it be tried again.</summary>
    public sealed record ActionReopened(string Firing, int Action, string By) : RunEvent;

    /// <summary>The attempt is ended, and followed by another one when it is gone.</summary>
    public sealed record RestartRequested(AttemptId Attempt, FailureCause? Cause, string Reason, string By) : RunEvent
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public NodeBlame Exclude { get; init; }

        /// <summary>What was seen, in words; null where the firing of a rule tells.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Why { get; init; }
    }

    /// <summary>The run is done, whatever its job still does.</summary>
    public sealed record FinishRequested(RunId Run, string Reason, string By) : RunEvent;

    public sealed record StartConditionsMet(RunId Run) : RunEvent
    {
        /// <summary>The epoch that a run on the best one is about.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public JudgedEpoch? Best { get; init; }
    }

    /// <param name="Until">Null: for good.</param>
    public sealed record NodesExcluded(string Nodes, DateTimeOffset? Until, string By) : RunEvent;

    /// <summary>Other rules and conditions watch over the run from now on; its attempts, and what was read of their logs, stay as they are.</summary>
    public sealed record RulesChanged(RunId Run, RunWatch To) : RunEvent;

    /// <summary>A rule told the others something of the run.</summary>
    public sealed record EventPublished(RunId Run, string Event, ImmutableSortedDictionary<string, string> Fields) : RunEvent;
}

/// <summary>How a run ended, for good unless a person retries it.</summary>
[JsonConverter(typeof(SnakeCaseJson<Outcome>))]
public enum Outcome { Completed, Failed, Cancelled, Skipped, Lost, NeedsPerson }

/// <summary>One decision: the facts that one observation led to. One line of the journal, so it is kept whole or not at all.</summary>
/// <param name="By">Who decided: <c>vigil</c>, or a person as <c>user:NAME</c>.</param>
/// <param name="Cause">The kind of observation, in kebab-case.</param>
public sealed record JournalEntry(long Seq, DateTimeOffset At, string By, string Cause, ImmutableArray<RunEvent> Events);
