using System.Collections.Immutable;
using Vigil.Logs;

namespace Vigil.Reports;

/// <summary>What a loss does over the steps of one run, thinned out so that it can be drawn.</summary>
/// <param name="IsValidation">Whether it was measured on held-out data.</param>
public sealed record LossCurve(string Run, string Metric, bool IsValidation, ImmutableArray<SeriesBucket> Points)
{
    /// <summary>A page with thousands of runs must still open.</summary>
    private const int MostPoints = 40_000, MostOfOne = 500, LeastOfOne = 40;

    internal static ImmutableArray<LossCurve> Of(ReportFacts facts)
    {
        List<(string Run, MetricSeries Series, bool IsValidation)> found = [];
        foreach (var run in facts.Runs)
        {
            if (run.Series.First(MetricNames.Loss) is { } loss) found.Add((run.Run.Id.Value, loss, false));
            if (run.Series.First(MetricNames.ValidationLoss) is { } validation) found.Add((run.Run.Id.Value, validation, true));
        }
        var most = Math.Clamp(MostPoints / Math.Max(1, found.Count), LeastOfOne, MostOfOne);
        return [.. found.Select(f => new LossCurve(f.Run, f.Series.Name, f.IsValidation, SeriesBucket.Of(f.Series.Points, most)))];
    }
}
