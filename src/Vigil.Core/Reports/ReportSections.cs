using System.Collections.Immutable;
using System.Globalization;
using Vigil.Views;

namespace Vigil.Reports;

/// <summary>What the report says, in its order; parts without content are left out.</summary>
internal static class ReportSections
{
    public static ImmutableArray<ReportSection> Of(ExperimentReport report) =>
        [.. new[] { Training(report) }.Concat(EvaluationSections.Of(report)).Concat([Issues(report), Checkpoints(report), Storage(report), Compute(report), Jobs(report), Failures(report), Notes(report)]).OfType<ReportSection>()];

    /// <summary>The line below the title.</summary>
    public static ImmutableArray<ReportCell> Header(ExperimentReport report)
    {
        var progress = report.Progress;
        var counts = string.Join(", ", progress.Counts.Select(static c => string.Create(CultureInfo.InvariantCulture, $"{c.Value} {c.Key.Replace('_', ' ')}")));
        var results = progress.Evaluations > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {progress.EvaluationsWithResult} of {progress.Evaluations} evaluations have a result") : "";
        var partial = progress.IsPartial ? " **These results are partial: runs go on or wait.**" : "";
        return [ReportCell.Plain(string.Create(CultureInfo.InvariantCulture, $"{progress.Complete} of {progress.Runs} runs complete ({counts}){results}.")), new(partial.Trim().Trim('*'), CellForm.Best)];
    }

    private static ReportSection? Training(ExperimentReport report)
    {
        if (report.Training.IsEmpty) return null;
        var shown = (report.Training.Any(static r => r.Stage is not null) ? TrainingColumns.Stage : 0) | (report.Training.Any(static r => r.DeviatesFromPlan is not null) ? TrainingColumns.Deviations : 0);
        ImmutableArray<ReportColumn> columns =
        [
            ReportColumn.Text("Run"), .. shown.HasFlag(TrainingColumns.Stage) ? [ReportColumn.Text("Stage")] : (ReportColumn[])[], ReportColumn.Text("State"), ReportColumn.Number("Final loss"), ReportColumn.Number("Validation loss"),
            ReportColumn.Number("Steps"), ReportColumn.Number("Epochs"), ReportColumn.Number("Tokens/s"), ReportColumn.Number("Duration"), ReportColumn.Number("Peak memory"), .. shown.HasFlag(TrainingColumns.Deviations) ? [ReportColumn.Text("Deviates from plan")] : (ReportColumn[])[], ReportColumn.Text("Source"),
        ];
        return new("Training",
            [[ReportCell.Plain("Losses are the last of each run; Tokens/s is the median; Duration is from the first start to the last end, by the experiment's journal. The other numbers come from the file in the last column.")]],
            new(columns, [.. report.Training.Select(row => Row(row, shown))]));
    }

    /// <summary>Those that stand there where some run has something to say in them.</summary>
    [Flags]
    private enum TrainingColumns { Stage = 1, Deviations = 2 }

    private static ImmutableArray<ReportCell> Row(TrainingRow row, TrainingColumns shown) =>
    [
        ReportCell.Name(row.Run), .. shown.HasFlag(TrainingColumns.Stage) ? [ReportCell.Plain(row.Stage ?? ReportText.Nothing)] : (ReportCell[])[], State(row.State, row.Reason),
        ReportCell.Of(row.FinalLoss, ReportText.Loss(row.FinalLoss)), ReportCell.Of(row.ValidationLoss, ReportText.Loss(row.ValidationLoss)),
        ReportCell.Of(row.Steps, row.Steps is null ? ReportText.Nothing : ReportText.Short(row.Steps.Value, 0) + (row.TotalSteps is { } total && total.Value > row.Steps.Value ? $"/{ReportText.Short(total.Value, 0)}" : "")),
        ReportCell.Of(row.Epochs, ReportText.Short(row.Epochs?.Value, 2)),
        ReportCell.Of(row.TokensPerSecond, row.TokensPerSecond is { } speed ? ReportText.Short(speed.Value) + MetricNames.UnitOfThroughput(speed.Name) : ReportText.Nothing),
        ReportCell.Of(row.Seconds, ReportText.Duration(row.Seconds?.Value)),
        ReportCell.Of(row.PeakMemory, row.PeakMemory is { } memory ? ReportText.Short(memory.Value, 2) + MetricNames.UnitOfMemory(memory.Name) : ReportText.Nothing),
        .. shown.HasFlag(TrainingColumns.Deviations) ? [ReportCell.Plain(row.DeviatesFromPlan ?? ReportText.Nothing)] : (ReportCell[])[],
        Sources(row.Sources),
    ];

    internal static ReportCell State(string state, string? reason = null) => new(
        state.Replace('_', ' ') + (reason is null || reason.Equals(state, StringComparison.OrdinalIgnoreCase) ? "" : $" ({reason})"),
        state switch { "completed" or "success" or "valid" => CellForm.Good, "failed" or "lost" or "needs_person" or "no_result" or "invalid" => CellForm.Bad, _ => CellForm.Plain });

    private static ReportCell Sources(ImmutableArray<string> sources) => sources switch { [] => ReportCell.Plain(ReportText.Nothing), [var one] => ReportCell.Name(one), _ => ReportCell.Name(string.Join("; ", sources)) };

    private static ReportSection? Issues(ExperimentReport report) => report.Issues.IsEmpty ? null : new("Logs that are no results",
        [[ReportCell.Plain("None of these counts in the tables above.")]],
        new([ReportColumn.Text("Run"), ReportColumn.Text("Task"), ReportColumn.Text("Epoch"), ReportColumn.Text("Kind"), ReportColumn.Text("What is the matter"), ReportColumn.Text("Source")],
        [.. report.Issues.Select(static i => (ImmutableArray<ReportCell>)[Named(i.Run), Named(i.Task), ReportCell.Plain(i.Epoch ?? ReportText.Nothing), ReportCell.Plain(i.Kind.Replace('_', ' ')), ReportCell.Plain(i.Text), Named(i.Source)])]))
    { Level = 3 };

    internal static ReportCell Named(string? name) => name is null ? ReportCell.Plain(ReportText.Nothing) : ReportCell.Name(name);

    private static ReportSection? Checkpoints(ExperimentReport report)
    {
        if (report.Checkpoints.IsEmpty) return null;
        var bad = report.Checkpoints.Count(static c => c.Verdict != "valid");
        return new("Checkpoints",
            [[ReportCell.Plain(string.Create(CultureInfo.InvariantCulture, $"Looked into on disk: {report.Checkpoints.Length - bad} of {report.Checkpoints.Length} are whole. Of each run the furthest ten are shown."))]],
            new([ReportColumn.Text("Run"), ReportColumn.Text("Checkpoint"), ReportColumn.Number("Step"), ReportColumn.Number("Epoch"), ReportColumn.Number("Size"), ReportColumn.Text("Verdict"), ReportColumn.Text("Source")],
            [.. report.Checkpoints.Select(static c => (ImmutableArray<ReportCell>)[ReportCell.Name(c.Run), ReportCell.Name(c.Name), ReportCell.Plain(ReportText.Count(c.Step)), ReportCell.Plain(ReportText.Count(c.Epoch)),
                ReportCell.Plain(SizeText.Of(c.Bytes)), new($"{(c.Verdict == "valid" ? "✓" : c.Verdict == "invalid" ? "✗" : "?")} {c.Verdict}{(c.Reason is { } reason ? $" ({reason})" : "")}", State(c.Verdict).Form), ReportCell.Name(c.Source)])]));
    }

    private static ReportSection? Storage(ExperimentReport report)
    {
        if (report.Storage.IsEmpty) return null;
        var rows = report.Storage.Select(static s => (ImmutableArray<ReportCell>)[ReportCell.Name(s.Run), ReportCell.Plain($"{(s.IsPart ? "≥ " : "")}{s.Files.ToString(CultureInfo.InvariantCulture)}"),
            ReportCell.Plain((s.IsPart ? "≥ " : "") + SizeText.Of(s.Bytes)), ReportCell.Plain(SizeText.Of(s.CheckpointBytes)), ReportCell.Name(s.Source)]);
        return new("Storage", [[ReportCell.Plain($"{SizeText.Of(report.Storage.Sum(static s => s.Bytes))} in all. A run within another one's folder counts for itself.")]],
            new([ReportColumn.Text("Run"), ReportColumn.Number("Files"), ReportColumn.Number("Bytes"), ReportColumn.Number("Checkpoints"), ReportColumn.Text("Source")], [.. rows]));
    }

    private static ReportSection? Compute(ExperimentReport report) => report.Compute.IsEmpty ? null : new("Compute", [],
        new([ReportColumn.Text("Run"), ReportColumn.Number("GPU use, mean (least–most)"), ReportColumn.Number("GPU memory, mean (peak) of all"), ReportColumn.Number("Power, mean"), ReportColumn.Number("Hottest"), ReportColumn.Number("Samples"), ReportColumn.Text("Source")],
        [.. report.Compute.Select(static c => (ImmutableArray<ReportCell>)[ReportCell.Name(c.Run),
            ReportCell.Plain(c.GpuUtilizationMean is { } mean ? $"{ReportText.Short(mean)} % ({ReportText.Short(c.GpuUtilizationMin)}–{ReportText.Short(c.GpuUtilizationMax)})" : ReportText.Nothing),
            ReportCell.Plain(c.GpuMemoryMeanGib is { } used ? $"{ReportText.Short(used)} ({ReportText.Short(c.GpuMemoryPeakGib)}){(c.GpuMemoryTotalGib is { } all ? $" of {ReportText.Short(all)}" : "")} GiB" : ReportText.Nothing),
            Cell(c.PowerMeanWatts, " W"), Cell(c.TemperatureMax, " °C"), ReportCell.Plain(ReportText.Count(c.Samples)), ReportCell.Name(c.Source)])]));

    private static ReportSection? Jobs(ExperimentReport report) => report.Jobs.IsEmpty ? null : new("Jobs",
        [[ReportCell.Plain("What Slurm's accounting says of the newest job of each run: CPU use is of the time of all its CPUs, memory the most that one step held. Numbers of a job that runs are those of now.")]],
        new([ReportColumn.Text("Run"), ReportColumn.Text("Job"), ReportColumn.Text("State"), ReportColumn.Number("Wall time"), ReportColumn.Number("of limit"), ReportColumn.Number("CPU use"), ReportColumn.Number("of CPUs"), ReportColumn.Number("Memory"), ReportColumn.Number("of asked"), ReportColumn.Text("Source")],
        [.. report.Jobs.Select(static j => (ImmutableArray<ReportCell>)[ReportCell.Name(j.Run), ReportCell.Name(j.Use.Job), ReportCell.Plain(j.Use.State), ReportCell.Plain(ReportText.Duration(j.Use.WallSeconds)), Share(j.Use.WallSeconds / j.Use.LimitSeconds),
            Share(j.Use.CpuEfficiency), ReportCell.Plain(ReportText.Count(j.Use.Cpus)), ReportCell.Plain(j.Use.MemoryBytes is { } bytes ? SizeText.Of(bytes) : ReportText.Nothing), Share(j.Use.MemoryEfficiency), ReportCell.Name(j.Use.Source)])]));

    private static ReportCell Share(double? share) => Cell(share * 100, " %");

    private static ReportCell Cell(double? value, string unit) => ReportCell.Plain(value is null ? ReportText.Nothing : ReportText.Short(value) + unit);

    private static ReportSection? Failures(ExperimentReport report) => report.Failures.IsEmpty ? null : new("Failures", [],
        new([ReportColumn.Text("Run"), ReportColumn.Text("State"), ReportColumn.Number("Attempts"), ReportColumn.Text("Exit"), ReportColumn.Text("Why"), ReportColumn.Text("Source")],
        [.. report.Failures.Select(static f => (ImmutableArray<ReportCell>)[ReportCell.Name(f.Run), State(f.State, f.Reason), ReportCell.Plain(ReportText.Count(f.Attempts)),
            ReportCell.Plain(f.Signal is { } signal ? string.Create(CultureInfo.InvariantCulture, $"signal {signal}") : ReportText.Count(f.ExitCode)), ReportCell.Plain(f.Why ?? ReportText.Nothing), Named(f.Source)])]))
    {
        Excerpts = [.. report.Failures.Where(static f => !f.LastLines.IsEmpty).Select(static f => new ReportExcerpt([ReportCell.Name(f.Run), ReportCell.Plain("ended with, by"), Named(f.Source)], f.LastLines))],
    };

    private static ReportSection? Notes(ExperimentReport report) => report.Notes.IsEmpty ? null : new("Notes", [.. report.Notes.Select(static n => (ImmutableArray<ReportCell>)[ReportCell.Plain(n)])], null);
}
