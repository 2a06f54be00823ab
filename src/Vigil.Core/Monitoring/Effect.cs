using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json.Serialization;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>One request to the world. Its id comes from its content, so deciding twice gives the same id.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Submit), "submit")]
[JsonDerivedType(typeof(Cancel), "cancel")]
[JsonDerivedType(typeof(Change), "change")]
[JsonDerivedType(typeof(RunCommand), "run-command")]
[JsonDerivedType(typeof(StartRun), "start-run")]
[JsonDerivedType(typeof(AppendToFile), "append-to-file")]
[JsonDerivedType(typeof(Notify), "notify")]
public abstract record Effect
{
    private Effect() { }

    /// <summary>The runs that it is for.</summary>
    internal ImmutableArray<RunId> Runs() => this switch
    {
        Submit submit => [.. submit.Attempts.Select(static start => start.Attempt.Run)],
        Cancel cancel => [cancel.Attempt.Run],
        Change change => [change.Attempt.Run],
        OfAction action => [action.Run],
        _ => throw new UnreachableException(),
    };

    /// <summary>One call to the scheduler. Several attempts make one array job, in the order of its tasks.</summary>
    public sealed record Submit(ImmutableArray<AttemptStart> Attempts) : Effect
    {
        /// <summary>The name of the array under <c>arrays/</c>; null: a single job.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Array { get; init; }

        /// <summary>What the scheduler itself waits for before it starts the job; null: nothing.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public JobDependency? Dependency { get; init; }
    }

    /// <summary>Repeat freely.</summary>
    public sealed record Cancel(AttemptId Attempt, JobId Job) : Effect;

    /// <summary>Repeat freely, but for <see cref="JobChange.Requeue"/>, which a crash may lose.</summary>
    public sealed record Change(AttemptId Attempt, JobId Job, JobChange To) : Effect;

    /// <summary>One action of a firing that reaches into the world; its texts are filled.</summary>
    public abstract record OfAction(string Firing, int Action, RunId Run) : Effect;

    /// <param name="OnCrash">What it means that an earlier try may have run.</param>
    /// <param name="Tries">How often it is tried in all.</param>
    public sealed record RunCommand(string Firing, int Action, RunId Run, ImmutableArray<string> Words, string Dir, OnCrash OnCrash, int Tries) : OfAction(Firing, Action, Run);

    /// <summary>Plans a new run from a frozen configuration. Repeat freely: the run is there once it is planned.</summary>
    /// <param name="Overrides">Filled; what was filled in is literal.</param>
    public sealed record StartRun(string Firing, int Action, RunId Run, string Config, ImmutableArray<string> Overrides) : OfAction(Firing, Action, Run)
    {
        /// <summary>The checkpoint that the event named; null: none.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Checkpoint { get; init; }

        /// <summary>Set: no new run, but a changed configuration of this one.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public RunId? InPlaceOf { get; init; }
    }

    /// <summary>Repeat freely where repeats are dropped.</summary>
    public sealed record AppendToFile(string Firing, int Action, RunId Run, string Path, string Content, Repeats Dedup) : OfAction(Firing, Action, Run);

    /// <summary>At least once, with the firing's id as a key by which a repeat is known.</summary>
    public sealed record Notify(string Firing, int Action, RunId Run, string To, string Message) : OfAction(Firing, Action, Run);
}

/// <summary>A dependency that the scheduler keeps by itself.</summary>
/// <param name="Kind">As <c>sbatch --dependency</c> spells it: <c>afterok</c>, <c>afterany</c>, <c>aftercorr</c>.</param>
/// <param name="Jobs">Known to the scheduler when it was decided; of an array, its id without a task.</param>
public sealed record JobDependency(string Kind, ImmutableArray<JobId> Jobs);

/// <summary>What a person changes about a job that the scheduler holds.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Hold), "hold")]
[JsonDerivedType(typeof(Release), "release")]
[JsonDerivedType(typeof(Requeue), "requeue")]
[JsonDerivedType(typeof(TimeLimit), "time-limit")]
[JsonDerivedType(typeof(ExcludeNodes), "exclude-nodes")]
public abstract record JobChange
{
    private JobChange() { }

    /// <summary>It does not start until released; a running job runs on.</summary>
    public sealed record Hold : JobChange;

    public sealed record Release : JobChange;

    /// <summary>A running job is stopped and queued again, under the same id.</summary>
    public sealed record Requeue : JobChange;

    public sealed record TimeLimit(TimeSpan Limit) : JobChange;

    /// <param name="Nodes">A list as Slurm writes it: <c>n1,n[3-4]</c>.</param>
    public sealed record ExcludeNodes(string Nodes) : JobChange;
}

/// <summary>How an effect went, as the world told it.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Submitted), "submitted")]
[JsonDerivedType(typeof(Done), "done")]
[JsonDerivedType(typeof(Refused), "refused")]
[JsonDerivedType(typeof(Planned), "planned")]
public abstract record EffectResult
{
    private EffectResult() { }

    public sealed record Submitted(ImmutableArray<SubmittedJob> Jobs) : EffectResult;

    /// <summary>Of a submission: nobody wanted its runs any more, and it was not made.</summary>
    public sealed record Done : EffectResult
    {
        /// <summary>What it said; null: nothing.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Note { get; init; }
    }

    /// <summary>Runs that an action planned; their configurations are frozen.</summary>
    public sealed record Planned(ImmutableArray<PlannedRun> Runs, ImmutableArray<RuleSet> Rules) : EffectResult;

    /// <param name="Retryable">Whether asking again later can help.</param>
    public sealed record Refused(string Reason, bool Retryable) : EffectResult
    {
        /// <summary>Set when fewer jobs at once may be taken: an array refused so is tried again in halves. Null otherwise.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public RefusedFor? For { get; init; }
    }
}

/// <summary>A refusal that speaks of numbers, not of the job.</summary>
[JsonConverter(typeof(SnakeCaseJson<RefusedFor>))]
public enum RefusedFor
{
    /// <summary>More jobs than one submission may hold.</summary>
    ArraySize,
    /// <summary>As many jobs as may be with the scheduler at a time: some must end first.</summary>
    QueueLimit,
}

/// <summary>An accepted submission.</summary>
/// <param name="Log">Absolute: the job's log file; null: the job itself tells when it starts.</param>
/// <param name="ScriptHash">SHA-256 (hex) of the script that was handed over.</param>
/// <param name="Adopted">Found when looking before submitting: an earlier submission had reached the scheduler.</param>
public sealed record SubmittedJob(AttemptId Attempt, JobId Job, string? Log, string ScriptHash, bool Adopted = false);
