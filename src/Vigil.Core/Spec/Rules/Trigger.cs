using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Vigil.Spec;

/// <summary>What makes a rule fire. Kept in the journal, so the names are for ever.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(LogLine), "log-line")]
[JsonDerivedType(typeof(Signature), "signature")]
[JsonDerivedType(typeof(Inactivity), "inactivity")]
[JsonDerivedType(typeof(NoProgress), "no-progress")]
[JsonDerivedType(typeof(Metric), "metric")]
[JsonDerivedType(typeof(StateChange), "state-change")]
[JsonDerivedType(typeof(CheckpointSeen), "checkpoint-seen")]
[JsonDerivedType(typeof(At), "at")]
[JsonDerivedType(typeof(Published), "published")]
public abstract record Trigger
{
    private Trigger() { }

    /// <summary>A line of the run's log matches.</summary>
    public sealed record LogLine(LinePattern Pattern) : Trigger;

    /// <summary>A failure of the signature pack shows in the log.</summary>
    public sealed record Signature(string Name) : Trigger;

    /// <summary>The log of a running job does not grow. Once a silence.</summary>
    /// <param name="For">Null: the run's own <c>inactivity_threshold_seconds</c>.</param>
    public sealed record Inactivity(TimeSpan? For) : Trigger;

    /// <summary>The step of a running job stands still, however much its log says. Once a standstill.</summary>
    public sealed record NoProgress(TimeSpan For) : Trigger;

    /// <param name="Name">As the trainer calls it, such as <c>lm loss</c>.</param>
    public sealed record Metric(string Name, MetricTest Test) : Trigger;

    /// <summary>The run's job comes from one state into another.</summary>
    /// <param name="From">Null: from any.</param>
    /// <param name="To">Null: into any.</param>
    public sealed record StateChange(StateWord? From, StateWord? To) : Trigger;

    /// <summary>The trainer says that a checkpoint is complete.</summary>
    /// <param name="Every">Only when the step is a multiple of it; null: any.</param>
    /// <param name="Steps">Only these steps; empty: any.</param>
    public sealed record CheckpointSeen(long? Every, ImmutableArray<long> Steps) : Trigger;

    /// <summary>So long after the attempt's start.</summary>
    public sealed record At(TimeSpan After) : Trigger;

    /// <summary>Another rule published this event about the run.</summary>
    public sealed record Published(string Event) : Trigger;
}

/// <summary>A state of a job: Slurm's word, or one of the documents' classes (<c>success</c>, <c>crash</c>, <c>stall</c>, <c>timeout</c>), in lower case.</summary>
public readonly record struct StateWord(string Text);

/// <summary>What a metric is watched for.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(NotFinite), "not-finite")]
[JsonDerivedType(typeof(Above), "above")]
[JsonDerivedType(typeof(Below), "below")]
[JsonDerivedType(typeof(Spike), "spike")]
[JsonDerivedType(typeof(Drop), "drop")]
public abstract record MetricTest
{
    private MetricTest(int points) => Points = points;

    /// <summary>So many points in a row.</summary>
    public int Points { get; init; }

    /// <summary>NaN or infinite.</summary>
    public sealed record NotFinite(int Points) : MetricTest(Points);

    public sealed record Above(double Limit, int Points) : MetricTest(Points);

    public sealed record Below(double Limit, int Points) : MetricTest(Points);

    /// <summary>More than <c>Factor</c> times the median of the <c>Window</c> points before.</summary>
    public sealed record Spike(double Factor, int Window, int Points) : MetricTest(Points);

    /// <summary>Less than <c>Factor</c> times the median of the <c>Window</c> points before.</summary>
    public sealed record Drop(double Factor, int Window, int Points) : MetricTest(Points);
}
