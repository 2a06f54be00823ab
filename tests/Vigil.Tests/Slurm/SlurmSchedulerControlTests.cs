using System.Collections.Immutable;
using FakeSlurm;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;
using Vigil.Schedulers;
using Vigil.Schedulers.Slurm;

namespace Vigil.Tests.Slurm;

public sealed class SlurmSchedulerControlTests : IDisposable
{
    private readonly SlurmSchedulerPlace _place = new();

    public void Dispose() => _place.Dispose();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
    private FakeCluster Cluster => _place.Cluster;

    private IEnumerable<string> Cancellations => _place.Site.Said.Where(static s => s.StartsWith("scancel", StringComparison.Ordinal));

    [Fact]
    public async Task A_cancelled_job_is_gone_when_Slurm_says_so_and_not_when_scancel_does()
    {
        var (monitor, job) = await _place.Running();

        Assert.IsType<EffectResult.Done>(await monitor.CancelAsync(job, Stop));
        Assert.Equal($"scancel {job.Job}", Assert.Single(Cancellations));
        SlurmSchedulerPlace.Exits(job, null, 15);
        Assert.Equal(JobState.Cancelled, Assert.Single(await _place.News(monitor, [job])).State);
    }

    [Fact]
    public async Task A_job_that_has_ended_needs_no_scancel()
    {
        var (monitor, job) = await _place.Running();
        Cluster.EndNow(static _ => true, "COMPLETED");
        SlurmSchedulerPlace.Exits(job, 0);
        await _place.News(monitor, [job]);

        Assert.IsType<EffectResult.Done>(await monitor.CancelAsync(job, Stop));
        Assert.Empty(Cancellations);
    }

    [Fact]
    public async Task A_job_is_never_cancelled_by_its_number_alone()
    {
        var job = SlurmSchedulerPlace.Request(_place.Run("a"), job: "500");
        Cluster.AddForeignJob(Cluster.Site.User, "somebody's", comment: "vigil:ffffffffffffffffffff", id: 500);

        Assert.IsType<EffectResult.Done>(await _place.Monitor().CancelAsync(job, Stop));

        Assert.Empty(Cancellations);
    }

    [Theory]
    [InlineData("vigil's own")]
    [InlineData("dropped")]
    public async Task A_successor_cancels_what_another_monitor_submitted(string comments)
    {
        var (_, job) = await _place.Running();
        if (comments == "dropped") Cluster.Jobs[0].Comment = null;

        Assert.IsType<EffectResult.Done>(await _place.Monitor().CancelAsync(job, Stop));

        Assert.Single(Cancellations);
    }

    [Fact]
    public async Task A_successor_that_cancels_many_jobs_at_once_asks_squeue_once()
    {
        var before = _place.Monitor();
        List<JobRequest> jobs = [];
        foreach (var name in (string[])["a", "b", "c"]) jobs.Add(await SlurmSchedulerPlace.StartSingle(before, _place.Single(name)));
        var successor = _place.Monitor();
        _place.Site.Said.Clear();
        var answers = new TaskCompletionSource();
        _place.Site.Answers = answers.Task;

        var cancels = jobs.Select(job => successor.CancelAsync(job, Stop).AsTask()).ToList();
        answers.SetResult();

        Assert.All(await Task.WhenAll(cancels), static r => Assert.IsType<EffectResult.Done>(r));
        Assert.Single(_place.Site.Said, static s => s.StartsWith("squeue", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_array_that_waits_beside_it_is_not_taken_for_the_job()
    {
        var job = await SlurmSchedulerPlace.StartSingle(_place.Monitor(), _place.Single("a"));
        var rows = string.Concat(new[] { (Id: "7_[0-9]", Name: "somebody's"), (Id: job.Job!.Value.Value, Name: "a") }
            .Select(static r => string.Join(SlurmText.Unit, r.Id, "9", "PENDING", "0", "", "", "", "", "", r.Name, "(null)") + SlurmText.Record));
        _place.Site.Canned["squeue"] = new([new(0, rows, "")]);

        Assert.IsType<EffectResult.Done>(await _place.Monitor().CancelAsync(job, Stop));

        Assert.Single(Cancellations);
    }

    [Fact]
    public async Task An_empty_answer_does_not_let_a_cancellation_be_forgotten()
    {
        var (_, job) = await _place.Running();
        var successor = _place.Monitor();
        Cluster.Fails(FaultKind.EmptyQueue, times: 1);

        Assert.True(Assert.IsType<EffectResult.Refused>(await successor.CancelAsync(job, Stop)).Retryable);
        Assert.IsType<EffectResult.Done>(await successor.CancelAsync(job, Stop));
        Assert.Single(Cancellations);
    }

    [Fact]
    public async Task While_the_controller_is_down_a_cancellation_waits_and_the_next_ones_do_not_ask()
    {
        var (monitor, job) = await _place.Running();
        Cluster.Fails(FaultKind.Down);

        for (var i = 0; i < 5; i++) Assert.True(Assert.IsType<EffectResult.Refused>(await monitor.CancelAsync(job, Stop)).Retryable);
        Assert.Single(Cancellations);

        Cluster.Heal();
        Cluster.Advance(TimeSpan.FromSeconds(6));
        Assert.IsType<EffectResult.Done>(await monitor.CancelAsync(job, Stop));
    }

    [Fact]
    public async Task A_thousand_cancellations_at_once_are_a_handful_of_calls_and_each_has_its_own_answer()
    {
        Cluster.Ends(new("*") { Seconds = null });
        Cluster.Site.MaxArraySize = 2000;
        var monitor = _place.Monitor();
        var jobs = await SlurmSchedulerPlace.Start(monitor, _place.Array("b", [.. Enumerable.Range(0, 1000).Select(i => _place.Run($"r{i}"))]));
        await _place.Poll(monitor, jobs);

        var results = await Task.WhenAll(jobs.Select(job => monitor.CancelAsync(job, Stop).AsTask()));

        Assert.All(results, static r => Assert.IsType<EffectResult.Done>(r));
        Assert.InRange(Cancellations.Count(), 2, 12);
        Assert.All(Cluster.Jobs, static j => Assert.True(j.HasEnded));
    }

    [Fact]
    public async Task In_one_call_for_several_jobs_a_refusal_concerns_the_jobs_that_it_names()
    {
        var monitor = _place.Monitor();
        var jobs = await SlurmSchedulerPlace.Start(monitor, _place.Array("b", _place.Run("x"), _place.Run("y"), _place.Run("z")));
        await _place.Poll(monitor, jobs);
        var refusal = $"Requested operation is presently disabled for job {jobs[1].Job}\n";
        _place.Site.Canned["scontrol"] = new(Enumerable.Repeat(new ProcessOutcome(1, "", refusal), 3));

        var results = await Task.WhenAll(jobs.Select(job => monitor.ChangeAsync(job, new JobChange.Requeue(), Stop).AsTask()));

        Assert.Equal([true, false, true], results.Select(static r => r is EffectResult.Done));
    }

    [Fact]
    public async Task A_cancellation_that_a_killed_controller_forgot_is_sent_again()
    {
        var (monitor, job) = await _place.Running();
        _place.Site.Canned["scancel"] = new([new ProcessOutcome(0, "", "")]);
        await monitor.CancelAsync(job, Stop);
        for (var i = 0; i < 3; i++) await _place.Poll(monitor, job);
        Assert.Single(Cancellations);

        Cluster.Advance(TimeSpan.FromSeconds(60));
        await _place.Poll(monitor, job);

        Assert.Equal(2, Cancellations.Count());
        Assert.True(Cluster.Jobs[0].HasEnded);
    }

    public static TheoryData<string> Changes => ["hold", "release", "requeue", "time-limit", "exclude-nodes"];

    private static JobChange Change(string name) => name switch
    {
        "hold" => new JobChange.Hold(),
        "release" => new JobChange.Release(),
        "requeue" => new JobChange.Requeue(),
        "time-limit" => new JobChange.TimeLimit(TimeSpan.FromSeconds(90.5 * 60)),
        _ => new JobChange.ExcludeNodes("n[1,3-4]"),
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Every_change_is_one_call_of_scontrol(string name)
    {
        var monitor = _place.Monitor();
        var held = name is "requeue" ? null : new SlurmOption("hold", null) as SlurmOption?;
        Cluster.Ends(new("a") { Seconds = null });
        var job = await SlurmSchedulerPlace.StartSingle(monitor, _place.Single("a", 0, [.. held is { } option ? [option] : ImmutableArray<SlurmOption>.Empty, new("requeue", null)]));
        Cluster.Advance(TimeSpan.FromSeconds(1));

        Assert.IsType<EffectResult.Done>(await monitor.ChangeAsync(job, Change(name), Stop));

        var said = Assert.Single(_place.Site.Said, static s => s.StartsWith("scontrol", StringComparison.Ordinal));
        Assert.Equal(name switch
        {
            "time-limit" => $"scontrol update JobId={job.Job} TimeLimit=91",
            "exclude-nodes" => $"scontrol update JobId={job.Job} ExcNodeList=n[1,3-4]",
            _ => $"scontrol {name} {job.Job}",
        }, said);
    }

    [Fact]
    public async Task A_refused_change_keeps_Slurms_words_and_is_not_tried_for_ever()
    {
        var (monitor, job) = await _place.Running(sbatch: new SlurmOption("no-requeue", null));
        _place.Site.Canned["scontrol"] = new([new(1, "", $"Requested operation is presently disabled for job {job.Job}\n")]);

        var refused = Assert.IsType<EffectResult.Refused>(await monitor.ChangeAsync(job, new JobChange.Requeue(), Stop));

        Assert.False(refused.Retryable);
        Assert.Contains("Requested operation is presently disabled", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_any_cluster_is_opened_the_caller_waits_as_long_as_it_wanted()
    {
        var before = TimeProvider.System.GetTimestamp();
        await new SlurmClusters(null, _ => _place.Monitor(), TimeProvider.System).WaitForNewsAsync(TimeSpan.FromMilliseconds(200), Stop);
        Assert.True(TimeProvider.System.GetElapsedTime(before) >= TimeSpan.FromMilliseconds(150), "it came back at once");
    }

    [Fact]
    public async Task A_requeue_of_which_nobody_knows_whether_it_arrived_is_not_asked_for_again()
    {
        var (monitor, job) = await _place.Running();
        _place.Site.Canned["scontrol"] = new([new ProcessOutcome(null, "", "no answer within 30 s")]);

        var refused = Assert.IsType<EffectResult.Refused>(await monitor.ChangeAsync(job, new JobChange.Requeue(), Stop));

        Assert.False(refused.Retryable);
        Assert.Contains("it is not known whether", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_go_to_the_cluster_that_they_name_and_answers_come_in_the_order_asked()
    {
        var (east, west) = (new SlurmSchedulerPlace(), new SlurmSchedulerPlace());
        using (east)
        using (west)
        {
            west.Cluster.State.NextId = 900;
            var both = new SlurmClusters(null, key => key.Cluster == "west" ? west.Monitor() : east.Monitor(), TimeProvider.System);
            Submission On(string? cluster, string name) => _place.Single(_place.Run(name) with { Slurm = new() { Cluster = cluster } });

            var outcomes = await both.SubmitAsync([On("west", "a"), On(null, "b"), On("west", "c")], Stop);

            Assert.Equal(["900", "1", "901"], outcomes.Select(static o => Assert.Single(Assert.IsType<SubmitOutcome.Accepted>(o).Jobs).Value));
            Assert.Equal(["a", "c"], west.Cluster.Jobs.Select(static j => j.Name));
        }
    }
}
