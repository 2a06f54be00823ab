using FakeSlurm;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Schedulers;
using Vigil.Schedulers.Slurm;

namespace Vigil.Tests.Slurm;

public sealed class SlurmSchedulerEvidenceTests : IDisposable
{
    private readonly SlurmSchedulerPlace _place = new();

    public void Dispose() => _place.Dispose();

    private FakeCluster Cluster => _place.Cluster;

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
        var (monitor, job) = await _place.Running();
        Cluster.EndNow(static _ => true, word, exitCode, signal);
        if (exit != "x") SlurmSchedulerPlace.Exits(job, exit == "-" ? null : int.Parse(exit, System.Globalization.CultureInfo.InvariantCulture), exit == "-" ? 15 : null);
        _place.FilesAreQuiet();

        var end = Assert.Single(await _place.News(monitor, [job]));

        Assert.Equal((state, reason), (end.State, end.Reason));
        Assert.Equal(exit is "x" or "-" ? null : exit, end.ExitCode?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(exit == "-" ? 15 : signal == 9 ? 9 : null, end.Signal);
    }

    // Slurm's word about a job that was told to end and then left with 0 → what is told.
    [Theory]
    [InlineData("TIMEOUT", JobState.Timeout)]
    [InlineData("PREEMPTED", JobState.Preempted)]
    [InlineData("CANCELLED", JobState.Cancelled)]
    [InlineData("COMPLETED", JobState.Completed)]
    public async Task A_command_that_left_with_0_because_it_was_told_to_end_is_not_therefore_done(string word, JobState state)
    {
        var (monitor, job) = await _place.Running();
        Cluster.EndNow(static _ => true, word);
        SlurmSchedulerPlace.Exits(job, 0, 15);
        _place.FilesAreQuiet();

        var end = Assert.Single(await _place.News(monitor, [job]));

        Assert.Equal((state, 0, 15), (end.State, end.ExitCode, end.Signal));
    }

    [Fact]
    public void Where_nobody_can_say_why_it_was_told_to_end_it_is_not_done_either()
    {
        var marks = AttemptMarks.None with { Exit = new(0, 15, "n1", SlurmSchedulerPlace.Began) };
        Assert.Equal(JobState.Failed, JobEndings.Of(null, null, marks).State);
        Assert.Equal(JobState.Completed, JobEndings.Of(null, null, marks with { Exit = marks.Exit with { Signal = null } }).State);
    }

    // Seconds after it began at which the cluster says that it started, so long before its end, who cancelled it → what is told.
    [Theory]
    [InlineData(29, 0, 0, JobState.NodeFail, "FORGOTTEN")]
    [InlineData(29, 0, 1000, JobState.Cancelled, "CANCELLED by 1000")]
    [InlineData(29, 20, 0, JobState.Cancelled, "CANCELLED by 0")]
    [InlineData(0, 0, 0, JobState.Cancelled, "CANCELLED by 0")]
    public async Task A_job_that_the_controller_forgot_and_cancelled_for_its_second_copy_was_not_cancelled_by_anybody(int later, int before, int by, JobState state, string reason)
    {
        var (monitor, job) = await _place.Running();
        var fake = Assert.Single(Cluster.Jobs);
        var started = SlurmSchedulerPlace.Began + TimeSpan.FromSeconds(later);
        Cluster.Advance(started + TimeSpan.FromSeconds(before) - Cluster.Now);
        (fake.Started, fake.CancelledBy) = (started, by);
        Cluster.EndNow(static _ => true, "CANCELLED");
        _place.FilesAreQuiet();

        var end = Assert.Single(await _place.News(monitor, [job]));

        Assert.Equal((state, reason, null), (end.State, end.Reason, end.FailedNodes));
    }

    [Fact]
    public async Task Who_cancelled_a_job_stays_in_the_reason()
    {
        var (monitor, job) = await _place.Running();
        Cluster.Run(["scancel", job.Job!.Value.Value]);
        SlurmSchedulerPlace.Exits(job, null, 15);

        var end = Assert.Single(await _place.News(monitor, [job]));

        Assert.Equal((JobState.Cancelled, $"CANCELLED by {Cluster.Site.UserId}"), (end.State, end.Reason));
    }

    [Fact]
    public async Task An_end_without_the_jobs_own_word_waits_until_its_files_are_quiet()
    {
        var (monitor, job) = await _place.Running();
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
        var job = await SlurmSchedulerPlace.StartSingle(monitor, _place.Single("a", 0, new SlurmOption("hold", null)));
        await _place.Poll(monitor, job);
        Cluster.Run(["scancel", job.Job!.Value.Value]);
        _place.Site.LastWrite = Cluster.Now;

        var end = Assert.Single(await _place.Poll(monitor, job));

        Assert.Equal((JobState.Cancelled, null), (end.State, end.Started));
    }

    [Fact]
    public async Task Files_that_cannot_be_read_decide_nothing()
    {
        var (monitor, job) = await _place.Running();
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
        var (monitor, job) = await _place.Running();
        _place.FilesAreQuiet();
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
        var (monitor, job) = await _place.Running(seconds: 10);
        Cluster.Advance(TimeSpan.FromSeconds(30));
        SlurmSchedulerPlace.Exits(job, 0);

        Assert.Equal(JobState.Completed, Assert.Single(await _place.Poll(monitor, job)).State);
    }

    [Fact]
    public async Task Accounting_that_is_behind_is_waited_for()
    {
        Cluster.Site.MinJobAge = 2;
        Cluster.Site.AccountingLag = 90;
        var (monitor, job) = await _place.Running(seconds: 10);
        Cluster.Advance(TimeSpan.FromSeconds(20));
        Cluster.EndNow(static _ => true, "COMPLETED");
        _place.FilesAreQuiet();
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
        var (monitor, job) = await _place.Running(seconds: 10);
        Cluster.State.FalseWitnesses.Add(new("sacct", "a", "RUNNING"));
        Cluster.Advance(TimeSpan.FromMinutes(5));
        _place.FilesAreQuiet();
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
        var (monitor, job) = await _place.Running(seconds: 10);
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
        var (monitor, job) = await _place.Running(seconds: 10);
        Cluster.Advance(TimeSpan.FromSeconds(30));
        _place.FilesAreQuiet();
        var gone = Cluster.Now;

        var end = Assert.Single(await _place.News(monitor, [job], polls: 40));

        Assert.Equal((JobState.Lost, "LOST"), (end.State, end.Reason));
        Assert.InRange((Cluster.Now - gone).TotalSeconds, 120, 150);
        Assert.Contains("neither squeue nor sacct", end.LastLines![^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accounting_that_hangs_holds_up_nothing_but_what_only_it_knows()
    {
        var (monitor, job) = await _place.Running();
        Cluster.Fails(FaultKind.AccountingHung, times: 1);
        Cluster.EndNow(static _ => true, "CANCELLED");
        SlurmSchedulerPlace.Exits(job, null, 15);

        Assert.Equal((JobState.Cancelled, "CANCELLED"), await _place.News(monitor, [job]) is [var end] ? (end.State, end.Reason) : default);
        Assert.Contains(monitor.Sight!.Witnesses, static w => w is { Name: "sacct", Trouble: not null });
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
}
