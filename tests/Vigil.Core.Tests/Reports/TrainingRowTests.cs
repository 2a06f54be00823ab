using Vigil.Logs;
using Vigil.Monitoring;
using Vigil.Reports;

namespace Vigil.Core.Tests.Reports;

/// <summary>The table of trainings, from the values that the monitor keeps.</summary>
public sealed class TrainingRowTests
{
    [Fact]
    public void A_row_has_the_last_losses_the_median_pace_the_highest_memory_and_where_each_comes_from()
    {
        var row = Row(SomeReport.Run("a", null,
            new("loss", 1, 3), new("tokens_per_second_per_gpu", 1, 10), new("peak_memory_alloc", 1, 9.5), new("val_loss", 1, 2.5, "file metrics.jsonl"),
            new("loss", 2, 1), new("tokens_per_second_per_gpu", 2, 500), new("peak_memory_alloc", 2, 8), new("tokens_per_second_per_gpu", 3, 510), new("loss", 3, 2), new("grad_norm", 3, 9)));

        Assert.Equal(new Figure(2, "loss", "a/slurm-7.out"), row.FinalLoss);
        Assert.Equal(1, row.LowestLoss!.Value);
        Assert.Equal(new Figure(2.5, "val_loss", "a/metrics.jsonl"), row.ValidationLoss);
        Assert.Equal(new Figure(3, "step", "a/slurm-7.out"), row.Steps);
        Assert.Equal(new Figure(500, "tokens_per_second_per_gpu", "a/slurm-7.out"), row.TokensPerSecond);
        Assert.Equal(9.5, row.PeakMemory!.Value);
        Assert.Equal(new Figure(5400, "duration", "journal"), row.Seconds);
        Assert.Equal(["a/slurm-7.out", "a/metrics.jsonl"], row.Sources);
    }

    [Fact]
    public void A_later_attempt_that_began_anew_counts_and_not_how_far_the_one_before_came()
    {
        var series = SomeReport.Series(new("loss", 80, 1), new("loss", 100, 0.5), new("loss", 10, 4, "log 2"), new("loss", 20, 3, "log 2"));

        Assert.Equal((20, 3.0), (series.Metrics[0].Last().Step, series.Metrics[0].Last().Value));
    }

    [Fact]
    public void A_loss_that_is_no_number_any_more_is_told_as_it_is()
    {
        var row = Row(SomeReport.Run("a", null, new("loss", 1, 2), new("loss", 2, double.NaN)));

        Assert.Equal(double.NaN, row.FinalLoss!.Value);
        Assert.Equal(2, row.LowestLoss!.Value);
        Assert.Contains("| NaN |", MarkdownReport.Write(SomeReport.Of(SomeReport.Run("a", null, new("loss", 1, 2), new("loss", 2, double.NaN)))), StringComparison.Ordinal);
    }

    [Fact]
    public void What_nobody_has_shown_is_unknown_and_never_zero()
    {
        var row = Row(SomeReport.Run("a", new RunState.Waiting(null)) with { });

        Assert.Null(row.FinalLoss);
        Assert.Null(row.ValidationLoss);
        Assert.Null(row.Steps);
        Assert.Null(row.PeakMemory);
        Assert.Equal("waiting", row.State);
    }

    [Fact]
    public void A_run_that_goes_on_is_measured_to_its_last_output_so_that_the_same_state_gives_the_same_report()
    {
        var run = SomeReport.Run("a", new RunState.Running(Monitoring.Some.Attempt("a"), new("7")));
        run = run with { Run = run.Run with { Attempts = [run.Run.Attempts[0] with { Ended = null }] }, LastOutput = Monitoring.Some.Time.AddSeconds(42) };

        Assert.Equal(42, Row(run).Seconds!.Value);
    }

    [Fact]
    public void The_first_name_of_the_list_wins_whatever_else_a_trainer_prints()
    {
        var series = SomeReport.Series(new("avr_loss", 1, 9), new("loss", 1, 2));

        Assert.Equal("loss", series.First(MetricNames.Loss)!.Name);
        Assert.Null(series.First(MetricNames.ValidationLoss));
    }

    [Fact]
    public void A_curve_is_thinned_out_and_keeps_its_end()
    {
        var report = SomeReport.Of(SomeReport.Run("a", null, [.. Enumerable.Range(1, 5000).Select(static i => new SomeReport.SeriesPointOf("loss", i, 1.0 / i))]));

        var curve = Assert.Single(report.Curves);
        Assert.InRange(curve.Points.Length, 100, 500);
        Assert.Equal(5000, curve.Points[^1].Step);
    }

    private static TrainingRow Row(RunFacts run) => Assert.Single(SomeReport.Of(run).Training);
}
