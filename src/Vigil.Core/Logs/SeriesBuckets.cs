using System.Collections.Immutable;

namespace Vigil.Logs;

/// <summary>What a stretch of steps showed of one metric. A spike in it stays visible.</summary>
/// <param name="Step">The newest step in it.</param>
/// <param name="Min">NaN when no value was a number.</param>
/// <param name="Max">NaN when no value was a number.</param>
/// <param name="NotNumbers">How many values were NaN or infinite.</param>
public readonly record struct SeriesBucket(long Step, double Min, double Max, double Last, int Count, int NotNumbers)
{
    /// <summary>
    /// The points in at most so many stretches of equal length. The stretches lie on absolute steps and their length is a power of two, so
    /// that a growing series keeps its stretches from look to look.
    /// </summary>
    public static ImmutableArray<SeriesBucket> Of(IReadOnlyList<SeriesPoint> points, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 2);
        if (points.Count == 0) return [];
        var (first, last) = (points.Min(static p => p.Step), points.Max(static p => p.Step));
        var shift = 0;
        while ((last >> shift) - (first >> shift) + 1 > most) shift++;
        var buckets = new SortedDictionary<long, SeriesBucket>();
        foreach (var point in points)
        {
            var place = point.Step >> shift;
            buckets[place] = buckets.TryGetValue(place, out var known) ? known.With(point) : new SeriesBucket(point.Step, double.NaN, double.NaN, 0, 0, 0).With(point);
        }
        return [.. buckets.Values];
    }

    private SeriesBucket With(SeriesPoint point)
    {
        var newest = Math.Max(Step, point.Step);
        var last = point.Step >= Step ? point.Value : Last;
        return double.IsFinite(point.Value)
            ? new(newest, double.IsNaN(Min) ? point.Value : Math.Min(Min, point.Value), double.IsNaN(Max) ? point.Value : Math.Max(Max, point.Value), last, Count + 1, NotNumbers)
            : new(newest, Min, Max, last, Count + 1, NotNumbers + 1);
    }
}
