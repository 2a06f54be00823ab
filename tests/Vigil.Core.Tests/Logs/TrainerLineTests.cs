using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Vigil.Logs;
using static Vigil.Core.Tests.Logs.LogReading;

namespace Vigil.Core.Tests.Logs;

public sealed class TrainerLineTests
{
    [Theory]
    [InlineData("NAN", double.NaN)]
    [InlineData("nan", double.NaN)]
    [InlineData("-INF", double.NegativeInfinity)]
    [InlineData("inf", double.PositiveInfinity)]
    public void A_loss_that_is_no_number_is_read_as_what_it_is(string text, double value)
    {
        var (progress, _) = Progress($"iteration 1/ 2 | lm loss: {text} |\n");
        Assert.Equal(value, progress.Metrics[0].Value);
    }

    [Theory]
    [InlineData("  successfully saved checkpoint from iteration     100 to /runs/a/checkpoints", 100, "/runs/a/checkpoints")]
    [InlineData("  successfully saved checkpoint at iteration     100 to out/ckpt ", 100, "out/ckpt")]
    [InlineData("INFO: Successfully saved checkpoint from iteration 7 to /my runs/ä [ t 1/8, p 2/4 ]", 7, "/my runs/ä")]
    public void A_saved_checkpoint_is_found_in_each_of_its_forms(string line, long step, string path)
    {
        Assert.True(CheckpointLine.TryParse(Bytes(line), out var parsed));
        Assert.Equal((step, path), (parsed.Step, Encoding.UTF8.GetString(parsed.Path)));
    }

    [Theory]
    [InlineData("saving checkpoint at iteration     100 to /runs/a in torch format")]
    [InlineData("unsuccessfully saved checkpoint to /x")]
    [InlineData("successfully saved checkpoint from iteration 100")]
    [InlineData("successfully saved checkpoint from iteration 100 to ")]
    [InlineData("successfully saved checkpoint from iteration 100 to /a\tb\u0001")]
    [InlineData("pattern: successfully saved checkpoint from iteration\\s+(\\d+) to (\\S+)")]
    public void What_is_not_yet_or_not_a_checkpoint_is_none(string line) => Assert.False(CheckpointLine.TryParse(Bytes(line), out _));

    [Theory]
    [InlineData("step 12/300 loss=0.12", 12, 300L, "loss=0.12")]
    [InlineData("[00:01:02] step=12, lr: 1e-3 loss=nan", 12, null, "lr=0.001 loss=NaN")]
    [InlineData("iter 100: loss: 2.3, time=1:20", 100, null, "loss=2.3")]
    [InlineData("global_step: 5 / 10 train/loss=-1.5%", 5, 10L, "train/loss=-1.5")]
    public void A_line_of_an_unknown_trainer_is_read_when_it_names_a_step(string line, long step, long? total, string metrics)
    {
        Assert.True(StepLine.TryParse(Bytes(line), out var parsed));
        Assert.Equal((step, total), (parsed.Step, parsed.Total));
        List<string> fields = [];
        foreach (var field in parsed.Fields) fields.Add(Text(field));
        Assert.Equal(metrics.Split(' '), fields);
    }

    [Theory]
    [InlineData("port=8080 host=node1 size: 12")]
    [InlineData("max steps: 1000")]
    [InlineData("python train.py --step 3 --warmup_steps=5")]
    [InlineData("this step takes 3 minutes, stepping 1/2")]
    [InlineData("step 1.5 of the recipe")]
    public void Numbers_without_a_step_are_talk(string line) => Assert.False(StepLine.TryParse(Bytes(line), out _));

    [Fact]
    public void Numbers_are_read_exactly_as_the_runtime_reads_them() =>
        Prop.ForAll<double>(static number =>
        {
            foreach (var format in (string[])["R", "E6", "F3", "0.0", "E15"])
            {
                var text = number.ToString(format, CultureInfo.InvariantCulture);
                if (text.Length > 64) continue;     // longer than any trainer prints
                Assert.True(ByteScan.TryNumber(Encoding.ASCII.GetBytes(text), out var read));
                Assert.Equal(double.Parse(text, CultureInfo.InvariantCulture), read);
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1e")]
    [InlineData("1.2.3")]
    [InlineData("12ms")]
    [InlineData("nanny")]
    [InlineData("0x10")]
    [InlineData("1 2")]
    public void What_is_no_number_is_refused(string text) => Assert.False(ByteScan.TryNumber(Encoding.ASCII.GetBytes(text), out _));

    private static string Text(MetricField field) => string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetString(field.Name)}={field.Value}");
}
