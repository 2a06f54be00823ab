namespace Vigil.Tests.Cli;

/// <summary><c>plan --graph</c>: the picture of stages, in a terminal's width and for documents.</summary>
public sealed class GraphTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public GraphTests() => _vigil.Write("chain.yaml", """
        backend: {command: "echo {name} ${from}"}
        stage: a
        from: x
        sweep: {type: list, configs: [{stage: a}, {stage: b, from: "{sibling.a.output_dir}"}]}
        """);

    public void Dispose() => _vigil.Dispose();

    [Theory]
    [InlineData("a failed run is tried up to 3 times", "plan", "--graph", "chain.yaml")]
    [InlineData("a failed run is tried up to 3 times", "plan", "chain.yaml", "--graph")]
    [InlineData("a failed run is tried up to 3 times", "plan", "chain.yaml", "--graph", "boxes")]
    [InlineData("flowchart TD\n", "plan", "chain.yaml", "--graph", "mermaid")]
    [InlineData("s0 -> s1;", "plan", "--graph=dot", "chain.yaml")]
    public void The_form_may_be_left_out_and_never_takes_the_experiment_s_place(string text, params string[] words)
    {
        var outcome = _vigil.Run(words);

        Assert.True(outcome is { ExitCode: 0, Errors: "" }, outcome.ToString());
        Assert.Contains(text, outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("echo", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_form_is_a_mistake() => Assert.Equal(2, _vigil.Run("plan", "chain.yaml", "--graph=svg").ExitCode);

    [Theory]
    [InlineData("0", "x1")]
    [InlineData("1-2", "x2,x3")]
    [InlineData("0,2", "x1,x3")]
    public void A_subset_by_index_keeps_names_and_indices(string subset, string runs)
    {
        _vigil.Write("quick.yaml", Some.Quick);

        using var plan = System.Text.Json.JsonDocument.Parse(_vigil.Run("plan", "quick.yaml", "--json", "--array-subset", subset).Output);

        Assert.Equal(runs, string.Join(',', plan.RootElement.GetProperty("runs").EnumerateArray().Select(static r => r.GetProperty("name").GetString())));
        Assert.All(plan.RootElement.GetProperty("runs").EnumerateArray(), static r => Assert.Equal($"x{r.GetProperty("index").GetInt32() + 1}", r.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("5-3", "invalid range '5-3'")]
    [InlineData("7", "matches none of the 3 runs")]
    [InlineData("a", "no index and no range")]
    public void A_subset_that_is_none_is_exit_2_with_nothing_written(string subset, string message)
    {
        _vigil.Write("quick.yaml", Some.Quick);

        var outcome = _vigil.Run("run", "quick.yaml", "--array-subset", subset);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_vigil["outputs"]));
    }
}
