using Vigil.Logs;
using static Vigil.Core.Tests.Logs.LogReading;

namespace Vigil.Core.Tests.Logs;

/// <summary>Lines of another form than those that count the run's steps: they may say something, but they take no step away.</summary>
public sealed class StrangeLineTests
{
    private const string Iteration = " [2026-11-22 00:01:10] iteration {0}/    1000 | elapsed time per iteration (ms): 951.3 | lm loss: 7.1E+00 |\n";

    public static TheoryData<string> ForeignLines =>
    [
        "successfully saved checkpoint from iteration 10 to /tmp/x",
        "saving checkpoint at iteration      10 to /tmp/x in torch_dist format",
        "{'eval_loss': 2.3, 'epoch': 1.0}",
        "{'loss': 2.3, 'epoch': 1.0}",
        "{'train_runtime': 12.5, 'epoch': 1.0}",
        " validation loss at iteration 10 | lm loss value: 2.5E+00 | lm loss PPL: 1.2E+01 |",
        "step 10: train loss 2.1, val loss 2.3",
        "[2026-11-22 10:00:00,000] [INFO] [logging.py:96:log_dist] [Rank 0] step=10, skipped=0, lr=[0.001], mom=[[0.9, 0.999]]",
        "[Rank 0] step=10, skipped=0, lr=[0.001], mom=[[0.9, 0.999]]\nSaving model checkpoint: /tmp/x",
        "running training / 学習開始",
        "INFO:torchtune.utils:Checkpointer",
        "Overriding config with x.py",
        "[titan] root - INFO - Training starts at step 1",
        "iter 10: loss 1.0, time 3ms",
        "[titan] step: 10  loss: 7.1  grad_norm: 1.2",
        " iteration       10/     120 | lm loss: 7.1E+00 |",
        "\reval: 50%|##   | 5/10 [00:01<00:01, 5.0it/s]\reval: 90%|####  | 9/10 [00:02<00:01, 5.0it/s]",
        "\r 50%|##   | 5/10 [00:01<00:01, 5.0it/s]\r 90%|####  | 9/10 [00:02<00:01, 5.0it/s]",
        "{'eval_loss': 2.3, 'epoch': 1.0}\n\r 50%|##   | 5/10 [00:01<00:01, 5.0it/s]\r 90%|####  | 9/10 [00:02<00:01, 5.0it/s]",
    ];

    [Theory, Trait("scenario", "35"), MemberData(nameof(ForeignLines))]
    public void A_line_of_another_trainer_does_not_stop_the_steps_of_an_unknown_one(string foreign)
    {
        var (progress, _) = Progress(Steps(1, 10) + foreign + "\n" + Steps(11, 60));
        Assert.Equal((60, 120), (progress.Step, progress.Total));
    }

    [Theory, Trait("scenario", "35"), MemberData(nameof(ForeignLines))]
    public void A_line_of_another_trainer_at_every_tenth_step_does_not_stop_them_either(string foreign)
    {
        var log = string.Concat(Enumerable.Range(0, 6).Select(i => Steps(10 * i + 1, 10 * i + 10) + foreign.Replace("10", $"{10 * i + 10}", StringComparison.Ordinal) + "\n"));
        var (progress, _) = Progress(log + Steps(61, 64));
        Assert.Equal((64, 120), (progress.Step, progress.Total));
    }

    [Fact, Trait("scenario", "35")]
    public void A_checkpoint_line_does_not_stop_the_bar_of_an_unknown_trainer()
    {
        var log = string.Concat(Enumerable.Range(1, 60).Select(static i => $"\rtraining: {i}%|##   | {i}/100 [00:{i:00}<00:50,  1.0it/s]{(i == 10 ? "\nsuccessfully saved checkpoint from iteration 10 to /tmp/x\n{'loss': 2.5}\n" : "")}"));
        var (progress, _) = Progress(log + "\n");
        Assert.Equal((60, 100), (progress.Step, progress.Total));
    }

    [Fact, Trait("scenario", "35")]
    public void A_run_that_another_trainer_takes_on_counts_that_ones_steps_from_the_first_that_are_sure()
    {
        var (progress, _) = Progress(string.Concat(Enumerable.Range(1, 30).Select(static i => Line(Iteration, i))) + Steps(1, 25));
        Assert.Equal((25, 120), (progress.Step, progress.Total));
    }

    [Fact]
    public void A_total_goes_with_the_steps_that_it_was_told_of()
    {
        var (progress, _) = Progress("warm-up: 100%|####| 8/8 [00:08<00:00,  1.0it/s]\n" + string.Concat(Enumerable.Range(1, 20).Select(static i => $"step {i} loss=1.5\n")));
        Assert.Equal((20, null), (progress.Step, progress.Total));
    }

    [Theory, Trait("scenario", "34")]
    [InlineData("> compiling dataset index builder ...", TrainingPhase.Compile)]
    [InlineData("> compiling and loading fused kernels ...", TrainingPhase.Compile)]
    [InlineData("[before the start of training step] datetime: 2026-11-22 10:00:00 ", TrainingPhase.Compile)]
    [InlineData("compiling the model... (takes a ~minute)", TrainingPhase.Compile)]
    [InlineData("[rank0]:[titan] 2026-11-22 10:00:00,000 - root - INFO - Compiling each TransformerBlock with torch.compile", TrainingPhase.Compile)]
    [InlineData("[rank0]:[titan] 2026-11-22 10:00:00,000 - root - INFO - Training starts at step 1", TrainingPhase.Compile)]
    [InlineData("[titan] root - INFO - Training starts at step 1, with local batch size 8, total steps 1000 (warmup 200)", TrainingPhase.Compile)]
    [InlineData("\u001b[32mINFO\u001b[0m Compiling the \u001b[1mmodel\u001b[0m with torch.compile", TrainingPhase.Compile)]
    [InlineData(" loading release checkpoint from /x", TrainingPhase.Loading)]
    [InlineData(" loading distributed checkpoint from /x", TrainingPhase.Loading)]
    [InlineData("Loading checkpoint shards:  25%|##   | 1/4 [00:03<00:09,  3.0s/it]", TrainingPhase.Loading)]
    [InlineData("caching latents...", TrainingPhase.Caching)]
    [InlineData("Running validation...", TrainingPhase.Validation)]
    [InlineData("Validating:  12%|#    | 2/16 [00:01<00:05, 2.0it/s]", TrainingPhase.Validation)]
    [InlineData("Evaluating:  12%|#    | 2/16 [00:01<00:05, 2.0it/s]", TrainingPhase.Validation)]
    [InlineData("Evaluating on the dev set", TrainingPhase.Validation)]
    [InlineData("Validation DataLoader 0:  12%|#    | 2/16 [00:01<00:05, 2.0it/s]", TrainingPhase.Validation)]
    [InlineData("***** Running Evaluation *****", TrainingPhase.Validation)]
    [InlineData("saving final model", TrainingPhase.Checkpoint)]
    [InlineData("Saving model to /tmp/x", TrainingPhase.Checkpoint)]
    [InlineData("saving checkpoint at iteration      10 to /tmp/x in torch_dist format", TrainingPhase.Checkpoint)]
    public void A_line_that_says_a_pause_says_it_in_the_log_of_any_trainer(string said, TrainingPhase phase)
    {
        Assert.Equal(phase, Progress(said + "\n").Progress.Phase);
        if (said.Contains("titan", StringComparison.Ordinal)) return;   // whose own line would be the next that counts
        Assert.Null(Progress(said + "\n").Progress.Trainer);
        foreach (var step in (string[])["step {0}/120 loss=1.0\n", Iteration, "iter {0}: loss 1.0, time 3ms\n", "[titan] step: {0}  loss: 7.1  grad_norm: 1.2\n"])
        {
            var (progress, _) = Progress(Line(step, 9) + Line(step, 10) + said + "\n");
            Assert.Equal((10, phase), (progress.Step, progress.Phase));
            Assert.Equal((11, TrainingPhase.Steps), Both(Progress(Line(step, 9) + Line(step, 10) + said + "\n" + Line(step, 11)).Progress));
        }

        static (long?, TrainingPhase) Both(RunProgress progress) => (progress.Step, progress.Phase);
    }

    [Fact, Trait("scenario", "34")]
    public void The_bare_bar_of_an_evaluation_says_that_its_trainer_evaluates()
    {
        const string Training = "\r  5%|#    | 5/100 [00:05<01:35,  1.0it/s]\r  6%|#    | 6/100 [00:06<01:34,  1.0it/s]\n";
        var (progress, _) = Progress(Training + "{'loss': 2.1, 'grad_norm': 1.0, 'epoch': 0.1}\n\r 12%|#    | 1/8 [00:01<00:07,  1.0it/s]\r");
        Assert.Equal((6, 100, TrainingPhase.Validation), (progress.Step, progress.Total, progress.Phase));
    }

    private static string Line(string form, int step) => form.Replace("{0}", $"{step}", StringComparison.Ordinal);

    private static string Steps(int from, int to) => string.Concat(Enumerable.Range(from, to - from + 1).Select(static i => $"step {i}/120 loss=1.0 lr=0.1\n"));
}
