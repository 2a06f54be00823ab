using System.Collections.Immutable;
using Vigil.Evaluations;
using Vigil.Logs;

namespace Vigil.Reports;

/// <summary>The metrics of a log, each with the standard error that belongs to it.</summary>
internal static class EvaluationMetrics
{
    private static readonly ImmutableArray<string> Errors = ["stderr", "bootstrap_stderr"];

    /// <summary>What a standard error without a name of its own goes with.</summary>
    private static readonly ImmutableArray<string> Means = ["accuracy", "mean"];

    public static ImmutableArray<MetricCell> Of(EvalLog log) => [.. log.Scores.SelectMany(Of)];

    private static IEnumerable<MetricCell> Of(EvalScore score)
    {
        var plain = score.Metrics.Where(static m => Owner(m.Name) is null).ToList();
        // A score of nothing but errors shows them as they are.
        if (plain.Count == 0) return score.Metrics.Select(m => Cell(score, m, null));
        var main = plain.FirstOrDefault(static m => Means.Contains(m.Name)) is { Name: not null } mean ? mean.Name : plain.Count == 1 ? plain[0].Name : null;
        var errors = score.Metrics.Where(static m => Owner(m.Name) is not null).ToList();
        var cells = plain.Select(m => Cell(score, m, errors.Where(e => Owner(e.Name) is var owner && (owner == m.Name || owner == "" && m.Name == main)).Select(static e => (double?)e.Value).FirstOrDefault()));
        var homeless = errors.Where(e => Owner(e.Name) is var owner && (owner == "" ? main is null : plain.TrueForAll(m => m.Name != owner)));
        return cells.Concat(homeless.Select(m => Cell(score, m, null)));
    }

    private static MetricCell Cell(EvalScore score, NamedValue metric, double? error) => new(score.Name, score.Scorer, score.Reducer, metric.Name, metric.Value, error);

    /// <summary>The metric that an error belongs to; empty: the score's main one. Null: it is no error.</summary>
    private static string? Owner(string name)
    {
        if (Errors.Contains(name)) return "";
        foreach (var error in Errors)
            if (name.EndsWith($"_{error}", StringComparison.Ordinal)) return name[..^(error.Length + 1)];
        return null;
    }
}
