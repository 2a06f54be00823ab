using Vigil.Logs;
using Vigil.Spec;

namespace Vigil.Core.Tests.Logs;

public sealed class MetricStreakTests
{
    [Fact]
    public void A_value_above_its_limit_is_told_once_for_each_time_it_gets_there() =>
        Assert.Equal([2, 5], Told(new MetricTest.Above(5, 1), 1, 2, 6, 7, 5, 8));

    [Fact]
    public void Points_in_a_row_are_counted_anew_after_one_that_does_not_hold() =>
        Assert.Equal([5], Told(new MetricTest.NotFinite(2), 1, double.NaN, 1, 1, double.NaN, double.PositiveInfinity, double.NaN));

    [Fact]
    public void A_spike_is_measured_against_the_median_before_it_and_does_not_become_the_measure() =>
        Assert.Equal([4], Told(new MetricTest.Spike(3, 3, 2), 1, 1.1, 0.9, 4, 4, 4));

    [Fact]
    public void Nothing_is_a_spike_or_a_drop_before_the_window_is_full()
    {
        Assert.Empty(Told(new MetricTest.Spike(3, 5, 1), 1, 100, 1, 100));
        Assert.Equal([4], Told(new MetricTest.Drop(0.5, 3, 1), 10, 11, 9, 6, 4));
    }

    private static List<int> Told(MetricTest test, params double[] values)
    {
        var watch = new MetricStreak(test);
        return [.. values.Select((v, i) => (Told: watch.Take(v), i)).Where(static t => t.Told).Select(static t => t.i)];
    }
}
