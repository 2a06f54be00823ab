using FakeSlurm;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;
using JobStates = FakeSlurm.JobStates;

namespace Vigil.Tests.Slurm;

/// <summary>Scenarios 17 and 18: jobs that the scheduler queues again by itself, and nodes that fail.</summary>
public sealed class ScenarioRequeueTests : IDisposable
{
    private readonly ClusterLife _life = new();

    public void Dispose() => _life.Dispose();

    private FakeCluster Cluster => _life.Cluster;

    private async Task<LifeMonitor> RunningAsync(params SlurmOption[] options)
    {
        Cluster.Ends(new("a") { Seconds = 600 });
        _life.Plan(_life.Run("a", options));
        var monitor = await _life.MonitorAsync();
        await monitor.UntilAsync(static s => s.Runs["a"].Attempts is [{ Log: not null, Started: not null }]);
        return monitor;
    }

    private void Happens(string what)
    {
        var job = Cluster.Jobs[^1];
        if (what == "a node fails") Cluster.CrashNode(job.NodeList[0]);
        else if (what == "preempted") Cluster.EndNow(static j => j.Name == "a", "PREEMPTED");
        else Cluster.Run(["scontrol", "requeue", job.ShownId]);
        _life.Jobs.Follow();
    }

    [Theory, Trait("scenario", "17")]
    [InlineData("preempted", JobState.Preempted, "PREEMPTED")]
    [InlineData("a node fails", JobState.NodeFail, "NODE_FAIL")]
    [InlineData("an administrator", JobState.Preempted, "REQUEUED")]
    public async Task A_requeue_is_a_new_attempt_of_the_same_job_and_nothing_is_submitted(string what, JobState ended, string reason)
    {
        var monitor = await RunningAsync(new SlurmOption("requeue", null));
        Happens(what);

        await monitor.UntilAsync<RunState.Finished>("a");

        var run = _life.Of("a");
        Assert.Equal(new RunState.Finished(Outcome.Completed, null), run.State);
        Assert.Equal(["a.1", "a.1.r1"], run.Attempts.Select(static a => a.Id.ToString()));
        Assert.Equal((ended, reason, FailureCause.Infrastructure), (run.Attempts[0].State, run.Attempts[0].Reason, run.Attempts[0].Cause));
        Assert.Equal(run.Attempts[0].Job, run.Attempts[1].Job);
        // The second part of the log begins where the first one ended.
        Assert.Equal((run.Attempts[0].Log, "hello\n".Length), (run.Attempts[1].Log, (int)run.Attempts[1].LogStart));
        Assert.Equal(1, _life.Sbatches);
        Assert.True(run.Attempts[1].Started - run.Attempts[0].Started >= TimeSpan.FromSeconds(Cluster.Site.RequeueDelay));
        _life.AssertBudget();
    }

    [Theory, Trait("scenario", "17")]
    [InlineData("while nobody watched")]
    [InlineData("while nobody watched, and it has ended since")]
    public async Task A_requeue_is_noticed_by_a_monitor_that_comes_later(string when)
    {
        (await RunningAsync(new SlurmOption("requeue", null))).Dispose();
        Happens("preempted");
        _life.Pass(TimeSpan.FromMinutes(5));
        if (when.EndsWith("since", StringComparison.Ordinal)) _life.Pass(TimeSpan.FromMinutes(15));

        await _life.LiveAsync();

        Assert.Equal(["a.1", "a.1.r1"], _life.Of("a").Attempts.Select(static a => a.Id.ToString()));
        Assert.Equal(new RunState.Finished(Outcome.Completed, null), _life.Of("a").State);
        Assert.Equal(1, _life.Sbatches);
    }

    [Fact, Trait("scenario", "17")]
    public async Task Requeues_count_against_the_attempts_and_the_last_one_is_stopped()
    {
        var monitor = await RunningAsync(new SlurmOption("requeue", null));
        for (var times = 0; times < 3; times++)
        {
            Happens("preempted");
            await monitor.UntilAsync(s => s.Runs["a"].State is RunState.Running or RunState.Finished && s.Runs["a"].Attempts.Length > times + 1 || s.AllFinished);
            if (_life.State.AllFinished) break;
        }
        await monitor.UntilAsync<RunState.Finished>("a");

        Assert.Equal(new RunState.Finished(Outcome.Failed, "MAX_ATTEMPTS"), _life.Of("a").State);
        Assert.Equal(JobStates.Cancelled, Cluster.Jobs.Single().State);
        Assert.Equal(1, _life.Sbatches);
    }

    [Fact, Trait("scenario", "17")]
    public async Task A_completed_job_that_is_requeued_before_anybody_looked_is_watched_again()
    {
        var monitor = await RunningAsync(new SlurmOption("requeue", null));
        Cluster.EndNow(static j => j.Name == "a", JobStates.Completed);
        _life.Jobs.Follow();
        Happens("an administrator");

        await monitor.UntilAsync<RunState.Finished>("a");

        Assert.Equal(new RunState.Finished(Outcome.Completed, null), _life.Of("a").State);
        Assert.Equal(["a.1", "a.1.r1"], _life.Of("a").Attempts.Select(static a => a.Id.ToString()));
        Assert.Equal(1, _life.Sbatches);
    }

    [Fact, Trait("scenario", "18")]
    public async Task A_node_that_fails_is_blamed_and_avoided_and_the_run_starts_again_when_the_old_job_is_certainly_gone()
    {
        var monitor = await RunningAsync();
        var node = Cluster.Jobs[0].NodeList[0];
        Happens("a node fails");
        var crashed = Cluster.Now;

        await monitor.UntilAsync<RunState.Finished>("a");

        var run = _life.Of("a");
        Assert.Equal(new RunState.Finished(Outcome.Completed, null), run.State);
        Assert.Equal((JobState.NodeFail, "NODE_FAIL", FailureCause.Infrastructure, node), (run.Attempts[0].State, run.Attempts[0].Reason, run.Attempts[0].Cause, run.Attempts[0].FailedNodes));
        Assert.Equal([node], Cluster.Jobs[1].Excluded);
        Assert.True(Cluster.Jobs[1].Submitted - crashed >= TimeSpan.FromSeconds(120), "it was started before the fence");
        Assert.Equal(2, _life.Sbatches);
        _life.AssertOnce();
        _life.AssertBudget();
    }

    [Fact, Trait("scenario", "18")]
    public async Task A_node_that_was_cut_off_and_still_writes_keeps_the_run_from_starting_again()
    {
        var monitor = await RunningAsync();
        _life.Jobs.Amiss = static _ => Lacks.Silence;
        Happens("a node fails");

        await monitor.ForAsync(TimeSpan.FromMinutes(30));
        Assert.Equal(1, _life.Sbatches);
        Assert.Empty(_life.Events<RunEvent.AttemptEnded>());

        _life.Jobs.Amiss = static _ => Lacks.Nothing;
        await monitor.UntilAsync<RunState.Finished>("a");
        Assert.Equal(2, _life.Sbatches);
    }

    [Fact, Trait("scenario", "18")]
    public async Task Nodes_that_fail_again_and_again_use_up_the_attempts_and_no_more()
    {
        Cluster.Ends(new("a") { Seconds = 30, State = "NODE_FAIL" });
        _life.Plan(_life.Run("a"));

        await _life.LiveAsync();

        Assert.Equal(new RunState.Finished(Outcome.Failed, "NODE_FAIL"), _life.Of("a").State);
        Assert.Equal(3, _life.Sbatches);
        Assert.Equal(2, Cluster.Jobs[2].Excluded.Distinct().Count());
        _life.AssertOnce();
    }
}
