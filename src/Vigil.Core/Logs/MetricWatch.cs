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
    /// <summary>Fewer values before say nothing of what is usual.</summary>
    private const int LeastWindow = 3;

    private readonly Standing[] _standings = [.. watched.Select(static w => new Standing(w))];

    /// <summary>What was found; whoever takes it clears it.</summary>
    public List<MetricHit> Hits { get; } = [];

    internal void See(MetricTable metrics, long offset)
    {
        foreach (var place in metrics.Fresh)
        {
            var metric = metrics.All[place];
            foreach (var standing in _standings)
                if (standing.Watched.Name == metric.Name && standing.Take(metrics.ValueOf(place))) Hits.Add(new(standing.Watched.Rule, metric.Name, metrics.ValueOf(place), metric.Step, offset));
        }
    }

    /// <summary>Where one watch stands.</summary>
    private sealed class Standing(WatchedMetric watched)
    {
        private readonly double[] _before = new double[watched.Test switch { MetricTest.Spike spike => spike.Window, MetricTest.Drop drop => drop.Window, _ => 0 }];
        private int _streak, _count;

        public WatchedMetric Watched => watched;

        /// <summary>Whether this value completes a streak.</summary>
        public bool Take(double value)
        {
            var holds = watched.Test switch
            {
                MetricTest.NotFinite => !double.IsFinite(value),
                MetricTest.Above above => value > above.Limit,
                MetricTest.Below below => value < below.Limit,
                MetricTest.Spike spike => Usual() is { } usual && value > spike.Factor * usual,
                MetricTest.Drop drop => Usual() is { } usual && value < drop.Factor * usual,
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            _streak = holds ? _streak + 1 : 0;
            // What is unusual must not become the usual while it is judged.
            if (!holds && _before.Length > 0 && double.IsFinite(value)) _before[_count++ % _before.Length] = value;
            return _streak == watched.Test.Points;
        }

        /// <summary>The median of the values before; null while there are too few.</summary>
        private double? Usual()
        {
            var count = Math.Min(_count, _before.Length);
            if (count < Math.Min(LeastWindow, _before.Length)) return null;
            var sorted = _before.AsSpan(0, count).ToArray();
            Array.Sort(sorted);
            return sorted[count / 2];
        }
    }

    /// <summary>The value as a log would print it.</summary>
    public static string Text(double value) => double.IsNaN(value) ? "nan" : double.IsInfinity(value) ? value > 0 ? "inf" : "-inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
