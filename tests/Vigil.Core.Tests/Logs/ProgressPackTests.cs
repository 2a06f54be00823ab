using Vigil.Configuration;
using Vigil.Logs;
using static Vigil.Core.Tests.Logs.LogReading;

namespace Vigil.Core.Tests.Logs;

public sealed class ProgressPackTests
{
    [Theory]
    [InlineData("- 1", "RUL080")]
    [InlineData("name: x\nlines: [1]", "RUL080")]
    [InlineData("name: x\nline: []\nlines: [{text: 'ab {step}'}]", "RUL080")]
    [InlineData("name: x\nlines: [{txt: 'ab {step}', holds: abc}]", "RUL080")]
    [InlineData("name: x", "RUL081")]
    [InlineData("name: x\nlines: []", "RUL081")]
    [InlineData("name: x\nlines: [{fields: piped}]", "RUL082")]
    [InlineData("name: x\nlines: [{text: 'ab {step}', bar: any}]", "RUL082")]
    [InlineData("name: x\nlines: [{bar: many}]", "RUL082")]
    [InlineData("name: x\nlines: [{text: 'ab {step'}]", "RUL083")]
    [InlineData("name: x\nlines: [{text: '{step}{total}'}]", "RUL083")]
    [InlineData("name: x\nlines: [{text: '{step}'}]", "RUL083")]
    [InlineData("name: x\nlines: [{text: 'a {step}'}]", "RUL083")]
    [InlineData("name: x\nlines: [{pattern: '(?<step>\\d+)'}]", "RUL084")]
    [InlineData("name: x\nlines: [{pattern: '(?<=a)(?<step>\\d+)', holds: abc}]", "RUL084")]
    [InlineData("name: x\nlines: [{pattern: '(', holds: abc}]", "RUL084")]
    [InlineData("name: x\nkind: trainr\nlines: [{text: 'ab {step}'}]", "RUL085")]
    [InlineData("name: x\nlines: [{text: 'ab {step}', fields: pipes}]", "RUL085")]
    [InlineData("name: x\nlines: [{text: 'ab {step}', phase: lunch}]", "RUL085")]
    [InlineData("name: [x]\nlines: [{text: 'ab {step}'}]", "RUL085")]
    [InlineData("name: x\ncheckpoint: {files: [DONE]}\nlines: [{text: 'ab {step}'}]", "RUL085")]
    [InlineData("name: x\ncheckpoint: 'save_{step}'\nlines: [{text: 'ab {step}'}]", "RUL085")]
    [InlineData("name: x\ncheckpoint: {folder: 'a_{step}', file: 'b_{step}'}\nlines: [{text: 'ab {step}'}]", "RUL085")]
    [InlineData("name: x\ncheckpoint: {folder: 'a/b_{step}'}\nlines: [{text: 'ab {step}'}]", "RUL085")]
    [InlineData("name: x\ncheckpoint: {folder: 'save_{loss}'}\nlines: [{text: 'ab {step}'}]", "RUL085")]
    [InlineData("name: x\ncheckpoint: {folder: 'save_{step}_{step}'}\nlines: [{text: 'ab {step}'}]", "RUL085")]
    [InlineData("name: x\ncheckpoint: {folder: '{step}'}\nlines: [{text: 'ab {step}'}]", "RUL085")]
    [InlineData("name: x\ncheckpoint: {file: 'a_{step}.bin', files: [DONE]}\nlines: [{text: 'ab {step}'}]", "RUL085")]
    [InlineData("name: x\ncheckpoint: {folder: 'a_{step}', fils: [DONE]}\nlines: [{text: 'ab {step}'}]", "RUL080")]
    public void A_pack_that_is_wrong_says_what_and_where_and_is_left_out(string yaml, string code)
    {
        var report = new DiagnosticBag();
        var packs = ProgressPacks.With([new SourceFile("mine.yaml", "/mine.yaml", yaml)], report);
        Assert.Contains(report.All, d => d.Code == code && d.At.File == "mine.yaml" && d.At.Line > 0);
        Assert.Same(ProgressPacks.BuiltIn, packs);
    }

    [Fact]
    public void A_pack_of_the_user_stands_beside_those_that_are_built_in_and_replaces_the_one_of_its_name()
    {
        var mine = new SourceFile("megatron.yaml", "/c/progress/megatron.yaml", "name: Ours\nlines: [{text: 'round {step} of {total}:', fields: pairs}]");
        var library = new ConfigLibrary([new ConfigFolder("config", "/c", path => path == "progress/megatron.yaml" ? mine : null, static folder => folder == "progress" ? ["megatron.yaml"] : [])]);
        var report = new DiagnosticBag();
        var progress = new RunProgress(ProgressPacks.With(ProgressPacks.Own(library), report));
        Assert.Empty(report.All);
        Progress(Bytes("iteration 1/ 2 | lm loss: 1 |\nround 7 of 9: error=0.25 left: 12GB\n"), null, progress);
        Assert.Equal(("Ours", 7, 9), (progress.Trainer, progress.Step, progress.Total));
        Assert.Equal([new Metric("error", 0.25, 7), new Metric("left", 12, 7)], progress.Metrics.ToArray());
    }

    [Fact]
    public void A_group_of_the_same_name_is_no_pack()
    {
        var library = new ConfigLibrary([new ConfigFolder("config", "/c", static path => path == "progress/fast.yaml" ? new("fast.yaml", "/c/progress/fast.yaml", "bar: true") : null, static folder => folder == "progress" ? ["fast.yaml"] : [])]);
        Assert.Empty(ProgressPacks.Own(library));
    }

    [Fact]
    public void The_pack_in_the_guide_reads_the_log_beside_it()
    {
        var guide = File.ReadAllText(Path.Combine(GoldenLogTests.Folder(), "../../../../docs/metrics.md"));
        var report = new DiagnosticBag();
        var progress = new RunProgress(ProgressPacks.With([new SourceFile("ours.yaml", "/ours.yaml", Block("yaml"))], report));
        Progress(Bytes(Block("log")), null, progress);
        Assert.Empty(report.All);
        Assert.Equal(("our trainer", 3, 40, 2.5), (progress.Trainer, progress.Step, progress.Total, progress.SecondsPerStep));
        Assert.Equal([new("error", 0.83, 2), new("took", 2.5, 2), new("validation/error", 0.88, 2), new("loss", 0.80, 3)], progress.Metrics.ToArray());

        string Block(string kind) => guide.Split($"```{kind}\n")[1].Split("```")[0];
    }

    [Fact]
    public void A_pattern_reads_what_no_text_says()
    {
        const string Yaml = """
            name: odd
            lines:
              - {holds: "<<<", pattern: '<<<(?<step>\d+)\|(?<loss>[\d.]+)(?:\|(?<acc>[\d.]+))?>>>'}
            """;
        var progress = new RunProgress(ProgressPacks.With([new SourceFile("odd.yaml", "/odd.yaml", Yaml)], new DiagnosticBag()));
        Progress(Bytes("x <<<5|0.5>>>\n<<<6|0.4|0.9>>>\n<<<broken>>>\n"), null, progress);
        Assert.Equal(6, progress.Step);
        Assert.Equal([new Metric("loss", 0.4, 6), new Metric("acc", 0.9, 6)], progress.Metrics.ToArray());
    }

    [Fact]
    public void A_start_up_line_that_misleads_does_not_hide_the_true_trainer()
    {
        var (progress, _) = Progress("Overriding config with x.py\niteration 3/ 9 | lm loss: 2.5 |\niter 4: loss 1.0, time 3ms\n");
        Assert.Equal(("Megatron-LM", 3, 9), (progress.Trainer, progress.Step, progress.Total));
    }

    [Fact]
    public void A_trainer_that_falls_silent_for_very_long_gives_way_to_another()
    {
        var log = "iteration 3/ 9 | lm loss: 2.5 |\n" + string.Concat(Enumerable.Repeat("talk\n", 20_001)) + "iter 4: loss 1.0, time 3ms\niter 5: loss 0.9, time 3ms\n";
        Assert.Equal(("nanoGPT", 5), (Progress(log).Progress.Trainer, Progress(log).Progress.Step));
    }

    [Fact]
    public void Past_its_plan_a_run_says_so() => Assert.True(Progress("iteration 12/ 10 | lm loss: 2.5 |\n").Progress.IsOverPlan);

    [Fact]
    public void After_a_resume_without_a_clue_the_attempts_own_bar_counts_and_is_marked()
    {
        var (progress, _) = Progress("running training / 学習開始\n  num epochs / epoch数: 16\n  total optimization steps / 学習ステップ数: 960\nSuccessfully resumed from checkpoint at step 30\n\nepoch 1/16\n\n\rsteps:   1%|          | 10/960 [03:20<5:16:40, 20.00s/it, avr_loss=0.0834]\r");
        Assert.Equal((10, 960, true), (progress.Step, progress.Total, progress.IsApproximate));
    }

    [Fact]
    public void A_whole_epoch_after_a_resume_tells_where_the_run_went_on()
    {
        var (progress, _) = Progress("running training / 学習開始\n  num epochs / epoch数: 16\n  total optimization steps / 学習ステップ数: 955\n\nepoch 9/16\n\n\rsteps:   6%|          | 60/955 [20:00<5:16:40, 20.00s/it, avr_loss=0.0834]\r\nepoch 10/16\n\n\rsteps:   6%|          | 61/955 [20:20<5:16:40, 20.00s/it, avr_loss=0.0834]\r");
        Assert.Equal((541, false), (progress.Step, progress.IsApproximate));
    }

    [Fact]
    public void Pauses_are_no_part_of_the_pace_but_of_the_time_that_is_left()
    {
        // Every 10 steps of a second a checkpoint of 30 seconds.
        var log = "running training / 学習開始\n  num epochs / epoch数: 1\n  total optimization steps / 学習ステップ数: 1000\n";
        for (var (n, t) = (0, 0); n <= 500; n += 5, t += 5)
        {
            if (n % 10 == 0 && n > 0)
            {
                log += "saving checkpoint: /x/y.safetensors\n";
                t += 30;
            }
            log += $"\rsteps:   1%|   | {n}/1000 [{t / 60:00}:{t % 60:00}<5:16:40,  1.00s/it, avr_loss=0.0834]\r";
        }
        var (progress, _) = Progress(log);
        Assert.Equal(1, progress.SecondsPerStep);
        Assert.InRange(progress.Eta!.Value.TotalSeconds, 500 * 3.9, 500 * 4.1);
    }
}
