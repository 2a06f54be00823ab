using System.Collections.Immutable;
using System.Globalization;
using Vigil.Logs;

namespace Vigil.Reports;

/// <summary>One plot of the page.</summary>
/// <param name="Part">Where it stands: <c>training</c>, or <c>task</c> and the task's place in the report.</param>
/// <param name="Axis">What runs to the right.</param>
internal sealed record Plot(string Part, string Title, string Axis, ImmutableArray<PlotLine> Lines)
{
    /// <summary>Further metrics of a task stand in its table alone.</summary>
    private const int MostOfATask = 4;

    public static ImmutableArray<Plot> Of(ExperimentReport report)
    {
        var losses = new[] { Losses(report, "Training loss", isValidation: false), Losses(report, "Validation loss", isValidation: true) };
        var tasks = report.Evaluations.GroupBy(static e => e.Task, StringComparer.Ordinal).SelectMany(static (task, i) => OfTask([.. task], string.Create(CultureInfo.InvariantCulture, $"task{i}")));
        return [.. losses.OfType<Plot>(), .. tasks];
    }

    private static Plot? Losses(ExperimentReport report, string title, bool isValidation)
    {
        var lines = report.Curves.Where(c => c.IsValidation == isValidation).Select(static c => new PlotLine(c.Run, IsControl: false, [.. c.Points.Select(static p => (double)p.Step)], [.. c.Points.Select(Shown)])).ToImmutableArray();
        return lines.IsEmpty ? null : new("training", title, "step", lines);
    }

    /// <summary>Null is a gap.</summary>
    private static double? Shown(SeriesBucket bucket) => double.IsFinite(bucket.Last) ? bucket.Last : null;

    private static IEnumerable<Plot> OfTask(EvaluationRow[] rows, string part)
    {
        var columns = rows.SelectMany(static r => r.Metrics).DistinctBy(static m => (m.Score, m.Reducer, m.Metric)).OrderBy(static m => MetricDirections.Of(m.Metric) is MetricDirection.Unknown);
        return columns.Select(column => OfMetric(rows, column, part)).OfType<Plot>().Take(MostOfATask);
    }

    /// <summary>Null: no epoch is a number, and there is nothing to draw.</summary>
    private static Plot? OfMetric(EvaluationRow[] rows, MetricCell column, string part)
    {
        var values = rows.Select(row => (Row: row, Epoch: Epoch(row), Value: row.Metrics.FirstOrDefault(m => (m.Score, m.Reducer, m.Metric) == (column.Score, column.Reducer, column.Metric))?.Value)).Where(static v => v.Value is { } value && double.IsFinite(value)).ToArray();
        double[] epochs = [.. values.Where(static v => v.Epoch is not null).Select(static v => v.Epoch!.Value).Distinct().Order()];
        if (epochs.Length == 0) return null;
        var trained = values.Where(static v => v.Epoch is not null).GroupBy(static v => v.Row.Run, StringComparer.Ordinal).Select(static g => new PlotLine(g.Key, IsControl: false, [.. g.Select(static v => v.Epoch!.Value)], [.. g.Select(static v => v.Value)]));
        var controls = values.Where(static v => v.Row.IsControl).Select(v => new PlotLine(v.Row.Run, IsControl: true, [epochs[0], epochs[^1]], [v.Value, v.Value]));
        return new(part, EvaluationSections.Title(rows, column), "epoch", [.. trained, .. controls]);
    }

    private static double? Epoch(EvaluationRow row) => !row.IsControl && double.TryParse(row.Epoch, NumberStyles.Float, CultureInfo.InvariantCulture, out var epoch) && double.IsFinite(epoch) ? epoch : null;
}

/// <param name="X">Rising.</param>
/// <param name="Y">As many; null is a gap.</param>
internal sealed record PlotLine(string Name, bool IsControl, ImmutableArray<double> X, ImmutableArray<double?> Y);
