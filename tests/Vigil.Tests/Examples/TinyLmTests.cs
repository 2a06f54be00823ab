using System.Diagnostics;
using Vigil.Logs;

namespace Vigil.Tests.Examples;

/// <summary>The example's trainer behaves as its readme says: the same each time, whole checkpoints, exact resumption, mishaps on demand.</summary>
public sealed class TinyLmTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vigil-tiny-lm-").FullName;

    private string Save => Path.Combine(_folder, "checkpoints");
    private string Resume => $"--save {Save} --load {Save} --save-interval 5";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_gradients_the_optimizer_and_the_checkpoint_files_pass_their_own_tests()
    {
        var start = new ProcessStartInfo("python3", ["-m", "unittest", "-q", "test_tiny_lm"])
        {
            WorkingDirectory = Path.Combine(TrainerRun.Root, "tests", "Vigil.Tests", "Examples"),
            RedirectStandardError = true,
            Environment = { ["TINY_LM"] = TrainerRun.Folder, ["PYTHONDONTWRITEBYTECODE"] = "1" },
        };
        using var python = Process.Start(start)!;
        var said = python.StandardError.ReadToEnd();
        python.WaitForExit();
        Assert.True(python.ExitCode == 0 && said.Contains("Ran 10 tests", StringComparison.Ordinal), said);
    }

    [Fact]
    public void The_same_seed_trains_the_same_and_another_seed_does_not()
    {
        using var one = TrainerRun.ToEnd("--seed 3", 0);
        using var two = TrainerRun.ToEnd("--seed 3", 0);
        using var other = TrainerRun.ToEnd("--seed 4", 0);
        Assert.Equal(Enumerable.Range(1, 12), one.Steps);
        Assert.Equal(one.Iterations, two.Iterations);
        Assert.NotEqual(one.Iterations, other.Iterations);
    }

    [Fact]
    public void Its_output_is_read_as_progress_metrics_and_checkpoints()
    {
        using var run = TrainerRun.ToEnd(Resume + " --lr 2e-3 --eval-interval 10", 0);
        var (progress, findings) = run.Read();
        Assert.Equal((12, 12), (progress.Step, progress.Total));
        Assert.Equal([(5, Save), (10, Save), (12, Save)], findings.Cast<LogFinding.Checkpoint>().Select(static c => ((int)c.Step, c.Path)));
        var metrics = progress.Report().Metrics.ToDictionary(static m => m.Name);
        Assert.Equal(0.002, metrics["learning rate"].Value);
        Assert.InRange(metrics["lm loss"].Value, 1, 4);
        Assert.InRange(metrics["validation/lm loss value"].Value, 1, 4);
        Assert.InRange(metrics["test/lm loss value"].Value, 1, 4);
        Assert.Equal("12", File.ReadAllText(Path.Combine(Save, "latest_checkpointed_iteration.txt")));
        Assert.True(File.Exists(Path.Combine(Save, "iter_0000010", "model.json")));
    }

    [Fact]
    public void It_learns()
    {
        using var run = TrainerRun.ToEnd("--lr 1e-2 --train-iters 10 --steps-per-iter 20", 0);
        Assert.InRange(run.Read().Progress.Report().Metrics.Single(static m => m.Name == "test/lm loss value").Value, 1, 2.6);
    }

    [Fact]
    public void A_crashed_run_goes_on_from_its_checkpoint_exactly_as_if_nothing_had_happened()
    {
        using var whole = TrainerRun.ToEnd("", 0);
        using var first = TrainerRun.ToEnd(Resume + " --crash-at 8 --only lr=1e-3,seed=0,attempt=1", 1);
        Assert.Equal(Enumerable.Range(1, 7), first.Steps);
        Assert.Contains("RuntimeError", first.Errors, StringComparison.Ordinal);
        using var second = TrainerRun.ToEnd(Resume + " --attempt 2 --crash-at 8 --only lr=1e-3,seed=0,attempt=1", 0);
        Assert.Equal(Enumerable.Range(6, 7), second.Steps);
        Assert.Contains(second.Lines, line => line == $"  successfully loaded checkpoint from {Save} at iteration 5");
        Assert.Equal(whole.Iterations, [.. first.Iterations.Take(5), .. second.Iterations]);
    }

    [Theory]
    [InlineData("lr=2e-3")]
    [InlineData("seed=1")]
    [InlineData("lr=1e-3,attempt=2")]
    public void A_mishap_meant_for_another_run_does_not_happen(string only)
    {
        using var run = TrainerRun.ToEnd($"--crash-at 8 --only {only}", 0);
        Assert.Equal(12, run.Steps[^1]);
    }

    [Theory]
    [InlineData("--only colour=3")]
    [InlineData("--only lr=fast")]
    [InlineData("--no-such-option")]
    public void A_wrong_argument_is_refused(string options)
    {
        using var run = TrainerRun.ToEnd(options, 2);
        Assert.Contains("error: ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_finished_run_started_again_trains_nothing()
    {
        using var first = TrainerRun.ToEnd(Resume, 0);
        using var again = TrainerRun.ToEnd(Resume, 0);
        Assert.Empty(again.Steps);
    }

    [Fact]
    public void A_cooldown_starts_from_another_runs_checkpoint_and_its_rate_falls_to_zero()
    {
        var own = Path.Combine(_folder, "cooldown");
        using var stable = TrainerRun.ToEnd(Resume, 0);
        using var cooldown = TrainerRun.ToEnd($"--save {own} --load {own} --load {Save} --train-iters 16 --cooldown 4", 0);
        Assert.Equal(Enumerable.Range(13, 4), cooldown.Steps);
        Assert.Equal(["8.000000E-04", "6.000000E-04", "4.000000E-04", "2.000000E-04"], cooldown.Iterations.Select(static l => l.Split("learning rate: ")[1][..12]));
        Assert.Equal("16", File.ReadAllText(Path.Combine(own, "latest_checkpointed_iteration.txt")));
        Assert.Equal("12", File.ReadAllText(Path.Combine(Save, "latest_checkpointed_iteration.txt")));
    }

    [Fact]
    public void A_hanging_run_stands_still_with_a_chattering_log_until_it_is_told_to_stop()
    {
        using var run = TrainerRun.Start(Resume + " --hang-at 4 --chatter");
        Assert.True(run.ReadUntil("waits for its next shard") && run.ReadUntil("waits for its next shard"));
        Assert.Equal(3, run.Read().Progress.Step);
        run.Signal("TERM");
        Assert.Equal(143, run.Wait());
        Assert.Equal([1, 2, 3], run.Steps);
        Assert.False(Directory.Exists(Save));
    }

    [Fact]
    public void A_NaN_shows_in_the_log_and_is_never_saved()
    {
        using var run = TrainerRun.ToEnd(Resume + " --nan-at 8", 3);
        var (progress, findings) = run.Read();
        Assert.Equal(double.NaN, progress.Metrics.ToArray().Single(static m => m.Name == "lm loss").Value);
        Assert.Equal(1, progress.Metrics.ToArray().Single(static m => m.Name == "number of nan iterations").Value);
        Assert.Equal(5, Assert.IsType<LogFinding.Checkpoint>(Assert.Single(findings)).Step);
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    public void A_run_that_is_told_to_stop_saves_and_loses_no_iteration(string signal, int code)
    {
        using var run = TrainerRun.Start(Resume + " --train-iters 100000 --save-interval 100000");
        Assert.True(run.ReadUntil("iteration        3/"));
        run.Signal(signal);
        Assert.Equal(code, run.Wait());
        var last = run.Steps[^1];
        Assert.Equal(last, Assert.IsType<LogFinding.Checkpoint>(Assert.Single(run.Read().Findings)).Step);
        using var next = TrainerRun.ToEnd($"{Resume} --train-iters {last + 2}", 0);
        Assert.Equal([last + 1, last + 2], next.Steps);
    }

    [Fact]
    public void KILL_at_any_moment_of_saving_leaves_a_checkpoint_to_go_on_from()
    {
        var everyStep = $"--train-iters 40 --save {Save} --load {Save} --save-interval 1";
        using var whole = TrainerRun.ToEnd("--train-iters 40", 0);
        string[] moments = [".iter_{0}.tmp", ".iter_{0}.tmp/model.json", ".iter_{0}.tmp/optimizer.json", ".iter_{0}.tmp/random.json", "iter_{0}", "latest_checkpointed_iteration.txt.tmp"];
        var said = 0;
        for (var moment = 0; moment < moments.Length; moment++)
        {
            using var run = TrainerRun.Start(everyStep);
            Assert.True(run.ReadUntil("] iteration "));
            var step = run.Steps[^1];
            Assert.InRange(step, said + 1, said + 2);       // nothing that was called saved is trained again, nothing is skipped
            SpinUntilOneIsSeen([.. moments[moment..].Append("iter_{0}").Select(name => Path.Combine(Save, name.Replace("{0}", $"{step:D7}", StringComparison.Ordinal)))]);
            run.Kill();
            Assert.Equal(137, run.Wait());
            said = run.Read().Findings.OfType<LogFinding.Checkpoint>().Select(static c => (int)c.Step).LastOrDefault(said);
            Assert.Equal(whole.Iterations.Skip(step - 1).Take(run.Iterations.Count), run.Iterations);
        }
        using var last = TrainerRun.ToEnd(everyStep, 0);
        Assert.Equal(40, last.Steps[^1]);
        Assert.Equal(whole.Iterations[^1], last.Iterations[^1]);
    }

    /// <summary>Some of them are there for less than a millisecond; the last stays.</summary>
    private static void SpinUntilOneIsSeen(string[] files)
    {
        while (!files.Any(Path.Exists)) TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
    }
}
