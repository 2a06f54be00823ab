using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>What proves that a rule fired.</summary>
/// <param name="Text">The line of the log, or what was seen in words. At most a few hundred characters.</param>
public sealed record Evidence(string Text)
{
    /// <summary>A path that leaves the run's folders by way of what a log says stands for one that is not there.</summary>
    public const string Nowhere = "/dev/null/outside";

    /// <summary>Where the line begins in its log; null: it was no line.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Offset { get; init; }

    /// <summary>Which file of that name the line is in; null: it was no line.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LogFile? File { get; init; }
}

/// <summary>One of the files that stood under a log's name, in order.</summary>
/// <param name="Generation">From 0; a truncated or replaced log is a further one.</param>
/// <param name="Identity">Device, inode and first bytes, as text.</param>
public sealed record LogFile(int Generation, string Identity);

/// <summary>One firing of a rule, until all its actions are settled. Its id follows from run, attempt, rule and what was seen, so that the same thing never fires twice.</summary>
/// <param name="Set">The rule set as it was then.</param>
/// <param name="Fields">What the event brought: groups, metadata, and what every event has.</param>
/// <param name="Steps">One for each action of the rule.</param>
public sealed record Firing(string Id, Planning.AttemptId Attempt, string Set, string Rule, DateTimeOffset At, Evidence Evidence, ImmutableSortedDictionary<string, string> Fields, ImmutableArray<FiringStep> Steps)
{
    /// <summary>Whether something will still happen by itself.</summary>
    [JsonIgnore]
    public bool IsUnderWay => Steps.Any(static s => s.State is StepState.Waiting or StepState.Acting);

    internal Firing With(int action, FiringStep step) => this with { Steps = Steps.SetItem(action, step) };
}

/// <param name="Since">When it came into that state.</param>
/// <param name="Note">Why; null: there is nothing to say.</param>
public sealed record FiringStep(StepState State, DateTimeOffset Since, string? Note = null);

/// <summary>Where one action of a firing stands.</summary>
[JsonConverter(typeof(SnakeCaseJson<StepState>))]
public enum StepState
{
    /// <summary>Its gate is looked at.</summary>
    Waiting,
    /// <summary>A person decides.</summary>
    Asked,
    /// <summary>Its effect is in the outbox.</summary>
    Acting,
    /// <summary>It failed for good, and a person may try it again.</summary>
    Parked,
    Settled,
}

/// <summary>How one action of a firing ended.</summary>
[JsonConverter(typeof(SnakeCaseJson<ActionOutcome>))]
public enum ActionOutcome
{
    Done,
    /// <summary>Its condition did not hold.</summary>
    GateFailed,
    /// <summary>Something of higher precedence was decided.</summary>
    Superseded,
    /// <summary>Its rule acts no more often.</summary>
    Limited,
    /// <summary>It could not be done: a person is needed.</summary>
    Parked,
    /// <summary>A person said no.</summary>
    Denied,
    /// <summary>The rules of this experiment are only tried out.</summary>
    DryRun,
}

/// <summary>How often a rule has fired for a run.</summary>
/// <param name="Fired">In all its attempts.</param>
/// <param name="Mark">Of the last firing: what was seen.</param>
/// <param name="Acted">When one of its actions was last done; null: none was.</param>
public sealed record RuleTally(int Fired, string Mark, DateTimeOffset? Acted)
{
    /// <summary>Firings whose only action came to nothing because something stood above it, such as a restart already under way. They use up no limit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Vain { get; init; }

    /// <summary>What counts for the rule's limit.</summary>
    [JsonIgnore]
    public int Counted => Fired - Vain;
}

/// <summary>A restart that was asked for and waits until the attempt is gone.</summary>
/// <param name="Cause">Null: found out from its end.</param>
/// <param name="By">Who asked: <c>rule:NAME</c> or <c>job.restart</c>.</param>
public sealed record RestartAsked(Planning.AttemptId Attempt, FailureCause? Cause, string Reason, string By)
{
    /// <summary>Whether the next attempt keeps off this one's nodes.</summary>
    public NodeBlame Exclude { get; init; }

    /// <summary>What was seen, in words; null where the firing of a rule tells.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Why { get; init; }
}

/// <summary>Nodes that no attempt of the experiment is put on.</summary>
/// <param name="Until">Null: for good.</param>
public sealed record NodeExclusion(string Nodes, DateTimeOffset? Until, string By);
