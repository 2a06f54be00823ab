using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>All that the journal says of one run.</summary>
public sealed record RunRecord
{
    public required PlannedRun Plan { get; init; }
    public required RunState State { get; init; }

    /// <summary>As it was planned before a restart changed it; null: <see cref="Plan"/> is what was planned.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PlannedRun? Undeviated { get; init; }

    /// <summary>Oldest first.</summary>
    public ImmutableArray<AttemptRecord> Attempts { get; init; } = [];

    /// <summary>The newest; null: none was seen.</summary>
    public Checkpoint? Checkpoint { get; init; }

    /// <summary>Those found whole when the last attempt had ended, the furthest first; null: nobody has looked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<UsableCheckpoint>? Usable { get; init; }

    /// <summary>Of those that were found whole then, the one whose evaluation was the best; null: no evaluation is known of any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UsableCheckpoint? Best { get; init; }

    /// <summary>Paths of checkpoints with which an attempt died at once; null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<string>? Doubted { get; init; }

    /// <summary>How many attempts there may be in all; a retry by a person raises it.</summary>
    public required int AllowedAttempts { get; init; }

    /// <summary>The largest step that any log of the run has shown; null: none ever did.</summary>
    public long? BestStep { get; init; }

    /// <summary>Ended attempts in a row in which neither step nor checkpoint advanced.</summary>
    public int Stalled { get; init; }

    /// <summary>When the journal last said something of this run.</summary>
    public DateTimeOffset Changed { get; init; }

    /// <summary>Who asked to cancel it; null: nobody.</summary>
    public string? CancelledBy { get; init; }

    /// <summary>When the last request that its job end was carried out; null: none was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? CancelSent { get; init; }

    /// <summary>Why we ourselves end it; null: we do not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? StopReason { get; init; }

    /// <summary>Who keeps it from starting; null: nobody.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? HeldBy { get; init; }

    /// <summary>Why it was cancelled, where it is not a person's wish; null: <c>CANCELLED</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CancelReason { get; init; }

    /// <summary>The restart that waits for the end of its attempt; null: none does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RestartAsked? Restart { get; init; }

    /// <summary>Why the run is done although its job lives; null: it is not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FinishAsked? Finish { get; init; }

    /// <summary>Whether its start conditions have passed; once is enough.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool MayStart { get; init; }

    /// <summary>Of a run on the best epoch of another: which one it was. Null: not known yet, or not asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JudgedEpoch? BestEpoch { get; init; }

    /// <summary>How often each rule has fired for it, by name.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableSortedDictionary<string, RuleTally>? Tallies { get; init; }

    /// <summary>Nodes of attempts that were restarted elsewhere; null: there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? BlamedNodes { get; init; }

    public RunId Id => Plan.Id;

    /// <summary>What a further plan of the same experiment is compared with.</summary>
    [JsonIgnore]
    public PlannedRun AsPlanned => Undeviated ?? Plan;

    internal RuleTally? Tally(string rule) => Tallies?.GetValueOrDefault(rule);
    public int NextNumber => Attempts.IsEmpty ? 1 : Attempts.Max(static a => a.Id.Number) + 1;

    /// <summary>The attempt that is with the scheduler, or the last that was; links of a chain that wait behind it do not count. Null: there was none.</summary>
    public AttemptRecord? LastAttempt
    {
        get
        {
            if (State.Attempt is { } current && LastKnown(current) is { } known) return known;
            for (var i = Attempts.Length - 1; i >= 0; i--)
                if (Attempts[i] is not { After: not null, Started: null }) return Attempts[i];
            return null;
        }
    }

    internal AttemptRecord? LastKnown(AttemptId id)
    {
        for (var i = Attempts.Length - 1; i >= 0; i--)
            if (Attempts[i].Id == id) return Attempts[i];
        return null;
    }

    /// <summary>The newest start of the attempt of this number.</summary>
    internal AttemptRecord? LastOf(int number)
    {
        for (var i = Attempts.Length - 1; i >= 0; i--)
            if (Attempts[i].Id.Number == number) return Attempts[i];
        return null;
    }

    /// <summary>The link of a chain that waits behind this attempt; null: none does.</summary>
    internal AttemptRecord? LinkAfter(AttemptId attempt)
    {
        foreach (var other in Attempts)
            if (other.After is { } before && before.Number == attempt.Number && !other.State.IsTerminal) return other;
        return null;
    }

    /// <summary>The same with the plan's own text: what is read from a journal names the run in every event, and there are thousands of runs.</summary>
    internal AttemptId Own(AttemptId attempt) => attempt with { Run = Id };

    /// <inheritdoc cref="Own(AttemptId)"/>
    internal string? Own(string? log) => log == Plan.LogPath ? Plan.LogPath : log;

    /// <summary>The same run with its newest attempt changed.</summary>
    internal RunRecord WithAttempt(AttemptId id, Func<AttemptRecord, AttemptRecord> change)
    {
        for (var i = Attempts.Length - 1; i >= 0; i--)
            if (Attempts[i].Id == id) return this with { Attempts = Attempts.SetItem(i, change(Attempts[i])) };
        return this;
    }
}

/// <summary>One try of a run. Times are null until known.</summary>
public sealed record AttemptRecord(AttemptId Id, DateTimeOffset Requested)
{
    public JobId? Job { get; init; }
    public string? Log { get; init; }
    public string? ScriptHash { get; init; }
    public DateTimeOffset? Submitted { get; init; }
    public DateTimeOffset? Started { get; init; }
    public DateTimeOffset? Ended { get; init; }
    public string? Host { get; init; }
    public JobState State { get; init; } = JobState.Queued;
    public string? Reason { get; init; }
    public int? ExitCode { get; init; }
    public int? Signal { get; init; }
    public FailureCause? Cause { get; init; }

    /// <summary>What in its log told the cause; null where it was not the log that did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FailureSign? Sign { get; init; }

    /// <summary>Why it was ended to be tried again, in words; null: it was not, or a rule's firing tells.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Why { get; init; }

    /// <summary>Bytes of its log whose consequences are in the journal.</summary>
    public long Cursor { get; init; }

    /// <summary>The array that it was submitted in; null: it was submitted alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Array { get; init; }

    /// <summary>The attempt before it in a chain of queued jobs; null: it is in none, or its first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AttemptId? After { get; init; }

    /// <summary>The path of the checkpoint that it goes on from, where that one was looked at; null: not known, or none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? From { get; init; }

    /// <summary>Where its part of the log begins.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long LogStart { get; init; }

    /// <summary>Nodes that went down under it, as Slurm lists them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FailedNodes { get; init; }

    /// <summary>The file in which the cursor counts; null: nothing in it had consequences yet.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LogFile? LogFile { get; init; }

    /// <summary>Why it does not start, when it waits for what does not come by itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Stuck { get; init; }
}

/// <param name="At">When it was asked for.</param>
public sealed record FinishAsked(string Reason, string By, DateTimeOffset At);

/// <param name="Path">Absolute.</param>
public sealed record Checkpoint(AttemptId Attempt, long Step, string Path, DateTimeOffset Seen);

/// <summary>Where a run stands. Each case holds what is true in it and nothing else.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Waiting), "waiting")]
[JsonDerivedType(typeof(Submitting), "submitting")]
[JsonDerivedType(typeof(Queued), "queued")]
[JsonDerivedType(typeof(Running), "running")]
[JsonDerivedType(typeof(Finished), "finished")]
public abstract record RunState
{
    private RunState() { }

    /// <param name="NotBefore">Null: as soon as what it comes after is done.</param>
    public sealed record Waiting(DateTimeOffset? NotBefore) : RunState;

    /// <summary>Decided, and not yet known to the scheduler.</summary>
    public sealed record Submitting(AttemptId Attempt) : RunState;

    public sealed record Queued(AttemptId Attempt, JobId Job) : RunState;
    public sealed record Running(AttemptId Attempt, JobId Job) : RunState;
    public sealed record Finished(Outcome Outcome, string? Reason) : RunState;
}

public static class RunStates
{
    extension(RunState state)
    {
        /// <summary>The attempt that the run is in; null: it waits, or is over.</summary>
        public AttemptId? Attempt => state switch
        {
            RunState.Submitting s => s.Attempt,
            RunState.Queued q => q.Attempt,
            RunState.Running r => r.Attempt,
            _ => null,
        };

        /// <summary>The attempt and job that the scheduler holds for this run; null when it holds none.</summary>
        public (AttemptId Attempt, JobId Job)? Held => state switch
        {
            RunState.Queued q => (q.Attempt, q.Job),
            RunState.Running r => (r.Attempt, r.Job),
            _ => null,
        };
    }
}
