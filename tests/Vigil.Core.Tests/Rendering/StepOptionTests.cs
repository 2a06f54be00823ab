using Vigil.Planning;
using Vigil.Rendering;
using Vigil.Spec;

namespace Vigil.Core.Tests.Rendering;

/// <summary><c>{last_checkpoint_step}</c> in commands.</summary>
public sealed class StepOptionTests
{
    [Theory]
    [InlineData("t --ckpt-step {last_checkpoint_step} --lr 1", "t --ckpt-step 30 --lr 1", "t  --lr 1")]
    [InlineData("t --lr 1 --ckpt-step={last_checkpoint_step}", "t --lr 1 --ckpt-step=30", "t --lr 1 ")]
    [InlineData("t --ckpt-step \"{last_checkpoint_step}\"; echo", "t --ckpt-step \"30\"; echo", "t ; echo")]
    [InlineData("bash -c 't -s {last_checkpoint_step}'", "bash -c 't -s 30'", "bash -c 't '")]
    [InlineData("bash tr.sh {attempt} {last_checkpoint_step}", "bash tr.sh 1 30", "bash tr.sh 1 ''")]
    [InlineData("t --tag global_step{last_checkpoint_step}", "t --tag global_step30", "t --tag global_step''")]
    [InlineData("t --x \\{last_checkpoint_step}", "t --x {last_checkpoint_step}", "t --x {last_checkpoint_step}")]
    public void The_option_of_a_line_is_left_out_while_there_is_no_step(string line, string with, string without)
    {
        var run = Some.Run(Some.Line(line), "/out");

        Assert.Equal(with, Filled(run, 30));
        Assert.Equal(without, Filled(run, null));
        Assert.Equal(without, CommandPreview.Of(run));
    }

    [Fact]
    public void The_option_of_a_list_of_words_is_left_out_while_there_is_no_step()
    {
        using var place = new Workplace();
        var run = Some.Run(Some.Words("printf", "%s|", "a", "--ckpt-step", "{last_checkpoint_step}", "--at={last_checkpoint_step}", "b", "{last_checkpoint_step}"), place.Dir);

        Assert.Equal("a|b||", place.Run(run).Output);
        Assert.Contains("a --ckpt-step 30 --at=30 b 30", ScriptRenderer.Render(run, Some.First(run, "/c") with { LastCheckpointStep = 30 }, "/out/a").Replace("'", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static string Filled(PlannedRun run, long? step)
    {
        var values = new PlaceholderValues(run, Some.First(run, "/c") with { LastCheckpointStep = step });
        return string.Concat(PlaceholderText.Parse(((CommandTemplate.Line)values.Command).Text).Parts.Select(part => part is PlaceholderPart.Name name ? values[name.Key].Word : ((PlaceholderPart.Literal)part).Text));
    }
}
