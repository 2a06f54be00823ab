using System.Collections.Immutable;
using Vigil.Logs;

namespace Vigil.Reports;

/// <summary>The values of one metric, in the order of their reading.</summary>
/// <param name="Points">At least one.</param>
public sealed record MetricSeries(string Name, ImmutableArray<SeriesPoint> Points)
{
    /// <summary>
    /// Where the run stood last: of the file that was read last, its furthest step. An attempt that began anew counts, and not the step
    /// that the one before it had come to.
    /// </summary>
    public SeriesPoint Last()
    {
        var (newest, last) = (Points[^1].Source, Points[^1]);
        foreach (var point in Points)
            if (point.Source == newest && point.Step >= last.Step) last = point;
        return last;
    }

    /// <summary>The lowest that is a number; null: none is.</summary>
    public SeriesPoint? Lowest() => Finite().Cast<SeriesPoint?>().MinBy(static p => p!.Value.Value);

    /// <summary>The highest that is a number; null: none is.</summary>
    public SeriesPoint? Highest() => Finite().Cast<SeriesPoint?>().MaxBy(static p => p!.Value.Value);

    /// <summary>The value that half of all do not exceed: a pause or a slow start moves it little. Null: none is a number.</summary>
    public double? Median()
    {
        double[] sorted = [.. Finite().Select(static p => p.Value).Order()];
        return sorted.Length == 0 ? null : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private IEnumerable<SeriesPoint> Finite() => Points.Where(static p => double.IsFinite(p.Value));
}

/// <summary>Of a run's metrics those that the report shows.</summary>
public sealed record RunSeries(ImmutableArray<MetricSeries> Metrics)
{
    public static RunSeries None { get; } = new([]);

    /// <param name="points">What the run's file of points holds.</param>
    public static RunSeries Of(ReadOnlySpan<byte> points)
    {
        var found = new OrderedDictionary<int, (string Name, ImmutableArray<SeriesPoint>.Builder? Points)>();
        var reader = new SeriesReader(points);
        while (reader.TryNext())
            for (var i = 0; i < reader.Count; i++)
            {
                var place = reader.Place(i);
                if (!found.TryGetValue(place, out var metric)) found[place] = metric = Begin(reader.NameOf(i));
                metric.Points?.Add(reader.Point(i));
            }
        return new([.. found.Values.Where(static m => m.Points is not null).Select(static m => new MetricSeries(m.Name, m.Points!.DrainToImmutable()))]);
    }

    /// <summary>The first of these names that the run has shown; null: none.</summary>
    public MetricSeries? First(ImmutableArray<string> names)
    {
        foreach (var name in names)
            if (Metrics.FirstOrDefault(m => MetricNames.Normal(m.Name) == name) is { } found) return found;
        return null;
    }

    private static (string, ImmutableArray<SeriesPoint>.Builder?) Begin(string name) => (name, MetricNames.IsWanted(name) ? ImmutableArray.CreateBuilder<SeriesPoint>() : null);
}
