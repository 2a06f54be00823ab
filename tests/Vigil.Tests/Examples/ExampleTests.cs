using Vigil.Monitoring;
using Vigil.Spec;
using Vigil.Tests.Cli;
using Vigil.Tests.House;

namespace Vigil.Tests.Examples;

/// <summary>Each example runs as a reader would run it.</summary>
public sealed class ExampleTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public void Dispose() => _vigil.Dispose();

    private static string Folder(string name) => Path.Combine(Repository.Root, "examples", name);

    [Fact]
    public void Hello_says_hello()
    {
        var run = _vigil.Run("run", Folder("hello"));

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal("hello from hello, attempt 1\n", _vigil.Run("logs", "outputs/hello").Output);
    }

    [Fact]
    public void Two_stages_cool_down_from_what_the_first_stage_saved()
    {
        var run = _vigil.Run("run", Folder("two-stages"));

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("4 completed", run.Output, StringComparison.Ordinal);
        Assert.StartsWith("60", File.ReadAllText(_vigil["outputs/two-stages/lr1e-3_cooldown/checkpoints/latest_checkpointed_iteration.txt"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Config_groups_runs_each_choice_of_its_groups()
    {
        var run = _vigil.Run("run", Folder("config-groups"), "experiment=long");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("4 completed", run.Output, StringComparison.Ordinal);
        Assert.Equal("2 layers of 256, sgd at 0.0003, 1000 steps\n", _vigil.Run("logs", "outputs/config-groups", "modelwide_lr3e-4").Output);
    }

    [Fact]
    public void A_cooldown_goes_on_from_the_checkpoint_of_its_own_stable_run()
    {
        var run = _vigil.Run("run", Folder("cooldown"));

        Assert.True(run.ExitCode == 0, run.ToString());
        foreach (var lr in (string[])["lr1e-4", "lr5e-4"])
        {
            Assert.Contains($"loaded checkpoint from {_vigil[$"outputs/cooldown/{lr}_stable/checkpoint"]} at iteration 100", _vigil.Run("logs", "outputs/cooldown", $"{lr}_cooldown").Output, StringComparison.Ordinal);
            Assert.Equal("120\n", File.ReadAllText(_vigil[$"outputs/cooldown/{lr}_cooldown/checkpoint/latest_checkpointed_iteration.txt"]));
        }
    }

    [Fact]
    public void Tiny_lm_crashes_once_goes_on_from_its_checkpoint_and_completes()
    {
        // Its own size takes a minute: the same with less work an iteration.
        var run = _vigil.Run("run", Folder("tiny-lm"), "iterations='140 --steps-per-iter 1'");

        Assert.True(run.ExitCode == 0, run.ToString());
        var runs = _vigil.State("outputs/tiny-lm").Runs;
        Assert.Equal([1, 1, 1, 2], runs.Values.Select(static r => r.Attempts.Length).Order());
        Assert.Equal(2, runs["lr3e-3_seed1"].Attempts.Length);
        Assert.Equal(FailureCause(runs["lr3e-3_seed1"]), Spec.FailureCause.Crash);
        Assert.DoesNotContain("iteration       50/", _vigil.Run("logs", "outputs/tiny-lm", "lr3e-3_seed1", "-n", "0").Output, StringComparison.Ordinal);
        Assert.Matches(@"lr3e-3_seed1 +completed +140/140 +\d\.\d{4} +2/3", run.Output);
    }

    [Fact]
    public void The_sweep_for_Slurm_runs_on_this_machine_as_well()
    {
        var run = _vigil.Run("run", Folder("slurm-sweep"), "scheduler=local");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("6 completed", run.Output, StringComparison.Ordinal);
    }

    private static Spec.FailureCause? FailureCause(RunRecord run) => run.Attempts[0].Cause;
}
