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

    [Fact]
    public async Task A_job_is_told_queued_then_running_with_what_it_said_of_itself_then_ended()
    {
        Cluster.Ends(new("a") { Seconds = 20 });
        Cluster.Site.StartDelay = 8;
        var monitor = _place.Monitor();
        var job = await SlurmSchedulerPlace.StartSingle(monitor, _place.Single("a"));

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

    [Theory]
    [InlineData(0, JobState.Completed, "SUPERSEDED", null, null)]
    [InlineData(127, JobState.Failed, "FAILED", 127, "the run failed in the job before this one: nothing was run here")]
    public async Task A_link_that_had_nothing_to_do_tells_how_its_run_ended_before(int code, JobState state, string reason, int? told, string? note)
    {
        Cluster.Ends(new("a") { Seconds = 1, ExitCode = code });
        var monitor = _place.Monitor();
        var job = await SlurmSchedulerPlace.StartSingle(monitor, _place.Single("a"));
        File.WriteAllText(Path.Combine(job.Folder, "superseded.json"), $$"""{"code":{{code}},"signal":null,"job_id":"{{job.Job}}","restart":0,"pid":7,"start":1,"boot":"b","host":"n1","after":1,"time":"2026-01-01T00:00:05+00:00"}""");
        Cluster.Advance(TimeSpan.FromSeconds(9));

        var end = Assert.Single(await _place.News(monitor, [job]));

        Assert.Equal((state, reason, told, note), (end.State, end.Reason, end.ExitCode, end.LastLines?[^1]));
        // What ran nothing is no start of its run.
        Assert.Equal(code == 0, end.Started is not null);
    }

    [Fact]
    public async Task What_was_handed_over_just_now_is_not_looked_at_between_two_submissions()
    {
        var monitor = _place.Monitor();
        var first = await SlurmSchedulerPlace.StartSingle(monitor, _place.Single("a"));

        Assert.Empty(await monitor.ReportAsync([first], Stop));
        var second = await SlurmSchedulerPlace.StartSingle(monitor, _place.Single("b"));
        Cluster.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(2, (await monitor.ReportAsync([first, second], Stop)).Length);
        Assert.Equal(1, Cluster.Calls["squeue"]);
    }

    [Fact]
    public async Task What_has_not_changed_is_not_told_again_but_an_end_is()
    {
        var (monitor, job) = await _place.Running();

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
        var (monitor, job) = await _place.Running();
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
        var (monitor, job) = await _place.Running();
        var before = _place.Site.MarkReads;

        for (var i = 0; i < 5; i++) await _place.Poll(monitor, job);

        Assert.Equal(before, _place.Site.MarkReads);
    }

    [Fact]
    public async Task A_reason_that_never_passes_is_told_once_after_a_while()
    {
        _place.Settings = _place.Settings with { StuckAfterSeconds = 300 };
        var monitor = _place.Monitor();
        var job = await SlurmSchedulerPlace.StartSingle(monitor, _place.Single("a", 0, new SlurmOption("partition", "closed")));
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
        var (monitor, job) = await _place.Running();
        Cluster.State.FalseWitnesses.Add(new("squeue", "a", "HIBERNATING"));

        await _place.Poll(monitor, job);

        Assert.Equal("HIBERNATING", monitor.Sight!.Jobs[job.Job!.Value.Value].State);
        Assert.Contains(monitor.Sight.Witnesses, static w => w.Trouble?.Contains("HIBERNATING", StringComparison.Ordinal) == true);
        Assert.DoesNotContain(await _place.News(monitor, [job], polls: 5), static r => r.State.IsTerminal);
    }

    [Fact]
    public async Task While_the_controller_is_down_it_is_said_and_goes_away()
    {
        var (monitor, job) = await _place.Running();
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
