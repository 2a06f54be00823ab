using System.Collections.Immutable;
using System.Globalization;
using Vigil.Spec;

namespace Vigil.Logs;

/// <summary>One metric and what it is watched for.</summary>
/// <param name="Rule">Whose trigger it is.</param>
public sealed record WatchedMetric(string Rule, string Name, MetricTest Test);

/// <summary>A metric did what it is watched for.</summary>
/// <param name="Offset">Where the line begins that shows it.</param>
public readonly record struct MetricHit(string Rule, string Metric, double Value, long Step, long Offset);

/// <summary>Watches the values of one log as they are read. A streak is told once, when it has lasted for as many points as it must.</summary>
public sealed class MetricWatch(ImmutableArray<WatchedMetric> watched)
{
    private readonly (WatchedMetric Watched, MetricStreak Streak)[] _streaks = [.. watched.Select(static w => (w, new MetricStreak(w.Test)))];

    /// <summary>What was found; whoever takes it clears it.</summary>
    public List<MetricHit> Hits { get; } = [];

    internal void See(MetricTable metrics, long offset)
    {
        foreach (var place in metrics.Fresh)
        {
            var metric = metrics.All[place];
            foreach (var (one, streak) in _streaks)
                if (one.Name == metric.Name && streak.Take(metrics.ValueOf(place))) Hits.Add(new(one.Rule, metric.Name, metrics.ValueOf(place), metric.Step, offset));
        }
    }

    /// <summary>The value as a log would print it.</summary>
    public static string Text(double value) => double.IsNaN(value) ? "nan" : double.IsInfinity(value) ? value > 0 ? "inf" : "-inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
