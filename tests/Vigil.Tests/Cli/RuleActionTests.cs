using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Tests.Cli;

/// <summary>What rules do and do not do to real jobs.</summary>
public sealed class RuleActionTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public void Dispose() => _vigil.Dispose();

    [Fact]
    public void A_restart_with_an_override_goes_on_with_the_changed_configuration()
    {
        _vigil.Write("oom.yaml", """
            backend: {command: "echo batch {batch}; if [[ {batch} = 64 ]]; then echo CUDA out of memory; sleep 60; fi"}
            batch: 64
            job: {restart: {max_attempts: 2, delay_seconds: 0}}
            monitoring: {rules: [{name: smaller, when: 'CUDA out of memory', do: {restart: {cause: crash, overrides: [batch=32]}}}]}
            """);

        var outcome = _vigil.Run("run", "oom.yaml");

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        var run = _vigil.State("outputs/oom").Runs["oom"];
        Assert.Equal(new RunState.Finished(Outcome.Completed, null), run.State);
        Assert.Equal([JobState.Cancelled, JobState.Completed], run.Attempts.Select(static a => a.State));
        Assert.Contains("batch 32", _vigil.Run("logs", "outputs/oom", "oom").Output, StringComparison.Ordinal);
        Assert.Contains("batch: 32", File.ReadAllText(_vigil["outputs/oom/oom/provenance/unresolved_config.yaml"]), StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_dry_run_of_the_rules_the_jobs_are_left_alone()
    {
        _vigil.Write("dry.yaml", """
            backend: {command: "echo CUDA out of memory"}
            monitoring: {rules: [{name: stop, when: 'CUDA out of memory', do: [{run: [touch, "{output_dir}/acted"]}, cancel]}]}
            """);

        var outcome = _vigil.Run("run", "dry.yaml", "monitoring.dry_run=true");

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Equal([ActionOutcome.DryRun, ActionOutcome.DryRun], _vigil.Events<RunEvent.ActionSettled>("outputs/dry").Select(static s => s.Outcome));
        Assert.Contains($"would be done: dry.1/stop@", _vigil.Run("events", "outputs/dry").Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_vigil["outputs/dry/dry/acted"]));
    }

    [Fact]
    public void The_same_command_with_other_receivers_tells_the_living_monitor_where_notifications_go()
    {
        const string Job = "backend: {command: 'until [[ -e go ]]; do sleep 0.05; done'}\n";
        _vigil.Write("told.yaml", $"{Job}monitoring: {{notify: {{team: {{type: command, command: [cat]}}}}}}\n");
        var monitor = _vigil.Start("run", "told.yaml").UntilItSays("told.1 started");

        _vigil.Write("told.yaml", Job);
        var again = _vigil.Run("run", "told.yaml", "--detach");
        monitor.UntilItSays("notifications go nowhere");
        _vigil.Write("go", "");

        Assert.Equal(0, again.ExitCode);
        Assert.Equal(0, monitor.End().ExitCode);
        Assert.Empty(_vigil.State("outputs/told").Channels?.Channels.Keys ?? []);
    }

    [Fact]
    public void A_pack_of_the_users_own_tells_the_steps_of_a_trainer_that_nobody_knows()
    {
        Directory.CreateDirectory(_vigil["progress"]);
        _vigil.Write("progress/ours.yaml", "name: ours\nlines: [{text: 'round {step} of {total}:', fields: pairs}]\n");
        _vigil.Write("own.yaml", """
            backend: {command: "echo 'round 7 of 9: error=0.25'"}
            monitoring: {rules: [{name: low, when: {metric: error, below: 0.5}, do: {log: "error {value} at {step}"}}]}
            """);

        var outcome = _vigil.Run("run", "own.yaml");

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Equal("error 0.25 at 7", Assert.Single(_vigil.Events<RunEvent.ActionSettled>("outputs/own")).Note);
        File.Delete(_vigil["progress/ours.yaml"]);
        Assert.Contains("\"step\": 7", _vigil.Run("status", "outputs/own", "--json").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistake_in_such_a_pack_is_told_before_anything_starts()
    {
        Directory.CreateDirectory(_vigil["progress"]);
        _vigil.Write("progress/ours.yaml", "name: ours\nlines: [{text: 'round {step}', fields: pipes}]\n");
        _vigil.Write("own.yaml", "backend: {command: 'true'}\n");

        var outcome = _vigil.Run("run", "own.yaml");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("progress/ours.yaml:2:", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("RUL085", outcome.Errors, StringComparison.Ordinal);
    }
}
