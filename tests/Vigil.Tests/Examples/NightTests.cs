using System.Text.Json.Nodes;
using Vigil.Monitoring;
using Vigil.Spec;
using Vigil.Tests.Cli;
using Vigil.Tests.House;

namespace Vigil.Tests.Examples;

/// <summary>A crash, a hang with a chattering log, a NaN, and two cooldowns of one checkpoint: in the morning all is done, and each action was done once.</summary>
public sealed class NightTests : IDisposable
{
    private const string Dir = "outputs/night";

    private readonly CommandLine _vigil = new();

    public void Dispose() => _vigil.Dispose();

    private static string Folder { get; } = Path.Combine(Repository.Root, "examples", "night");

    [Fact]
    public void In_the_morning_every_run_is_complete()
    {
        var run = _vigil.Run("run", Folder);

        Assert.True(run.ExitCode == 0, run.ToString());
        AllWell();
    }

    [Theory, Trait("scenario", "40")]
    [InlineData("rule short_cooldown fired")]
    [InlineData("restarts hang.1")]
    [InlineData("rule loss_is_no_number fired")]
    public void A_monitor_that_is_killed_in_the_middle_changes_nothing_of_it(string moment)
    {
        _vigil.Start("run", Folder).UntilItSays(moment).Kill();

        var watch = _vigil.Run("watch", Dir);

        Assert.True(watch.ExitCode == 0, watch.ToString());
        AllWell();
    }

    private void AllWell()
    {
        var runs = _vigil.State(Dir).Runs;
        Assert.Equal(["crash", "hang", "nan", "stable", "stable_long", "stable_short"], runs.Keys.Order(StringComparer.Ordinal));
        Assert.All(runs.Values, static run => Assert.Equal(new RunState.Finished(Outcome.Completed, null), run.State));
        Assert.Equal(
            [("crash", FailureCause.Crash), ("hang", FailureCause.Hang), ("nan", FailureCause.Numeric)],
            runs.Values.Where(static r => r.Attempts.Length == 2).Select(static r => (r.Id.Value, r.Attempts[0].Cause!.Value)).Order());
        foreach (var cooldown in (string[])["stable_short", "stable_long"])
        {
            Assert.Equal(new("stable"), runs[cooldown].Plan.Lineage?.Parent);
            Assert.Contains($"loaded checkpoint from {_vigil[Dir]}/stable/checkpoints at iteration 60", _vigil.Run("logs", Dir, cooldown, "-n", "0").Output, StringComparison.Ordinal);
        }
        Once();
    }

    /// <summary>What was done to the world, as the journal tells it: nothing twice.</summary>
    private void Once()
    {
        var entries = _vigil.Run("events", Dir, "--json").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonNode.Parse(line)!);
        var events = entries.SelectMany(static entry => entry["events"]!.AsArray()).Select(static e => e!).ToList();
        var requested = events.Where(static e => e["type"]!.GetValue<string>() == "effect-requested").Select(static e => e["id"]!.GetValue<string>()).Where(static id => !id.StartsWith("submit:", StringComparison.Ordinal)).ToList();
        Assert.Equal(requested.Distinct(), requested);
        Assert.Equal(["cancel:hang.1", "cancel:nan.1"], requested.Where(static id => id.StartsWith("cancel:", StringComparison.Ordinal)).Order());
        Assert.Equal(2, requested.Count(static id => id.StartsWith("start:", StringComparison.Ordinal)));
        Assert.Equal(2, events.Count(static e => e["type"]!.GetValue<string>() == "run-planned" && e["run"]!["lineage"] is not null));
    }
}
