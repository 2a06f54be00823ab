using FakeSlurm;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Schedulers;
using Vigil.Schedulers.Slurm;

namespace Vigil.Tests.Slurm;

public sealed class SlurmSchedulerRequeueTests : IDisposable
{
    private readonly SlurmSchedulerPlace _place = new();

    public void Dispose() => _place.Dispose();

    private FakeCluster Cluster => _place.Cluster;

    [Fact]
    public async Task A_requeue_is_the_next_attempt_of_the_same_job()
    {
        var (monitor, job) = await _place.Running(sbatch: new SlurmOption("requeue", null));
        Cluster.EndNow(static _ => true, "PREEMPTED");

        var requeued = Assert.Single(await _place.News(monitor, [job]));

        Assert.Equal((new AttemptId(new("a"), 1, 1), job.Job!.Value, new JobEnd(JobState.Preempted, "PREEMPTED")), (requeued.Attempt, requeued.Job, requeued.Before));
        Assert.False(requeued.State.IsTerminal);
        var next = SlurmSchedulerPlace.Request(job.Run, requeue: 1, job: job.Job.Value.Value);
        Assert.Equal(JobState.Queued, Assert.Single(await _place.News(monitor, [next])).State);
        Cluster.Advance(TimeSpan.FromSeconds(130));
        SlurmSchedulerPlace.Begins(next);
        Assert.Equal(JobState.Running, Assert.Single(await _place.News(monitor, [next])).State);
        // The first part's files do not speak for the second.
        SlurmSchedulerPlace.Exits(job, null, 15);
        Assert.Empty(await _place.Poll(monitor, next));
    }

    [Fact]
    public async Task While_the_part_before_a_requeue_still_completes_the_part_after_it_has_not_started()
    {
        var (monitor, job) = await _place.Running(sbatch: new SlurmOption("requeue", null));
        Cluster.EndNow(static _ => true, "PREEMPTED");
        Assert.Equal(1, Assert.Single(await _place.News(monitor, [job])).Attempt.Requeue);
        var next = SlurmSchedulerPlace.Request(job.Run, requeue: 1, job: job.Job!.Value.Value);

        // As a real controller says it: counted as restarted, and still on its node.
        var asked = _place.Site.Said.Last(static said => said.StartsWith("squeue", StringComparison.Ordinal));
        var shown = Cluster.Run(asked.Split(' ')).Output;
        _place.Site.Canned["squeue"] = new([new(0, shown.Replace("PENDING", "COMPLETING", StringComparison.Ordinal), "")]);

        Cluster.Advance(TimeSpan.FromSeconds(60));
        Assert.Contains("PENDING", shown, StringComparison.Ordinal);
        Assert.Equal(JobState.Queued, Assert.Single(await monitor.ReportAsync([next], TestContext.Current.CancellationToken)).State);
        Assert.Empty(_place.Site.Canned["squeue"]);
    }

    [Fact]
    public async Task A_second_requeue_between_two_polls_is_told_as_the_last_one()
    {
        var (monitor, job) = await _place.Running(sbatch: new SlurmOption("requeue", null));
        Cluster.EndNow(static _ => true, "PREEMPTED");
        Cluster.Advance(TimeSpan.FromSeconds(130));
        Cluster.EndNow(static _ => true, "NODE_FAIL");

        var requeued = Assert.Single(await _place.News(monitor, [job]));

        Assert.Equal((2, new JobEnd(JobState.NodeFail, "NODE_FAIL")), (requeued.Attempt.Requeue, requeued.Before));
    }

    [Fact]
    public async Task A_requeue_that_has_ended_and_left_squeue_is_still_two_attempts()
    {
        Cluster.Site.MinJobAge = 2;
        var (monitor, job) = await _place.Running(sbatch: new SlurmOption("requeue", null));
        Cluster.EndNow(static _ => true, "PREEMPTED");
        Cluster.Advance(TimeSpan.FromSeconds(130));
        Cluster.EndNow(static _ => true, "COMPLETED");
        Cluster.Advance(TimeSpan.FromSeconds(10));
        var next = SlurmSchedulerPlace.Request(job.Run, requeue: 1, job: job.Job!.Value.Value);
        SlurmSchedulerPlace.Exits(next, 0);

        Assert.Equal(1, Assert.Single(await _place.News(monitor, [job])).Attempt.Requeue);
        Assert.Equal(JobState.Completed, Assert.Single(await _place.News(monitor, [next])).State);
    }

    [Fact]
    public async Task Accounting_that_does_not_know_the_part_before_holds_a_requeue_up_for_a_few_polls_only()
    {
        Cluster.Fails(FaultKind.EmptyAccounting);
        var (monitor, job) = await _place.Running(sbatch: new SlurmOption("requeue", null));
        Cluster.EndNow(static _ => true, "PREEMPTED");

        var requeued = Assert.Single(await _place.News(monitor, [job], polls: 6));

        Assert.Equal((1, null), (requeued.Attempt.Requeue, requeued.Before));
    }

    [Fact]
    public async Task A_copy_that_a_person_started_takes_the_attempt_over()
    {
        Cluster.Ends(new("a") { Seconds = null });
        var monitor = _place.Monitor();
        var submission = _place.Single("a");
        var job = await SlurmSchedulerPlace.StartSingle(monitor, submission);
        var other = Cluster.Run(["sbatch", "--parsable", submission.ScriptPath]).Output.Trim();
        SlurmSchedulerPlace.Begins(job, by: other);
        SlurmSchedulerPlace.Refuses(job);
        Cluster.EndNow(j => j.ShownId == job.Job!.Value.Value, "FAILED", 75);

        var adopted = Assert.Single(await _place.News(monitor, [job]));
        Assert.Equal(new JobId(other), adopted.ClaimedBy);
        Assert.False(adopted.State.IsTerminal);

        var watched = job with { Job = adopted.ClaimedBy };
        Assert.Equal((JobState.Running, new JobId(other)), await _place.News(monitor, [watched]) is [var running] ? (running.State, running.Job) : default);
        SlurmSchedulerPlace.Exits(watched, 0);
        Cluster.EndNow(static _ => true, "COMPLETED");
        Assert.Equal(JobState.Completed, Assert.Single(await _place.News(monitor, [watched])).State);
    }

    [Fact]
    public async Task A_failed_node_is_named_and_of_several_nodes_those_that_are_down()
    {
        Cluster.Ends(new("a") { Seconds = null });
        var monitor = _place.Monitor();
        var job = await SlurmSchedulerPlace.StartSingle(monitor, _place.Single("a", 0, new SlurmOption("nodes", "2")));
        Cluster.Advance(TimeSpan.FromSeconds(2));
        var nodes = Cluster.Jobs[0].NodeList;
        Assert.Equal(2, nodes.Count);
        _place.Site.Canned["sinfo"] = new([new(0, $"{nodes[1]}\n{nodes[1]}\n", "")]);
        Cluster.CrashNode(nodes[1]);
        _place.FilesAreQuiet();

        var end = Assert.Single(await _place.News(monitor, [job]), static r => r.State.IsTerminal);

        Assert.Equal((JobState.NodeFail, nodes[1]), (end.State, end.FailedNodes));
    }
}
