using System.Collections.Immutable;

namespace Vigil.Reports;

/// <summary>A table for each task: a row for each run and epoch, a column for each metric of each scorer.</summary>
internal static class EvaluationSections
{
    private readonly record struct Column(string Score, string? Reducer, string Metric);

    public static IEnumerable<ReportSection> Of(ExperimentReport report)
    {
        if (report.Evaluations.IsEmpty) yield break;
        yield return new("Evaluations", [[ReportCell.Plain("The newest log that says success counts. The best of each column is marked where the metric's name tells what better is; controls were not trained, and are compared with all others.")]], null);
        foreach (var task in report.Evaluations.GroupBy(static e => e.Task, StringComparer.Ordinal)) yield return Section([.. task]);
    }

    /// <summary>A metric as a column is headed: with its score where a task has several, with its reducer where a score has several.</summary>
    public static string Title(EvaluationRow[] rows, MetricCell metric)
    {
        var all = rows.SelectMany(static r => r.Metrics);
        var score = all.Select(static m => m.Score).Distinct().Skip(1).Any() ? $"{metric.Score}/" : "";
        var reducer = metric.Reducer is { } name && all.Where(m => m.Score == metric.Score).Select(static m => m.Reducer).Distinct().Skip(1).Any() ? $" ({name})" : "";
        return $"{score}{metric.Metric}{reducer}";
    }

    private static ReportSection Section(EvaluationRow[] rows)
    {
        var columns = rows.SelectMany(static r => r.Metrics).DistinctBy(Of).ToArray();
        var table = new ReportTable(
            [ReportColumn.Text("Run"), ReportColumn.Text("Epoch"), .. columns.Select(c => ReportColumn.Number(Title(rows, c))), ReportColumn.Number("Samples"), ReportColumn.Text("Source")],
            [.. rows.Select(row => Row(row, columns))]);
        return new(rows[0].Task, [.. columns.Select(c => Best(rows, c)).OfType<ImmutableArray<ReportCell>>().Where(static l => !l.IsDefault)], table) { Level = 3, Task = rows[0].Task };
    }

    private static Column Of(MetricCell metric) => new(metric.Score, metric.Reducer, metric.Metric);

    private static ImmutableArray<ReportCell> Row(EvaluationRow row, MetricCell[] columns) =>
    [
        row.IsControl ? new($"{row.Run} (control)", CellForm.Plain) : ReportCell.Name(row.Run), ReportCell.Plain(row.BestEpoch is { } best ? $"{row.Epoch} ({best})" : row.Epoch ?? ReportText.Nothing),
        .. columns.Select(column => row.Metrics.FirstOrDefault(m => Of(m) == Of(column)) is { } metric ? Cell(row, metric) : ReportCell.Plain(ReportText.Nothing)),
        row.HasResult ? ReportCell.Plain(ReportText.Count(row.Samples) + (row.TotalSamples is { } total && total != row.Samples ? $"/{ReportText.Count(total)}" : "")) : ReportCell.Plain(ReportText.Nothing),
        row.HasResult ? ReportCell.Name(row.Source!) : ReportSections.State(row.State),
    ];

    private static ReportCell Cell(EvaluationRow row, MetricCell metric) => new(Value(metric), metric.IsBest ? CellForm.Best : CellForm.Plain, row.Source);

    private static string Value(MetricCell metric) => ReportText.Number(metric.Value, 3) + (metric.Error is { } error ? $" ± {ReportText.Number(error, 3)}" : "");

    /// <summary>Default: nothing is the best.</summary>
    private static ImmutableArray<ReportCell> Best(EvaluationRow[] rows, MetricCell column)
    {
        var best = rows.Where(r => r.Metrics.Any(m => Of(m) == Of(column) && m.IsBest)).ToArray();
        if (best.Length == 0) return default;
        var value = best[0].Metrics.First(m => Of(m) == Of(column));
        List<ReportCell> cells = [ReportCell.Plain("Best"), ReportCell.Name(Title(rows, column)), ReportCell.Plain($"{Value(value)}:"), .. Names(best)];
        var controls = rows.Where(static r => r.IsControl && r.HasResult).Except(best).Select(r => (Row: r, Metric: r.Metrics.FirstOrDefault(m => Of(m) == Of(column)))).Where(static c => c.Metric is not null).ToArray();
        if (controls.Length > 0) cells.Add(ReportCell.Plain("; controls:"));
        cells.AddRange(controls.SelectMany(static (c, i) => (ReportCell[])[.. i > 0 ? [ReportCell.Plain(",")] : (ReportCell[])[], ReportCell.Name(c.Row.Run), ReportCell.Plain(Value(c.Metric!))]));
        return [.. cells];
    }

    private static IEnumerable<ReportCell> Names(EvaluationRow[] rows) => rows.SelectMany(static (r, i) =>
        (ReportCell[])[.. i > 0 ? [ReportCell.Plain("and")] : (ReportCell[])[], ReportCell.Name(r.Run), .. r.IsControl ? [ReportCell.Plain("(control)")] : r.Epoch is { } epoch ? [ReportCell.Plain($"epoch {epoch}")] : (ReportCell[])[]]);
}
