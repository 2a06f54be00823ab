using System.Text.Json;

namespace Vigil.Tests.Cli;

/// <summary><c>plan --against DIR</c>: what would change, before anything does.</summary>
public sealed class AgainstTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public AgainstTests()
    {
        _vigil.Write("quick.yaml", Some.Quick);
        Assert.Equal(0, _vigil.Run("run", "quick.yaml").ExitCode);
    }

    public void Dispose() => _vigil.Dispose();

    [Fact]
    public void The_same_plan_changes_nothing() => Assert.Contains($"against {_vigil["outputs/quick"]}:\n  nothing changes\n  unchanged: 3 runs: x1, x2, x3\n", Plan(), StringComparison.Ordinal);

    [Fact]
    public void New_vanished_and_changed_runs_are_named_with_what_differs()
    {
        var output = Plan("sweep.groups.0.params.x=[2,3,4]", "backend.command=echo ${x}");

        Assert.Contains("  new: 1 run: x4\n  no longer in the plan, and kept: 1 run: x1\n", output, StringComparison.Ordinal);
        Assert.Contains("    x2  command: echo hello 2 → echo 2\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void As_json_it_is_a_part_of_the_plan()
    {
        var outcome = _vigil.Run("plan", "quick.yaml", "--json", "--against", "outputs/quick", "sweep.groups.0.params.x=[2,3,4]");

        using var plan = JsonDocument.Parse(outcome.Output);
        var against = plan.RootElement.GetProperty("against");
        Assert.Equal(_vigil["outputs/quick"], against.GetProperty("dir").GetString());
        Assert.Equal(("x4", "x1"), (against.GetProperty("added")[0].GetString(), against.GetProperty("vanished")[0].GetString()));
        Assert.Equal(2, against.GetProperty("unchanged").GetArrayLength());
    }

    [Fact]
    public void A_folder_without_an_experiment_is_a_mistake()
    {
        var outcome = _vigil.Run("plan", "quick.yaml", "--against", "nowhere");

        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("error RUN006: --against: nowhere does not exist", outcome.Errors, StringComparison.Ordinal);
    }

    private string Plan(params string[] overrides)
    {
        var before = _vigil.Fingerprint();
        var outcome = _vigil.Run(["plan", "quick.yaml", "--against", "outputs/quick", .. overrides]);
        Assert.True(outcome is { ExitCode: 0, Errors: "" }, outcome.ToString());
        Assert.Equal(before, _vigil.Fingerprint());
        return outcome.Output;
    }
}
