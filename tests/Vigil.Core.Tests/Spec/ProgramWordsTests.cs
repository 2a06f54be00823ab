using Vigil.Planning;
using Vigil.Rendering;

namespace Vigil.Core.Tests.Spec;

/// <summary>A trainer that a file describes: how its command is made of settings.</summary>
public sealed class ProgramWordsTests
{
    private static PlannedRun Run(string command, string more = "") => Assert.Single(Planning.Some.Good($"backend:\n  type: mine\n  command: {command}\n{more}").Runs);

    private static string Words(string command, string more = "") => string.Join(' ', Assert.IsType<CommandTemplate.Words>(Run(command, more).Command).Items);

    [Theory]
    [InlineData("[t, dashes: {lr_decay: 3, bf16: true, swiglu: false, load: null, sizes: [1, 2]}]", "t --lr-decay 3 --bf16 --sizes 1 2")]
    [InlineData("[t, underscores: {lr_decay: 3, bf16: true, swiglu: false, load: null, sizes: [1, 2]}, x]", "t --lr_decay 3 --bf16 --sizes 1 2 x")]
    [InlineData("[t, underscores: {training: {steps: 3, compile: true}}]", "t --training.steps 3 --training.compile")]
    [InlineData("[t, {underscores: {bf16: true, packed: false, load: null}, bools: values}]", "t --bf16 True --packed False")]
    [InlineData("[t, equals: {lr: 1e-4, optimizer: {fused: true}, val: null, sizes: [1, 2]}]", "t lr=1e-4 optimizer.fused=True val=null sizes=[1,2]")]
    [InlineData("[t, {equals: {path: /x, dtype: bf16}, each: -M}]", "t -M path=/x -M dtype=bf16")]
    [InlineData("[t, {dashes: {tag: [a, b], fast: true}, each: '+'}]", "t --tag a b + --fast")]
    [InlineData("[t, dashes: {}, equals: null]", "t")]
    public void Settings_become_options_in_the_form_that_is_named(string command, string words) => Assert.Equal(words, Words(command.Replace(", equals: null]", ", {equals: null}]", StringComparison.Ordinal)));

    [Fact]
    public void A_section_is_put_in_by_its_name() =>
        Assert.Equal("tune run --nproc 4 r --config c lr=1", Words("[tune, run, dashes: \"${backend.launch}\", r, --config, c, equals: \"${own}\"]", "  launch: {nproc: 4}\nown: {lr: 1}"));

    [Theory]
    [InlineData("[t, {lr: 3}]", "CFG059")]
    [InlineData("[t, {dashes: {lr: 3}, equals: {lr: 3}}]", "CFG059")]
    [InlineData("[t, {dashes: {lr: 3}, bools: maybe}]", "CFG059")]
    [InlineData("[t, dashes: {a: {b: 1}}]", "CFG041")]
    [InlineData("[t, dashes: 3]", "CFG041")]
    [InlineData("[t, underscores: {a: [[1]]}]", "CFG041")]
    [InlineData("[t, null]", "CFG041")]
    [InlineData("[t, [--resume, x]]", "CFG041")]
    [InlineData("[t, [--resume, [\"{last_checkpoint}\"]]]", "CFG041")]
    public void What_is_no_word_is_told_with_its_place(string command, string code)
    {
        var mistake = Planning.Some.Mistake($"backend:\n  command: {command}");
        Assert.Equal((code, 2), (mistake.Code, mistake.At.Line));
    }

    [Fact]
    public void A_backend_without_a_command_is_told_how_one_is_written()
    {
        var mistake = Planning.Some.Mistake("backend: {type: megatorn}");
        Assert.Equal("nothing says how the backend 'megatorn' is started", mistake.Message);
        Assert.Equal("did you mean 'megatron'?; a trainer of your own is a file config/backend/megatorn.yaml with a 'command'", mistake.Hint);
    }

    [Fact]
    public void Words_that_name_a_checkpoint_stand_there_only_when_there_is_one()
    {
        var run = Run("[t, [--resume, \"{last_checkpoint}\"], --out, x, [\"--best={best_checkpoint}\", --warm]]");
        string Command(string? checkpoint) => string.Join(' ', ((CommandTemplate.Words)new PlaceholderValues(run, new AttemptStart(new(run.Id, 1), checkpoint)).Command).Items);

        Assert.Equal("t --out x", Command(null));
        Assert.Equal("t --resume {last_checkpoint} --out x --best={best_checkpoint} --warm", Command("/c/epoch_1"));
        Assert.Equal("t --out x", CommandPreview.Of(run));
    }

    [Fact]
    public void A_group_of_words_is_part_of_what_a_plan_is_compared_by()
    {
        var (with, without) = (Run("[t, [\"{last_checkpoint}\"]]"), Run("[t, \"{last_checkpoint}\"]"));
        Assert.Equal("command", Assert.Single(RunChange.Between(with, without).Differences).Field);
    }
}
