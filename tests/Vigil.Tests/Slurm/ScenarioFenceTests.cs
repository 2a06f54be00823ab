using FakeSlurm;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Tests.Slurm;

/// <summary>Scenario 37: a rule wants a job ended and tried again, and the job takes its time.</summary>
public sealed class ScenarioFenceTests : IDisposable
{
    private readonly ClusterLife _life = new();

    public void Dispose() => _life.Dispose();

    private FakeCluster Cluster => _life.Cluster;

    /// <summary>A run whose first job prints what a rule restarts it for.</summary>
    private ClusterLife Broken()
    {
        var rule = new Rule("broken", new Trigger.LogLine(new(PatternKind.Regex, "NCCL ERROR")), [new(BindingMode.Inline, [], new RuleAction.Restart("", FailureCause.Infrastructure, NodeBlame.None, []))]);
        _life.Rules = [new("r1", [rule])];
        _life.Jobs.Prints = job => _life.Jobs.Started.Count == 0 ? "NCCL ERROR\n" : "hello\n";
        Cluster.Ends(new("a") { Seconds = null });
        return _life.Plan(_life.Run("a") with { Rules = "r1" });
    }

    private void ThenTriedAgainOnce()
    {
        Assert.Equal(new RunState.Finished(Outcome.Completed, null), _life.Of("a").State);
        Assert.Equal(["a.1", "a.2"], _life.Of("a").Attempts.Select(static a => a.Id.ToString()));
        Assert.Equal((2, 2), (_life.Sbatches, _life.OurJobs.Count()));
        _life.AssertOnce();
        _life.AssertBudget();
    }

    [Fact, Trait("scenario", "37")]
    public async Task A_job_that_is_minutes_in_dying_is_gone_before_its_successor_is_submitted()
    {
        Cluster.Site.CompletingSeconds = 600;
        Broken();
        var monitor = await _life.MonitorAsync();
        await monitor.UntilAsync(_ => Cluster.Jobs.Any(static j => j.HasEnded));
        Cluster.Ends(new("a") { Seconds = 20 });
        await monitor.UntilAsync<RunState.Finished>("a", TimeSpan.FromHours(4));

        Assert.True(Cluster.Jobs[1].Submitted >= Cluster.Jobs[0].CompletingUntil, $"submitted at {Cluster.Jobs[1].Submitted}, and the first is there until {Cluster.Jobs[0].CompletingUntil}");
        ThenTriedAgainOnce();
    }

    [Fact, Trait("scenario", "37")]
    public async Task A_scancel_that_hangs_is_tried_again_and_proves_nothing_meanwhile()
    {
        Broken();
        Cluster.Fails(FaultKind.Hung, 3, command: "scancel");
        var monitor = await _life.MonitorAsync();
        await monitor.UntilAsync(_ => Cluster.Jobs.Any(static j => j.HasEnded));
        Cluster.Ends(new("a") { Seconds = 20 });
        await monitor.UntilAsync<RunState.Finished>("a", TimeSpan.FromHours(4));

        Assert.True(_life.Calls("scancel").Count() >= 4);
        Assert.True(Cluster.Jobs[1].Submitted >= Cluster.Jobs[0].Ended);
        ThenTriedAgainOnce();
    }

    [Fact, Trait("scenario", "37")]
    public async Task A_monitor_that_dies_right_after_the_scancel_leaves_the_rest_to_the_next()
    {
        Cluster.Site.CompletingSeconds = 120;
        Broken();
        Assert.True(await _life.DiesAsync(static words => words[0] == "scancel", Moment.After));
        Cluster.Ends(new("a") { Seconds = 20 });
        await _life.LiveAsync(TimeSpan.FromHours(4));

        Assert.True(Cluster.Jobs[1].Submitted >= Cluster.Jobs[0].CompletingUntil);
        ThenTriedAgainOnce();
    }
}
