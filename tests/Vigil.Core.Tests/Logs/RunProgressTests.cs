using System.Globalization;
using Vigil.Logs;
using static Vigil.Core.Tests.Logs.LogReading;

namespace Vigil.Core.Tests.Logs;

public sealed class RunProgressTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_silent_log_says_nothing()
    {
        var (progress, findings) = Progress("starting up\n");
        Assert.Equal(new ProgressReport(null, null, null, null, null, []) with { Metrics = progress.Report().Metrics }, progress.Report());
        Assert.Empty(progress.Report().Metrics);
        Assert.Empty(findings);
    }

    [Fact]
    public void The_newest_line_counts_and_one_slow_step_does_not_move_the_eta()
    {
        var (progress, _) = Progress(Iteration(8, 1000) + Iteration(9, 90_000) + Iteration(10, 1100));
        Assert.Equal((10, 100), (progress.Step, progress.Total));
        Assert.Equal(1.1, progress.SecondsPerStep);
        Assert.Equal(TimeSpan.FromSeconds(99), progress.Eta);
        Assert.Equal(2 * Iteration(8, 1000).Length + 1, progress.Offset);
    }

    [Fact]
    public void Past_its_total_a_run_has_no_time_left() =>
        Assert.Equal(TimeSpan.Zero, Progress("iteration 12/ 10 | elapsed time per iteration (ms): 5.0 |\n").Progress.Eta);

    [Fact]
    public void An_absurd_pace_gives_no_eta_and_no_error() =>
        Assert.Null(Progress("iteration 1/ 999999999999999999 | elapsed time per iteration (ms): 1E+300 |\n").Progress.Eta);

    [Fact]
    public void A_checkpoint_is_found_with_the_offset_of_its_line()
    {
        var (progress, findings) = Progress("a\n  successfully saved checkpoint from iteration     100 to out/checkpoints\n");
        Assert.Equal([new LogFinding.Checkpoint(100, "out/checkpoints", 2)], findings);
        Assert.Equal(findings[0], progress.Checkpoint);
    }

    [Fact]
    public void Evaluations_stand_beside_the_training_metrics()
    {
        var (progress, _) = Progress(Iteration(100, 5) + " validation loss at iteration 100 | lm loss value: 2.5E+00 |\n" + Iteration(101, 5)
            + " validation loss at iteration 101 on test set | lm loss value: 2.6E+00 |\n");
        Assert.Equal(
            [("elapsed time per iteration (ms)", 5, 101), ("lm loss", 2, 101), ("validation/lm loss value", 2.5, 100), ("test/lm loss value", 2.6, 101)],
            progress.Report().Metrics.Select(static m => (m.Name, m.Value, m.Step)));
    }

    [Fact]
    public void Once_the_trainer_is_known_other_lines_with_a_step_are_talk()
    {
        var (progress, _) = Progress("step 3/4 of the start-up\n" + Iteration(7, 5) + "step 1/2 loss=9\n");
        Assert.Equal((7, 100), (progress.Step, progress.Total));
        Assert.DoesNotContain(progress.Report().Metrics, static m => m.Name == "loss");
    }

    [Fact]
    public void Without_printed_times_the_pace_comes_from_the_clock()
    {
        var (lines, progress) = (new LogLines(), new RunProgress());
        At(0, "step 10/100 loss=1\n");
        Assert.Null(progress.SecondsPerStep);
        At(20, "step 14/100 loss=1\n");
        At(30, "nothing new\n");
        At(40, "step 18/100 loss=1\n");
        Assert.Equal(5, progress.SecondsPerStep);
        Assert.Equal(TimeSpan.FromSeconds(410), progress.Eta);

        void At(int second, string text)
        {
            foreach (var line in lines.Cut(Bytes(text))) progress.Read(line);
            progress.Seen(Noon.AddSeconds(second));
        }
    }

    [Fact]
    public void A_log_that_invents_names_cannot_fill_the_memory()
    {
        var flood = string.Concat(Enumerable.Range(0, 5000).Select(static i => $"iteration {i}/ 9 | name{i}: 1 | {new string('n', 500)}: 1 |\n"));
        Assert.Equal(64, Progress(flood).Progress.Metrics.Length);
    }

    [Fact]
    public void A_setting_that_stands_in_every_line_is_told_again_and_a_change_of_it_is_seen()
    {
        string[] sizes = ["512", "512", "512", "512", "1024", "512", "512", "5120", "51", "51", "512", "512"];
        var (lines, progress) = (new LogLines(), new RunProgress());
        for (var i = 0; i < sizes.Length; i++)
        {
            foreach (var line in lines.Cut(Bytes($" iteration {i + 1}/ 99 | global batch size: {sizes[i],4} | loss scale: 1.0 | lm loss: {i}.5 |{(i % 4 == 3 ? "" : " ")}\n"))) progress.Read(line);
            Assert.Equal([double.Parse(sizes[i], CultureInfo.InvariantCulture), 1, i + 0.5], progress.Metrics.ToArray().Select(static m => m.Value));
            Assert.All(progress.Metrics.ToArray(), m => Assert.Equal(i + 1, m.Step));
            Assert.Equal(3, progress.FreshMetrics.Length);
        }
    }

    [Fact]
    public void Iteration_lines_are_read_without_allocating()
    {
        var log = Bytes(string.Concat(Enumerable.Range(100, 3000).Select(static i => Iteration(i, i))));
        var (lines, progress) = (new LogLines(), new RunProgress());
        Feed(log.AsSpan(0, 1000));
        Assert.Equal(0, Allocations.Least(() => Feed(log.AsSpan(1000))));
        Assert.Equal(3099, progress.Step);

        void Feed(ReadOnlySpan<byte> bytes)
        {
            foreach (var line in lines.Cut(bytes)) progress.Read(line);
        }
    }

    private static string Iteration(long step, double milliseconds) => string.Create(CultureInfo.InvariantCulture,
        $" [2026-11-22 00:00:01] iteration {step,8}/{100,8} | elapsed time per iteration (ms): {milliseconds:F1} | lm loss: 2.000000E+00 |\n");
}
