using System.Collections.Immutable;

namespace Vigil.Reports;

/// <summary>Marks the best of each task and metric, controls among them.</summary>
internal static class EvaluationBest
{
    private readonly record struct Column(string Task, string Score, string? Reducer, string Metric);

    public static IEnumerable<EvaluationRow> Mark(ImmutableArray<EvaluationRow> rows)
    {
        var best = new Dictionary<Column, (double Value, int Count)>();
        foreach (var (column, value) in rows.SelectMany(static r => r.Metrics.Where(static m => double.IsFinite(m.Value)).Select(m => (Of(r, m), m.Value))))
        {
            if (!best.TryGetValue(column, out var known)) best[column] = (value, 1);
            else best[column] = (IsBetter(column.Metric, value, known.Value) ? value : known.Value, known.Count + 1);
        }
        // One alone is no best one.
        return rows.Select(row => row with
        {
            Metrics = [.. row.Metrics.Select(m => MetricDirections.Of(m.Metric) is not MetricDirection.Unknown && best.TryGetValue(Of(row, m), out var found) && found.Count > 1 && found.Value.Equals(m.Value) ? m with { IsBest = true } : m)],
        });
    }

    private static Column Of(EvaluationRow row, MetricCell metric) => new(row.Task, metric.Score, metric.Reducer, metric.Metric);

    private static bool IsBetter(string metric, double value, double than) => MetricDirections.Of(metric) is MetricDirection.Lower ? value < than : value > than;
}
