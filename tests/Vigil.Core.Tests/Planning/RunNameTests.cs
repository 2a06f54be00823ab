namespace Vigil.Core.Tests.Planning;

public sealed class RunNameTests
{
    private static string[] Names(string sweep) => [.. Some.Good("backend: {command: x}\nsweep: " + sweep).Runs.Select(static r => r.Id.Value)];

    [Theory]
    [InlineData("{params: {lr: [1e-3, 3e-3], seed: 0}}", "lr1e-3 lr3e-3")]
    [InlineData("{params: {opt.lr: [1, 2], sched.lr: [3]}}", "lr1 lr2")]
    [InlineData("{params: {opt.lr: [1, 2], sched.lr: [3, 4]}}", "opt-lr1_sched-lr3 opt-lr1_sched-lr4 opt-lr2_sched-lr3 opt-lr2_sched-lr4")]
    [InlineData("{params: {model: [a/b c, d_e]}}", "modela-b-c modeld-e")]
    [InlineData("{params: {weight_decay: [0.1, null]}}", "weight_decay0.1 weight_decaynull")]
    [InlineData("{params: {b: [yes, no]}}", "byes bno")]
    [InlineData("{type: list, groups: [{params: {a: [1]}}, {params: {b: [1]}}]}", "a1 b1")]
    [InlineData("{params: {betas: [[0.9, 0.95], [0.9, 0.99]]}}", "betas0.9-0.95 betas0.9-0.99")]
    [InlineData("{params: {opt: [{k: 1}, {k: 2}]}}", "optk-1 optk-2")]
    [InlineData("{groups: [{params: {lr: [1e-4, 5e-4]}}, {configs: [{stage: stable}, {stage: decay, lr: 1e-5}]}]}", "lr1e-4_stable lr1e-4_decay lr5e-4_stable lr5e-4_decay")]
    [InlineData("{groups: [{params: {lr: [1, 2]}}, {configs: [{stage: s}, {stage: d, params: {lr: [7, 8]}}]}]}", "lr1_s lr1_lr7_d lr1_lr8_d lr2_s lr2_lr7_d lr2_lr8_d")]
    [InlineData("{configs: [{stage: s}, {stage: d, params: {frac: [0.1]}}]}", "s d")]
    [InlineData("{configs: [{stage: d, frac: 0.1}, {stage: d, frac: 0.2}]}", "frac0.1_d frac0.2_d")]
    [InlineData("{configs: [{stage: s, lr: 1}, {stage: d, lr: 2}]}", "s d")]
    [InlineData("{configs: [{model: a, lr: 1}, {model: b, lr: 2}]}", "modela_lr1 modelb_lr2")]
    [InlineData("{base_values: {lr: 1}, groups: [{params: {lr: [2, 3]}}, {params: {b: [1]}}]}", "lr2 lr3")]
    public void A_run_is_called_after_what_varies(string sweep, string names) => Assert.Equal(names, string.Join(' ', Names(sweep)));

    [Fact]
    public void Names_that_come_out_equal_are_told_apart_by_six_digits()
    {
        var names = Names("{params: {k: ['1/2', '1 2']}}");
        Assert.All(names, static n => Assert.Matches("^k1-2_[0-9a-f]{6}$", n));
        Assert.Equal(2, names.Distinct().Count());
    }

    [Fact]
    public void A_value_that_refers_to_another_is_named_by_what_it_resolves_to() =>
        Assert.Equal(["x5", "x2"], Some.Good("backend: {command: x}\nlr: 5\nsweep: {params: {x: ['${lr}', 2]}}").Runs.Select(static r => r.Id.Value));

    [Fact]
    public void A_name_of_more_than_a_hundred_characters_is_cut_and_stays_unique()
    {
        var names = Names($"{{params: {{k: [{new string('a', 150)}1, {new string('a', 150)}2]}}}}");
        Assert.All(names, static n => Assert.Equal(100, n.Length));
        Assert.Equal(2, names.Distinct().Count());
    }
}
