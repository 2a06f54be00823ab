using FakeSlurm;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Schedulers;
using Vigil.Schedulers.Slurm;

namespace Vigil.Tests.Slurm;

public sealed class SlurmSchedulerReportTests : IDisposable
{
    private readonly SlurmSchedulerPlace _place = new();

    public void Dispose() => _place.Dispose();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
    private FakeCluster Cluster => _place.Cluster;

    private static async Task<JobRequest> Start(SlurmScheduler monitor, Submission submission) => Assert.Single(await SlurmSchedulerPlace.Start(monitor, submission));

    private void Quiet() => _place.Site.LastWrite = Cluster.Now - TimeSpan.FromHours(1);

    /// <summary>Started, running, and told so.</summary>
    private async Task<(SlurmScheduler Monitor, JobRequest Job)> Running(string name = "a", double? seconds = null, params SlurmOption[] sbatch)
    {
        Cluster.Ends(new(name) { Seconds = seconds });
        var monitor = _place.Monitor();
        var job = await Start(monitor, _place.Single(name, 0, sbatch));
        Cluster.Advance(TimeSpan.FromSeconds(1));
        SlurmSchedulerPlace.Begins(job);
        Assert.Equal(JobState.Running, Assert.Single(await _place.Poll(monitor, job)).State);
        return (monitor, job);
    }

    [Fact]
    public async Task A_job_is_told_queued_then_running_with_what_it_said_of_itself_then_ended()
    {
        Cluster.Ends(new("a") { Seconds = 20 });
        Cluster.Site.StartDelay = 8;
        var monitor = _place.Monitor();
        var job = await Start(monitor, _place.Single("a"));

        Assert.Equal(JobState.Queued, Assert.Single(await _place.Poll(monitor, job)).State);
        Cluster.Advance(TimeSpan.FromSeconds(9));
        SlurmSchedulerPlace.Begins(job, log: "/there/slurm-1.out");
        var running = Assert.Single(await _place.News(monitor, [job]));
        Assert.Equal((JobState.Running, "/there/slurm-1.out", 17, "n1"), (running.State, running.Log, running.LogStart, running.Host));
        Cluster.Advance(TimeSpan.FromSeconds(20));
        SlurmSchedulerPlace.Exits(job, 0);
        var end = Assert.Single(await _place.News(monitor, [job]));
        Assert.Equal((JobState.Completed, 0, null), (end.State, end.ExitCode, end.Reason));
    }

    [Fact]
    public async Task What_has_not_changed_is_not_told_again_but_an_end_is()
    {
        var (monitor, job) = await Running();

        Assert.Empty(await _place.Poll(monitor, job));
        Assert.Empty(await _place.Poll(monitor, job));
        Cluster.EndNow(static _ => true, "FAILED", exitCode: 3);
        SlurmSchedulerPlace.Exits(job, 3);
        for (var i = 0; i < 3; i++) Assert.Equal(JobState.Failed, Assert.Single(await _place.News(monitor, [job])).State);
        // A successor that knows nothing tells the same.
        Assert.Equal((JobState.Failed, 3), (await _place.News(_place.Monitor(), [job])) is [var end] ? (end.State, end.ExitCode!.Value) : default);
    }

    [Fact]
    public async Task One_squeue_and_at_most_one_sacct_answer_for_any_number_of_jobs()
    {
        Cluster.Ends(new("*") { Seconds = 30 });
        Cluster.Site.MinJobAge = 10;
        var monitor = _place.Monitor();
        var jobs = await SlurmSchedulerPlace.Start(monitor, _place.Array("b", [.. Enumerable.Range(0, 60).Select(i => _place.Run($"r{i}"))]));
        Cluster.Advance(TimeSpan.FromSeconds(60));
        foreach (var job in jobs) SlurmSchedulerPlace.Exits(job, 0);
        Cluster.ForgetCalls();

        var reports = await _place.Poll(monitor, jobs);

        Assert.Equal(60, reports.Count(static r => r.State is JobState.Completed));
        Assert.Equal((1, 1), (Cluster.Calls["squeue"], Cluster.Calls["sacct"]));
    }

    [Fact]
    public async Task Polls_come_fast_while_things_change_and_seldom_when_nothing_does()
    {
        var (monitor, job) = await Running();
        Cluster.ForgetCalls();
        for (var second = 0; second < 600; second++)
        {
            Cluster.Advance(TimeSpan.FromSeconds(1));
            await monitor.ReportAsync([job], Stop);
        }

        Assert.InRange(Cluster.Calls["squeue"], 10, 15);
        Assert.False(Cluster.Calls.ContainsKey("sacct"));

        Cluster.EndNow(static _ => true, "FAILED", 1);
        Cluster.Advance(TimeSpan.FromSeconds(60));
        Cluster.ForgetCalls();
        for (var second = 0; second < 20; second++)
        {
            Cluster.Advance(TimeSpan.FromSeconds(1));
            _place.Site.LastWrite = Cluster.Now;
            await monitor.ReportAsync([job], Stop);
        }
        Assert.InRange(Cluster.Calls["squeue"], 3, 5);
    }

    [Fact]
    public async Task Markers_are_read_once_and_not_at_every_poll()
    {
        var (monitor, job) = await Running();
        var before = _place.Site.MarkReads;

        for (var i = 0; i < 5; i++) await _place.Poll(monitor, job);

        Assert.Equal(before, _place.Site.MarkReads);
    }

    // Slurm's word, its exit code and signal, what exit.json says (x: none, -: no code) → what is told.
    [Theory]
    [InlineData("COMPLETED", 0, 0, "0", JobState.Completed, null)]
    [InlineData("COMPLETED", 0, 0, "x", JobState.Lost, "LOST")]
    [InlineData("COMPLETED", 0, 0, "3", JobState.Failed, "FAILED")]
    [InlineData("FAILED", 3, 0, "3", JobState.Failed, "FAILED")]
    [InlineData("FAILED", 3, 0, "x", JobState.Failed, "FAILED 3:0")]
    [InlineData("FAILED", 0, 9, "x", JobState.Failed, "FAILED 0:9")]
    [InlineData("FAILED", 0, 53, "x", JobState.Failed, "FAILED 0:53")]
    [InlineData("FAILED", 1, 0, "0", JobState.Completed, "FAILED")]
    [InlineData("TIMEOUT", 0, 0, "-", JobState.Timeout, "TIMEOUT")]
    [InlineData("TIMEOUT", 0, 0, "143", JobState.Timeout, "TIMEOUT")]
    [InlineData("TIMEOUT", 0, 0, "0", JobState.Completed, "TIMEOUT")]
    [InlineData("TIMEOUT", 0, 0, "x", JobState.Timeout, "TIMEOUT")]
    [InlineData("OUT_OF_MEMORY", 0, 125, "x", JobState.OutOfMemory, "OUT_OF_MEMORY")]
    [InlineData("OUT_OF_MEMORY", 0, 125, "137", JobState.OutOfMemory, "OUT_OF_MEMORY")]
    [InlineData("DEADLINE", 0, 0, "-", JobState.Timeout, "DEADLINE")]
    [InlineData("PREEMPTED", 0, 0, "-", JobState.Preempted, "PREEMPTED")]
    [InlineData("NODE_FAIL", 0, 0, "x", JobState.NodeFail, "NODE_FAIL")]
    [InlineData("BOOT_FAIL", 0, 0, "x", JobState.NodeFail, "BOOT_FAIL")]
    public async Task How_it_ended_is_told_from_Slurms_word_and_the_jobs_own(string word, int exitCode, int signal, string exit, JobState state, string? reason)
    {
        var (monitor, job) = await Running();
        Cluster.EndNow(static _ => true, word, exitCode, signal);
        if (exit != "x") SlurmSchedulerPlace.Exits(job, exit == "-" ? null : int.Parse(exit, System.Globalization.CultureInfo.InvariantCulture), exit == "-" ? 15 : null);
        Quiet();

        var end = Assert.Single(await _place.News(monitor, [job]));

        Assert.Equal((state, reason), (end.State, end.Reason));
        Assert.Equal(exit is "x" or "-" ? null : exit, end.ExitCode?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(exit == "-" ? 15 : signal == 9 ? 9 : null, end.Signal);
    }

    [Fact]
    public async Task Who_cancelled_a_job_stays_in_the_reason()
    {
        var (monitor, job) = await Running();
        Cluster.Run(["scancel", job.Job!.Value.Value]);
        SlurmSchedulerPlace.Exits(job, null, 15);

        var end = Assert.Single(await _place.News(monitor, [job]));

        Assert.Equal((JobState.Cancelled, $"CANCELLED by {Cluster.Site.UserId}"), (end.State, end.Reason));
    }

    [Fact]
    public async Task An_end_without_the_jobs_own_word_waits_until_its_files_are_quiet()
    {
        var (monitor, job) = await Running();
        Cluster.EndNow(static _ => true, "FAILED", 0, 9);

        for (var i = 0; i < 10; i++)
        {
            _place.Site.LastWrite = Cluster.Now - TimeSpan.FromSeconds(30);
            Assert.Empty(await _place.Poll(monitor, job));
        }
        _place.Site.LastWrite = Cluster.Now - TimeSpan.FromSeconds(120);
        Assert.Equal(JobState.Failed, Assert.Single(await _place.News(monitor, [job])).State);
    }

    [Fact]
    public async Task A_job_that_never_had_a_node_is_over_at_once()
    {
        var monitor = _place.Monitor();
        var job = await Start(monitor, _place.Single("a", 0, new SlurmOption("hold", null)));
        await _place.Poll(monitor, job);
        Cluster.Run(["scancel", job.Job!.Value.Value]);
        _place.Site.LastWrite = Cluster.Now;

        var end = Assert.Single(await _place.Poll(monitor, job));

        Assert.Equal((JobState.Cancelled, null), (end.State, end.Started));
    }

    [Fact]
    public async Task Files_that_cannot_be_read_decide_nothing()
    {
        var (monitor, job) = await Running();
        Cluster.EndNow(static _ => true, "COMPLETED");
        _place.Site.FilesAnswer = false;

        for (var i = 0; i < 5; i++) Assert.Empty(await _place.Poll(monitor, job));

        _place.Site.FilesAnswer = true;
        SlurmSchedulerPlace.Exits(job, 0);
        Assert.Equal(JobState.Completed, Assert.Single(await _place.News(monitor, [job])).State);
    }

    [Theory]
    [InlineData(FaultKind.EmptyQueue)]
    [InlineData(FaultKind.OnlyOtherUsers)]
    [InlineData(FaultKind.Garbled)]
    [InlineData(FaultKind.Hung)]
    [InlineData(FaultKind.Down)]
    public async Task A_wrong_answer_of_squeue_changes_nothing(FaultKind fault)
    {
        var (monitor, job) = await Running();
        Quiet();
        // For minutes, with accounting that still says RUNNING.
        Cluster.Fails(fault, times: 20, command: "squeue");
        for (var i = 0; i < 20; i++) Assert.Empty(await _place.Poll(monitor, job));

        Cluster.Heal();
        Assert.Empty(await _place.Poll(monitor, job));
        SlurmSchedulerPlace.Exits(job, 0);
        Cluster.EndNow(static _ => true, "COMPLETED");
        Assert.Equal(JobState.Completed, Assert.Single(await _place.News(monitor, [job])).State);
    }

    [Fact]
    public async Task What_left_squeue_between_two_polls_is_told_from_the_books_and_the_jobs_word()
    {
        Cluster.Site.MinJobAge = 2;
        var (monitor, job) = await Running(seconds: 10);
        Cluster.Advance(TimeSpan.FromSeconds(30));
        SlurmSchedulerPlace.Exits(job, 0);

        Assert.Equal(JobState.Completed, Assert.Single(await _place.Poll(monitor, job)).State);
    }

    [Fact]
    public async Task Accounting_that_is_behind_is_waited_for()
    {
        Cluster.Site.MinJobAge = 2;
        Cluster.Site.AccountingLag = 90;
        var (monitor, job) = await Running(seconds: 10);
        Cluster.Advance(TimeSpan.FromSeconds(20));
        Cluster.EndNow(static _ => true, "COMPLETED");
        Quiet();
        for (var i = 0; i < 10; i++) Assert.Empty(await _place.Poll(monitor, job));

        Cluster.Advance(TimeSpan.FromSeconds(100));
        // It left no word of its own: COMPLETED is not believed.
        Assert.Equal((JobState.Lost, "LOST"), await _place.News(monitor, [job]) is [var end] ? (end.State, end.Reason) : default);
    }

    [Fact]
    public async Task Accounting_that_never_learns_of_an_end_is_not_waited_for_for_ever()
    {
        Cluster.Site.MinJobAge = 2;
        Cluster.Site.AccountingLag = 1e6;
        var (monitor, job) = await Running(seconds: 10);
        Cluster.State.FalseWitnesses.Add(new("sacct", "a", "RUNNING"));
        Cluster.Advance(TimeSpan.FromMinutes(5));
        Quiet();
        Assert.Empty(await _place.News(monitor, [job], polls: 20));

        Cluster.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(JobState.Lost, Assert.Single(await _place.News(monitor, [job])).State);
    }

    [Theory]
    [InlineData("off")]
    [InlineData("down")]
    public async Task Without_accounting_the_jobs_own_word_counts_after_three_answers_without_it(string accounting)
    {
        Cluster.Site.MinJobAge = 2;
        Cluster.Site.HasNoAccounting = accounting == "off";
        if (accounting == "down") Cluster.Fails(FaultKind.AccountingDown);
        var (monitor, job) = await Running(seconds: 10);
        Cluster.Advance(TimeSpan.FromSeconds(30));
        SlurmSchedulerPlace.Exits(job, 3);

        Assert.Empty(await _place.Poll(monitor, job));
        Assert.Empty(await _place.Poll(monitor, job));
        var end = Assert.Single(await _place.Poll(monitor, job));
        Assert.Equal((JobState.Failed, 3), (end.State, end.ExitCode));
    }

    [Fact]
    public async Task Without_accounting_and_without_a_word_a_job_is_lost_after_the_fence_and_not_failed()
    {
        Cluster.Site.MinJobAge = 2;
        Cluster.Site.HasNoAccounting = true;
        var (monitor, job) = await Running(seconds: 10);
        Cluster.Advance(TimeSpan.FromSeconds(30));
        Quiet();
        var gone = Cluster.Now;

        var end = Assert.Single(await _place.News(monitor, [job], polls: 40));

        Assert.Equal((JobState.Lost, "LOST"), (end.State, end.Reason));
        Assert.InRange((Cluster.Now - gone).TotalSeconds, 120, 150);
        Assert.Contains("neither squeue nor sacct", end.LastLines![^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accounting_that_hangs_holds_up_nothing_but_what_only_it_knows()
    {
        var (monitor, job) = await Running();
        Cluster.Fails(FaultKind.AccountingHung, times: 1);
        Cluster.EndNow(static _ => true, "CANCELLED");
        SlurmSchedulerPlace.Exits(job, null, 15);

        Assert.Equal((JobState.Cancelled, "CANCELLED"), await _place.News(monitor, [job]) is [var end] ? (end.State, end.Reason) : default);
        Assert.Contains(monitor.Sight!.Witnesses, static w => w is { Name: "sacct", Trouble: not null });
    }

    [Fact]
    public async Task A_requeue_is_the_next_attempt_of_the_same_job()
    {
        var (monitor, job) = await Running("a", null, new SlurmOption("requeue", null));
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
    public async Task A_second_requeue_between_two_polls_is_told_as_the_last_one()
    {
        var (monitor, job) = await Running("a", null, new SlurmOption("requeue", null));
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
        var (monitor, job) = await Running("a", null, new SlurmOption("requeue", null));
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
        var (monitor, job) = await Running("a", null, new SlurmOption("requeue", null));
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
        var job = await Start(monitor, submission);
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
        var job = await Start(monitor, _place.Single("a", 0, new SlurmOption("nodes", "2")));
        Cluster.Advance(TimeSpan.FromSeconds(2));
        var nodes = Cluster.Jobs[0].NodeList;
        Assert.Equal(2, nodes.Count);
        _place.Site.Canned["sinfo"] = new([new(0, $"{nodes[1]}\n{nodes[1]}\n", "")]);
        Cluster.CrashNode(nodes[1]);
        Quiet();

        var end = Assert.Single(await _place.News(monitor, [job]), static r => r.State.IsTerminal);

        Assert.Equal((JobState.NodeFail, nodes[1]), (end.State, end.FailedNodes));
    }

    [Fact]
    public async Task A_reason_that_never_passes_is_told_once_after_a_while()
    {
        _place.Settings = _place.Settings with { StuckAfterSeconds = 300 };
        var monitor = _place.Monitor();
        var job = await Start(monitor, _place.Single("a", 0, new SlurmOption("partition", "closed")));
        Assert.Null(Assert.Single(await _place.Poll(monitor, job)).Stuck);
        Cluster.Advance(TimeSpan.FromSeconds(100));
        Assert.Empty(await _place.Poll(monitor, job));
        Cluster.Advance(TimeSpan.FromSeconds(300));

        Assert.Equal("PartitionDown", Assert.Single(await _place.Poll(monitor, job)).Stuck);
        Assert.Empty(await _place.Poll(monitor, job));
        Assert.Equal(("PENDING", "PartitionDown", "squeue"), monitor.Sight!.Jobs[job.Job!.Value.Value] is { } seen ? (seen.State, seen.Reason, seen.Source) : default);
    }

    [Fact]
    public async Task A_state_that_nobody_knows_is_not_over_and_is_said()
    {
        var (monitor, job) = await Running();
        Cluster.State.FalseWitnesses.Add(new("squeue", "a", "HIBERNATING"));

        await _place.Poll(monitor, job);

        Assert.Equal("HIBERNATING", monitor.Sight!.Jobs[job.Job!.Value.Value].State);
        Assert.Contains(monitor.Sight.Witnesses, static w => w.Trouble?.Contains("HIBERNATING", StringComparison.Ordinal) == true);
        Assert.DoesNotContain(await _place.News(monitor, [job], polls: 5), static r => r.State.IsTerminal);
    }

    [Fact]
    public async Task Another_job_with_our_number_is_not_ours()
    {
        Cluster.Site.HasNoAccounting = true;
        var monitor = _place.Monitor();
        var job = SlurmSchedulerPlace.Request(_place.Run("a"), job: "500");
        Cluster.AddForeignJob(Cluster.Site.User, "somebody's", comment: "vigil:ffffffffffffffffffff", id: 500).State = "FAILED";
        SlurmSchedulerPlace.Begins(job, by: "499");
        File.Delete(Path.Combine(job.Folder, "claim"));
        _place.Site.LastWrite = Cluster.Now;

        for (var i = 0; i < 5; i++) Assert.Empty(await _place.Poll(monitor, job));
    }

    [Fact]
    public async Task While_the_controller_is_down_it_is_said_and_goes_away()
    {
        var (monitor, job) = await Running();
        Cluster.Fails(FaultKind.Down);
        await _place.Poll(monitor, job);

        var witness = Assert.Single(monitor.Sight!.Witnesses, static w => w.Name == "squeue");
        Assert.Contains("Unable to contact slurm controller", witness.Trouble, StringComparison.Ordinal);
        Assert.NotNull(witness.Answered);
        // The last that was seen stays, with its time.
        Assert.Equal("RUNNING", monitor.Sight.Jobs[job.Job!.Value.Value].State);

        Cluster.Heal();
        await _place.Poll(monitor, job);
        Assert.Null(Assert.Single(monitor.Sight.Witnesses, static w => w.Name == "squeue").Trouble);
    }
}
