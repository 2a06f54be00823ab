using System.Globalization;
using System.Text;
using Vigil.Logs;
using Vigil.Spec;

namespace Vigil.Core.Tests.Logs;

public sealed class MetricWatchTests
{
    private static readonly MetricTest Nan = new MetricTest.NotFinite(1);

    [Fact]
    public void A_loss_that_is_no_number_is_told_once_where_it_begins() =>
        Assert.Equal([3L], Steps(Nan, "2.5", "2.4", "nan", "nan", "NAN"));

    [Fact]
    public void It_is_told_again_after_a_number() =>
        Assert.Equal([1L, 3L], Steps(Nan, "inf", "2.4", "-inf"));

    [Fact]
    public void A_threshold_must_be_passed_for_as_many_points_as_the_rule_says() =>
        Assert.Equal([6L], Steps(new MetricTest.Above(3, Points: 3), "4", "4", "2", "4", "4", "4", "4"));

    [Fact]
    public void A_spike_is_measured_against_the_median_before_it_and_does_not_become_it()
    {
        var usual = Enumerable.Repeat("2.0", 20);
        Assert.Equal([23L], Steps(new MetricTest.Spike(3, Window: 10, Points: 3), [.. usual, "7", "7", "7", "7", "2"]));
        Assert.Empty(Steps(new MetricTest.Spike(3, Window: 10, Points: 3), [.. usual, "7", "7", "2", "7", "7"]));
    }

    [Fact]
    public void A_first_value_is_no_spike() =>
        Assert.Empty(Steps(new MetricTest.Spike(1.5, Window: 50, Points: 1), "100", "2"));

    [Fact]
    public void A_throughput_that_halves_is_told() =>
        Assert.Equal([12L], Steps(new MetricTest.Drop(0.5, Window: 10, Points: 2), [.. Enumerable.Repeat("400", 10), "180", "190", "200"]));

    [Fact]
    public void Another_metric_is_none_of_it()
    {
        var progress = new RunProgress { Watch = new([new WatchedMetric("r", "grad norm", Nan)]) };
        Read(progress, "nan", 1);
        Assert.Empty(progress.Watch.Hits);
    }

    private static List<long> Steps(MetricTest test, params string[] losses)
    {
        var progress = new RunProgress { Watch = new([new WatchedMetric("r", "lm loss", test)]) };
        for (var i = 0; i < losses.Length; i++) Read(progress, losses[i], i + 1);
        return [.. progress.Watch.Hits.Select(static h => h.Step)];
    }

    private static void Read(RunProgress progress, string loss, int step)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $" iteration {step,8}/     500 | consumed samples: {step * 16} | elapsed time per iteration (ms): 100.0 | lm loss: {loss} | grad norm: 0.5 |\n");
        foreach (var cut in new LogLines(step * 1000).Cut(Encoding.UTF8.GetBytes(line))) progress.Read(cut);
    }
}
