using System.Globalization;

namespace Vigil.Reports;

/// <summary>The tables of trainings and evaluations for other programs.</summary>
public static class CsvReport
{
    private static readonly string[] Figures = ["final_loss", "lowest_loss", "validation_loss", "lowest_validation_loss", "steps", "total_steps", "epochs", "tokens_per_second", "seconds", "peak_memory"];

    /// <summary>A row for each run; behind each number the file that it comes from.</summary>
    public static string Training(ExperimentReport report)
    {
        var csv = new CsvText();
        foreach (var name in (string[])["run", "stage", "state", "reason", "attempts", .. Figures.SelectMany(static f => new[] { f, $"{f}_source" }), "deviates_from_plan"]) csv.Text(name);
        csv.End();
        foreach (var row in report.Training)
        {
            csv.Text(row.Run).Text(row.Stage).Text(row.State).Text(row.Reason).Number(row.Attempts);
            csv.Figure(row.FinalLoss).Figure(row.LowestLoss).Figure(row.ValidationLoss).Figure(row.LowestValidationLoss).Figure(row.Steps).Figure(row.TotalSteps)
                .Figure(row.Epochs).Figure(row.TokensPerSecond).Figure(row.Seconds).Figure(row.PeakMemory).Text(row.DeviatesFromPlan).End();
        }
        return csv.ToString();
    }

    /// <summary>A row for each metric of each run, task and epoch; one without a value where there is no result.</summary>
    public static string Evaluations(ExperimentReport report)
    {
        var csv = new CsvText();
        foreach (var name in (string[])["run", "task", "epoch", "control", "state", "score", "scorer", "reducer", "metric", "value", "stderr", "best", "samples", "total_samples", "model", "created", "source"]) csv.Text(name);
        csv.End();
        foreach (var row in report.Evaluations)
        {
            if (row.Metrics.IsEmpty) Append(csv, row, null);
            foreach (var metric in row.Metrics) Append(csv, row, metric);
        }
        return csv.ToString();
    }

    private static void Append(CsvText csv, EvaluationRow row, MetricCell? metric) => csv
        .Text(row.Run).Text(row.Task).Text(row.Epoch).Text(row.IsControl ? "true" : "false").Text(row.State)
        .Text(metric?.Score).Text(metric?.Scorer).Text(metric?.Reducer).Text(metric?.Metric).Number(metric?.Value).Number(metric?.Error).Text(metric is null ? null : metric.IsBest ? "true" : "false")
        .Number(row.Samples).Number(row.TotalSamples).Text(row.Model).Text(row.Created?.ToString("O", CultureInfo.InvariantCulture)).Text(row.Source).End();
}
