using System.Text.Json.Nodes;
using Vigil.Monitoring;

namespace Vigil.Tests.Cli;

/// <summary><c>vigil approve</c>: what waits for a person, and the answer.</summary>
public sealed class ApproveTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public ApproveTests() => _vigil.Write("ask.yaml", """
        backend: {command: "echo loss spike; until [[ -e go ]]; do sleep 0.05; done"}
        monitoring: {rules: [{name: big, when: 'loss spike', do: {run: [touch, "{output_dir}/acted"], mode: ask}}]}
        """);

    public void Dispose() => _vigil.Dispose();

    [Fact]
    public void What_waits_is_listed_and_told_by_status_and_done_by_the_living_monitor_when_it_is_approved()
    {
        var monitor = _vigil.Start("run", "ask.yaml").UntilItSays("a person is asked");

        var (list, status, json) = (_vigil.Run("approve", "outputs/ask"), _vigil.Run("status", "outputs/ask"), _vigil.Run("approve", "outputs/ask", "--json"));
        var approve = _vigil.Run("approve", "outputs/ask", "ask");
        monitor.UntilItSays("done: ");
        _vigil.Write("go", "");

        Assert.Contains("ask  rule big  asks since ", list.Output, StringComparison.Ordinal);
        Assert.Contains("    seen:    loss spike  (byte ", list.Output, StringComparison.Ordinal);
        Assert.Contains($"touch {_vigil["outputs/ask/ask/acted"]}", list.Output, StringComparison.Ordinal);
        Assert.Contains($"1 action waits for a person: vigil approve {_vigil["outputs/ask"]}", status.Output, StringComparison.Ordinal);
        var action = Assert.Single(JsonNode.Parse(json.Output)!["actions"]!.AsArray())!;
        Assert.Equal(("ask", "big", "asked", "loss spike"), ((string?)action["run"], (string?)action["rule"], (string?)action["state"], (string?)action["evidence"]));
        Assert.Equal(0, approve.ExitCode);
        Assert.Equal(0, monitor.End().ExitCode);
        Assert.True(File.Exists(_vigil["outputs/ask/ask/acted"]));
        Assert.Contains("Nothing to approve: ask is completed", _vigil.Run("approve", "outputs/ask", "ask").Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nobody_watches_the_command_does_what_is_approved_and_what_is_denied_is_not_done()
    {
        _vigil.Start("run", "ask.yaml").UntilItSays("a person is asked").Kill();

        var nobody = _vigil.Run("approve", "outputs/ask", "--deny");
        var deny = _vigil.Run("approve", "outputs/ask", "name~", "--deny");

        Assert.Equal((2, 0), (nobody.ExitCode, deny.ExitCode));
        Assert.False(File.Exists(_vigil["outputs/ask/ask/acted"]));
        Assert.Equal(ActionOutcome.Denied, Assert.Single(_vigil.Events<RunEvent.ActionSettled>("outputs/ask")).Outcome);
        Assert.Empty(JsonNode.Parse(_vigil.Run("status", "outputs/ask", "--json").Output)!["actions"]!.AsArray());
    }
}
