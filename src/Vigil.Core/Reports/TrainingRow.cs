using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Vigil.Monitoring;
using Vigil.Views;

namespace Vigil.Reports;

/// <summary>How the training of one run went. A figure that is null is known to nobody.</summary>
/// <param name="State">Our word; with <paramref name="Reason"/> where there is one.</param>
/// <param name="Steps">The furthest that the newest log or the values tell.</param>
/// <param name="TotalSteps">That the trainer means to do.</param>
/// <param name="Seconds">From the first start to the last end; of a run that goes on, to its last output.</param>
public sealed record TrainingRow(string Run, string? Stage, string State, string? Reason, int Attempts, Figure? Steps, Figure? TotalSteps, Figure? Epochs, Figure? Seconds)
{
    public Figure? FinalLoss { get; init; }

    public Figure? LowestLoss { get; init; }

    public Figure? ValidationLoss { get; init; }

    public Figure? LowestValidationLoss { get; init; }

    /// <summary>The median over the training.</summary>
    public Figure? TokensPerSecond { get; init; }

    /// <summary>The highest of the trainer's own numbers.</summary>
    public Figure? PeakMemory { get; init; }

    /// <summary>What a restart has changed of the plan, in words; null: nothing.</summary>
    public string? DeviatesFromPlan { get; init; }

    /// <summary>The files that the row's figures come from, the journal left out.</summary>
    [JsonIgnore]
    public ImmutableArray<string> Sources =>
        [.. new[] { FinalLoss, ValidationLoss, Steps, Epochs, TokensPerSecond, PeakMemory }.OfType<Figure>().Select(static f => f.Source).Where(static s => s != TrainingRows.Journal).Distinct()];
}

/// <summary>Makes the rows of trainings.</summary>
internal static class TrainingRows
{
    /// <summary>What the report calls the journal.</summary>
    public const string Journal = "journal";

    /// <summary>Runs that only evaluate are left out.</summary>
    public static ImmutableArray<TrainingRow> Of(ReportFacts facts) =>
        [.. facts.Runs.Where(static r => r.Run.Plan.Evaluation is null && (r.Evaluations.IsEmpty || !r.Series.Metrics.IsEmpty)).Select(run => Of(facts, run))];

    private static TrainingRow Of(ReportFacts facts, RunFacts run)
    {
        var (record, series) = (run.Run, run.Series);
        var log = record.LastAttempt?.Id.Folder is { } attempt && run.Logs.TryGetValue(attempt, out var path) ? facts.Source(path) : null;
        var loss = series.First(MetricNames.Loss);
        var validation = series.First(MetricNames.ValidationLoss);
        var speed = series.First(MetricNames.TokensPerSecond);
        var memory = series.First(MetricNames.PeakMemory);
        var sources = new SeriesSources(facts, run);
        return new TrainingRow(
            record.Id.Value, record.Plan.Stage, RunWords.State(record), RunWords.Reason(record) is { } reason ? SafeText.Line(reason) : null, record.Attempts.Length,
            Step(run, loss, log, sources), OfLog(run.Progress?.Total, "total", log), OfLog(run.Progress?.Epoch ?? Planned(run), "epoch", log), Took(run))
        {
            DeviatesFromPlan = record.Plan.Deviations is { } deviations ? SafeText.Line(Planning.Deviations.Text(deviations)) : null,
            FinalLoss = loss is null ? null : sources.Figure(loss, loss.Last()),
            LowestLoss = loss?.Lowest() is { } lowest ? sources.Figure(loss, lowest) : null,
            ValidationLoss = validation is null ? null : sources.Figure(validation, validation.Last()),
            LowestValidationLoss = validation?.Lowest() is { } best ? sources.Figure(validation, best) : null,
            TokensPerSecond = speed?.Median() is { } median ? sources.Figure(speed, speed.Last()) with { Value = median } : null,
            PeakMemory = memory?.Highest() is { } peak ? sources.Figure(memory, peak) : null,
        };
    }

    private static Figure? Step(RunFacts run, MetricSeries? loss, string? log, SeriesSources sources)
    {
        if (loss?.Last() is { } last && last.Step >= (run.Progress?.Step ?? 0)) return sources.Figure(loss, last) with { Value = last.Step, Name = "step" };
        return OfLog(run.Progress?.Step, "step", log);
    }

    /// <summary>A trainer that tells only how many epochs there will be has done them when it is done.</summary>
    private static double? Planned(RunFacts run) => run.Run.State is RunState.Finished { Outcome: Outcome.Completed } ? run.Progress?.Epochs : null;

    private static Figure? OfLog(double? value, string name, string? log) => value is { } number && log is not null ? new(number, name, log) : null;

    private static Figure? Took(RunFacts run)
    {
        var attempts = run.Run.Attempts;
        if (attempts.Select(static a => a.Started).FirstOrDefault(static s => s is not null) is not { } from) return null;
        var to = run.Run.LastAttempt?.Ended ?? run.LastOutput;
        return to is { } end && end > from ? new((end - from).TotalSeconds, "duration", Journal) : null;
    }
}

/// <summary>Names the files that a run's values were read from.</summary>
internal readonly struct SeriesSources(ReportFacts facts, RunFacts run)
{
    private const string OfLog = "log ", OfFile = "file ";

    public Figure Figure(MetricSeries series, Logs.SeriesPoint point) => new(point.Value, series.Name, Name(point.Source));

    /// <summary><c>log 2</c> is the log of attempt 2, <c>log 2#1</c> the one that took its name over; <c>file metrics.jsonl</c> lies below the run's folder.</summary>
    public string Name(string source)
    {
        var place = source.LastIndexOf('#') is > 0 and var mark ? source[..mark] : source;
        if (place.StartsWith(OfLog, StringComparison.Ordinal) && run.Logs.TryGetValue(place[OfLog.Length..], out var log)) return facts.Source(log);
        return place.StartsWith(OfFile, StringComparison.Ordinal) ? facts.Source($"{run.Folder}/{place[OfFile.Length..]}") : source;
    }
}
