using Vigil.Configuration;

namespace Vigil.Core.Tests.Planning;

public sealed class OverruledOverrideTests
{
    private const string Top = "backend: {command: 'echo ${lr} ${seed}'}\nlr: 1\nseed: 0\n";

    [Theory]
    [InlineData("sweep: {params: {lr: [1, 2]}}", "lr=5")]
    [InlineData("sweep: {params: {lr: [1, 2]}}", "++lr=5")]
    [InlineData("sweep: {groups: [{params: {seed: [0, 1]}}, {params: {lr: [1]}}]}", "lr=5")]
    [InlineData("sweep: {type: zip, params: {lr: [1, 2], seed: [0, 1]}}", "lr=5")]
    [InlineData("sweep: {configs: [{stage: a, lr: 1}, {stage: b, lr: 2}]}", "lr=5")]
    [InlineData("sweep: {base_values: {lr: 3}, params: {seed: [0, 1]}}", "lr=5")]
    public void An_override_of_what_the_sweep_sets_in_every_run_is_a_warning_with_place_and_remedy(string sweep, string text)
    {
        var said = Some.Mistake(Top + sweep, text);

        Assert.Equal(("PLN042", Severity.Warning, "command line:1:1"), (said.Code, said.Severity, said.At.ToString()));
        Assert.StartsWith($"'{text}' has no effect: the sweep sets 'lr' in every run (e.yaml:4:", said.Message, StringComparison.Ordinal);
        Assert.Equal("'lr=choice(5)' takes the place of the sweep's values; ~sweep plans a single run without it", said.Hint);
    }

    [Theory]
    [InlineData("sweep: {configs: [{stage: a}, {stage: b, lr: 2}]}", "lr=5")]   // it counts in stage a
    [InlineData("sweep: {params: {seed: [0, 1]}}", "lr=5")]
    [InlineData("sweep: {params: {lr: [1, 2]}}", "lr=5,6")]
    [InlineData("sweep: {params: {lr: [1, 2]}}", "lr=choice(5)")]
    [InlineData("sweep: {params: {lr: [1, 2]}}", "~sweep", "lr=5")]
    public void One_that_some_run_sees_is_none(string sweep, params string[] overrides) => Some.Good(Top + sweep, overrides);

    [Fact]
    public void Both_remedies_do_what_they_say()
    {
        const string Yaml = Top + "sweep: {params: {lr: [1, 2], seed: [0, 1]}}";

        Assert.Equal(["5", "5"], Some.Good(Yaml, "lr=choice(5)").Runs.Select(static r => r.Overrides.Single(static c => c.Key == "lr").Value));
        Assert.Single(Some.Good(Yaml, "~sweep", "lr=5").Runs);
    }
}
