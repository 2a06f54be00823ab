using System.Collections.Immutable;

namespace Vigil.Web.Runs;

/// <summary>A line of the overview. Durations and ages are seconds; what is unknown is null.</summary>
/// <param name="Id"><c>EXPERIMENT/RUN</c>, opaque.</param>
/// <param name="Health">How a running run does by its own signs; of others it follows from the state.</param>
/// <param name="HealthReason">Why it is not well, with what was seen; null: it is, or its state says it.</param>
/// <param name="Rate">Steps a second.</param>
internal sealed record RunRow(string Id, string Experiment, string ExperimentName, string Name, string? Stage, string State, string? Reason, string Health, string? HealthReason, ProgressCell Progress)
{
    public double? LimitLeftSeconds { get; init; }
    public double? OutputAge { get; init; }
    public MetricSummary? Metric { get; init; }
    public double? Rate { get; init; }
    public int Attempts { get; init; }
    public string? Job { get; init; }
    public string? Partition { get; init; }
    public string? Nodes { get; init; }
    public DateTimeOffset? Started { get; init; }
    public DateTimeOffset? Ended { get; init; }
    public double? ElapsedSeconds { get; init; }
    public string? Parent { get; init; }
    public ImmutableArray<string> Tags { get; init; } = [];
    public string? Note { get; init; }
    public bool Deviates { get; init; }
}

/// <param name="Share">From 0 to 1; null: not known.</param>
internal sealed record ProgressCell(long? Step, long? Total, double? Epoch, double? Epochs, double? EtaSeconds, bool Approximate, double? Share, bool OverPlan);

/// <summary>The main metric of a run.</summary>
/// <param name="Best">The lowest, of what is no loss the highest.</param>
/// <param name="Spark">A few values, oldest first; null where one is no number.</param>
internal sealed record MetricSummary(string Name, double? Last, double? Best, ImmutableArray<double?> Spark);

/// <summary>What matches a filter, in a window.</summary>
/// <param name="Matching">How many match.</param>
/// <param name="Heat">A letter for the health of each run that matches, in order.</param>
internal sealed record RunsPage(DateTimeOffset Now, int Total, int Matching, IReadOnlyDictionary<string, int> Counts, int Offset, ImmutableArray<RunRow> Rows, ImmutableArray<RunGroup>? Groups, string Heat, FilterProblem? Problem);

internal sealed record RunGroup(string Name, int Runs, IReadOnlyDictionary<string, int> Counts, double? Best, double? Median);

/// <param name="At">Column, from 0.</param>
internal sealed record FilterProblem(string Text, int At);

internal sealed record ExperimentRow(
    string Id, string Name, string Dir, IReadOnlyDictionary<string, int> Counts, int Total, MonitorCell Monitor, ImmutableArray<Views.WitnessStatus> Witnesses, string? Trouble, int WaitingActions, DateTimeOffset? Changed);

internal sealed record MonitorCell(bool Alive, string? Host, int? Pid, double? BeatAge, DateTimeOffset? SilentSince);
