using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Vigil.Logs;
using Vigil.Monitor;
using Vigil.Monitoring;

namespace Vigil.Web.Runs;

/// <param name="X">Steps.</param>
/// <param name="Last">Null: no finite value in that stretch.</param>
/// <param name="Bad">NaN or infinite values in that stretch.</param>
/// <param name="Offset">The byte of the log that the newest value comes from; -1: from elsewhere.</param>
internal sealed record SeriesCells(string Name, string Attempt, string Source, ImmutableArray<long> X, ImmutableArray<double?> Last, ImmutableArray<double?> Min, ImmutableArray<double?> Max, ImmutableArray<int> Bad, ImmutableArray<long> Offset);

internal sealed record MarkerCell(long X, string Kind, string Text);

internal sealed record MetricsAnswer(ImmutableArray<string> Names, ImmutableArray<SeriesCells> Series, ImmutableArray<MarkerCell> Markers);

/// <summary>Answers about metrics: so few points that a chart can draw them, and no spike lost.</summary>
internal static class MetricApi
{
    private const int MostPoints = 4000, UsualPoints = 600, MostNames = 100;

    public static Task MetricsAsync(HttpContext http, FoundRun run)
    {
        var store = new MetricStore(run.Experiment.Folder.Views);
        var all = store.ReadAll(run.Run.Id);
        // Named and empty: only the names are wanted.
        var asked = ((string?)http.Request.Query["names"])?.Split(',', StringSplitOptions.RemoveEmptyEntries);
        var names = (asked ?? [.. all.Keys]).Where(all.ContainsKey).Take(MostNames);
        var (from, to) = (Number(http, "from") ?? long.MinValue, Number(http, "to") ?? long.MaxValue);
        var most = (int)Math.Clamp(Number(http, "points") ?? UsualPoints, 2, MostPoints);
        return Answer.JsonAsync(http, new MetricsAnswer([.. all.Keys], [.. names.SelectMany(name => Series(name, all[name].Where(p => p.Step >= from && p.Step <= to), most))], Markers(run.Run)), WebJson.Plain.MetricsAnswer);
    }

    /// <summary>One for each place that the values were read in: what an attempt did again is drawn beside what it did before, not over it.</summary>
    private static IEnumerable<SeriesCells> Series(string name, IEnumerable<SeriesPoint> points, int most)
    {
        foreach (var part in points.GroupBy(static p => p.Source))
        {
            var values = part.ToList();
            var buckets = SeriesBucket.Of(values, most);
            var isLog = part.Key.StartsWith("log ", StringComparison.Ordinal);
            var offsets = Offsets(values);
            yield return new(
                name, isLog ? part.Key["log ".Length..].Split('#')[0] : "", isLog ? "log" : part.Key, [.. buckets.Select(static b => b.Step)], [.. buckets.Select(static b => Finite(b.Last))], [.. buckets.Select(static b => Finite(b.Min))], [.. buckets.Select(static b => Finite(b.Max))],
                [.. buckets.Select(static b => b.NotNumbers)], [.. buckets.Select(b => isLog ? offsets[b.Step] : -1)]);
        }
    }

    private static Dictionary<long, long> Offsets(List<SeriesPoint> points)
    {
        var offsets = new Dictionary<long, long>(points.Count);
        foreach (var point in points) offsets[point.Step] = point.Offset;
        return offsets;
    }

    private static ImmutableArray<MarkerCell> Markers(RunRecord run)
    {
        var markers = ImmutableArray.CreateBuilder<MarkerCell>();
        if (run.Checkpoint is { } checkpoint) markers.Add(new(checkpoint.Step, "checkpoint", Path.GetFileName(checkpoint.Path)));
        foreach (var other in run.Usable ?? [])
            if (other.Step is { } step && step != run.Checkpoint?.Step) markers.Add(new(step, "checkpoint", Path.GetFileName(other.Path)));
        return markers.DrainToImmutable();
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static long? Number(HttpContext http, string name) => long.TryParse(http.Request.Query[name], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
