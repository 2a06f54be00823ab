using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

/// <summary>backend.args and backend.megatron are one mapping, for whoever writes either.</summary>
public sealed class MegatronKeysTests
{
    [Theory]
    [InlineData("args", "args")]
    [InlineData("args", "megatron")]
    [InlineData("megatron", "args")]
    [InlineData("megatron", "megatron")]
    public void An_override_changes_the_arguments_whatever_the_file_calls_them(string file, string typed)
    {
        var plan = Some.Good($"backend: {{type: megatron, launcher_script: run, {file}: {{lr: 1, load: /a}}}}", $"backend.{typed}.load=/b", $"+backend.{typed}.ckpt_step=5");
        Assert.Equal(["run", "--lr", "1", "--load", "/b", "--ckpt-step", "5"], Assert.IsType<CommandTemplate.Words>(plan.Runs[0].Command).Items);
    }

    [Fact]
    public void Both_names_on_one_command_line_mean_one_mapping()
    {
        var plan = Some.Good("backend: {type: megatron, launcher_script: run}", "++backend.megatron.lr=1", "++backend.args.lr=2");
        Assert.Equal(["run", "--lr", "2"], Assert.IsType<CommandTemplate.Words>(plan.Runs[0].Command).Items);
    }

    [Fact]
    public void Of_a_file_with_both_each_key_is_changed_where_it_stands()
    {
        var plan = Some.Good("backend: {type: megatron, launcher_script: run, args: {lr: 1}, megatron: {load: /a}}", "backend.megatron.lr=2", "backend.args.load=/b");
        Assert.Equal(["run", "--lr", "2", "--load", "/b"], Assert.IsType<CommandTemplate.Words>(plan.Runs[0].Command).Items);
    }

    [Fact]
    public void A_key_is_deleted_under_either_name()
    {
        var plan = Some.Good("backend: {type: megatron, launcher_script: run, megatron: {lr: 1, load: /a}}", "~backend.args.load");
        Assert.Equal(["run", "--lr", "1"], Assert.IsType<CommandTemplate.Words>(plan.Runs[0].Command).Items);
    }
}
