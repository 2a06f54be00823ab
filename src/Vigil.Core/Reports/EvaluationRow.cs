using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Vigil.Monitoring;

namespace Vigil.Reports;

/// <summary>What came of one task on one checkpoint, or on a model as it is.</summary>
/// <param name="Run">The sweep point; of a log that no plan asked for, the run in whose folder it lies.</param>
/// <param name="Epoch">Of the training, as plan or log name it; null: nothing was trained, or nobody says.</param>
/// <param name="State"><c>success</c> with a result; else where its run stands, or <c>no_result</c> when that one is over.</param>
/// <param name="Source">The log that the numbers come from; null: there is no result.</param>
public sealed record EvaluationRow(string Run, string Task, string? Epoch, string State, string? Source)
{
    /// <summary>Whether nothing was trained: what the trained ones are compared with.</summary>
    [JsonPropertyName("control")]
    public bool IsControl { get; init; }

    /// <summary>Which epoch the best one was; null: another was asked for, or it is not known yet.</summary>
    public JudgedEpoch? BestEpoch { get; init; }

    public string? Model { get; init; }

    /// <summary>When the evaluation began.</summary>
    public DateTimeOffset? Created { get; init; }

    public long? Samples { get; init; }

    /// <summary>How many there were to be; null: the log does not say.</summary>
    public long? TotalSamples { get; init; }

    /// <summary>All metrics of all scorers, in the order of the log.</summary>
    public ImmutableArray<MetricCell> Metrics { get; init; } = [];

    /// <summary>Runs are in plan order, and so are what was found in them.</summary>
    [JsonIgnore]
    public int Place { get; init; }

    [JsonIgnore]
    public bool HasResult => Source is not null;
}

/// <summary>One number of one scorer.</summary>
/// <param name="Score">Its name; a scorer may give several.</param>
/// <param name="Reducer">Null: there was nothing to reduce.</param>
/// <param name="Error">The standard error that stands beside it; null: none does.</param>
public sealed record MetricCell(string Score, string Scorer, string? Reducer, string Metric, double Value, double? Error)
{
    /// <summary>No other row of the task has a better one; false where the metric's name does not tell what better is.</summary>
    [JsonPropertyName("best")]
    public bool IsBest { get; init; }
}

/// <summary>Something that is no result, and why.</summary>
/// <param name="Run">Null: it is no run's.</param>
/// <param name="Kind"><c>unfinished</c>, <c>cancelled</c>, <c>error</c>, <c>unreadable</c>, <c>invalidated</c>, <c>no_score</c>, <c>partial</c>, <c>superseded</c>, <c>no_result</c>.</param>
public sealed record ReportIssue(string? Run, string? Task, string? Epoch, string Kind, string Text, string? Source);
