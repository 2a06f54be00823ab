using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Vigil.Spec;

/// <summary>What a rule asks for. Texts hold placeholders, which are filled when the rule fires.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Restart), "restart")]
[JsonDerivedType(typeof(Cancel), "cancel")]
[JsonDerivedType(typeof(Finish), "finish")]
[JsonDerivedType(typeof(StartRun), "start-run")]
[JsonDerivedType(typeof(RunCommand), "run-command")]
[JsonDerivedType(typeof(Log), "log")]
[JsonDerivedType(typeof(AppendToFile), "append-to-file")]
[JsonDerivedType(typeof(ExcludeNodes), "exclude-nodes")]
[JsonDerivedType(typeof(PublishEvent), "publish-event")]
[JsonDerivedType(typeof(Notify), "notify")]
public abstract record RuleAction
{
    private RuleAction() { }

    /// <summary>The short words of all actions.</summary>
    public static ImmutableArray<string> Names => ActionReader.Words;

    /// <summary>The job is ended if it still lives, and the run's next attempt begins when it is gone.</summary>
    /// <param name="Cause">What the attempt failed of, for the budgets; null: what is found out.</param>
    /// <param name="Exclude">Whether the next attempt keeps off the nodes of this one.</param>
    /// <param name="Overrides">Changes of the next attempt's configuration.</param>
    public sealed record Restart(string Reason, FailureCause? Cause, NodeBlame Exclude, ImmutableArray<string> Overrides) : RuleAction;

    public sealed record Cancel(string Reason) : RuleAction;

    /// <summary>The run is done. A job that does not end by itself within its grace time is ended.</summary>
    public sealed record Finish(string Reason) : RuleAction;

    /// <summary>A new run of this experiment from a frozen configuration.</summary>
    /// <param name="Config">The file.</param>
    /// <param name="Overrides">As written: parsed first, their placeholders filled afterwards.</param>
    public sealed record StartRun(string Config, ImmutableArray<string> Overrides) : RuleAction
    {
        /// <summary>The run's own, with what it leaves open still open.</summary>
        public const string OwnConfig = "{output_dir}/provenance/unresolved_config.yaml";
    }

    /// <param name="Dir">Null: the run's working folder.</param>
    public sealed record RunCommand(ImmutableArray<string> Words, string? Dir, OnCrash OnCrash, int Tries) : RuleAction;

    public sealed record Log(string Message) : RuleAction;

    /// <param name="Dedup">A line that stands there is not added again.</param>
    public sealed record AppendToFile(string Path, string Content, Repeats Dedup) : RuleAction;

    /// <param name="Nodes">Empty: the nodes of the attempt.</param>
    /// <param name="For">Null: for as long as the experiment lasts.</param>
    public sealed record ExcludeNodes(string Nodes, TimeSpan? For) : RuleAction;

    public sealed record PublishEvent(string Event, ImmutableSortedDictionary<string, string> Fields) : RuleAction;

    /// <param name="To">A channel of <c>monitoring.notify</c>; empty: all of them.</param>
    public sealed record Notify(string To, string Message) : RuleAction;
}

/// <summary>Whether a new attempt keeps off the nodes of the one before.</summary>
[JsonConverter(typeof(SnakeCaseJson<NodeBlame>))]
public enum NodeBlame { None, Nodes }

/// <summary>What a crash of the monitor in the middle of a user's command means for it.</summary>
[JsonConverter(typeof(SnakeCaseJson<OnCrash>))]
public enum OnCrash
{
    /// <summary>It is idempotent.</summary>
    Repeat,
    /// <summary>At most once: a person is told.</summary>
    Skip,
}

/// <summary>Whether the same text may stand in a file twice.</summary>
[JsonConverter(typeof(SnakeCaseJson<Repeats>))]
public enum Repeats { Dropped, Kept }
