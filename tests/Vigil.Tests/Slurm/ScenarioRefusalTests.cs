using FakeSlurm;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Tests.Slurm;

/// <summary>Scenarios 7 to 11: a cluster that takes fewer jobs, slower, or never starts them.</summary>
public sealed class ScenarioRefusalTests : IDisposable
{
    private readonly ClusterLife _life = new();

    public void Dispose() => _life.Dispose();

    private FakeCluster Cluster => _life.Cluster;

    private void AllCompletedOnce()
    {
        Assert.All(_life.State.Runs.Values, static r => Assert.Equal(new RunState.Finished(Outcome.Completed, null), r.State));
        Assert.Equal(_life.Runs.Length, _life.OurJobs.Count());
        _life.AssertOnce();
        _life.AssertBudget();
    }

    [Theory, Trait("scenario", "7")]
    [InlineData("AssocMaxSubmitJobLimit")]
    [InlineData("QOSMaxSubmitJobPerUserLimit")]
    [InlineData("MaxJobCount")]
    public async Task A_full_queue_is_fed_as_jobs_end_in_the_order_of_their_priorities(string limit)
    {
        if (limit == "AssocMaxSubmitJobLimit") Cluster.Site.MaxSubmit = 3;
        if (limit == "MaxJobCount") (Cluster.Site.MaxJobCount, Cluster.Site.MinJobAge) = (3, 2);
        SlurmOption[] options = limit == "QOSMaxSubmitJobPerUserLimit" ? [new("qos", "limited")] : [];
        _life.Plan([.. Enumerable.Range(0, 9).Select(i => _life.Run($"r{i}", options) with { Priority = i })]);

        await _life.LiveAsync(TimeSpan.FromHours(6));

        // Where sbatch waits in vain for a full controller, its submission is in doubt until both witnesses have been asked, and others go before it.
        string[] order = ["r8", "r7", "r6", "r5", "r4", "r3", "r2", "r1", "r0"];
        Assert.Equal(limit == "MaxJobCount" ? order[..3] : order, Cluster.Jobs.Select(static j => j.Name).Take(limit == "MaxJobCount" ? 3 : 9));
        Assert.InRange(_life.Calls("sbatch").Count(), 9, 60);
        AllCompletedOnce();
    }

    [Theory, Trait("scenario", "7")]
    [InlineData(FaultKind.TemporarilyUnable, 1)]
    [InlineData(FaultKind.StaysUnable, 2)]
    public async Task Slurm_that_is_temporarily_unable_to_take_a_job_takes_it_once(FaultKind fault, int sbatches)
    {
        _life.Plan(_life.Run("a"));
        Cluster.Fails(fault, times: 1);

        await _life.LiveAsync();

        Assert.Equal(sbatches, _life.Sbatches);
        AllCompletedOnce();
    }

    [Fact, Trait("scenario", "8")]
    public async Task A_rate_limit_halves_what_is_asked_and_nothing_is_lost()
    {
        _life.Plan([.. Enumerable.Range(0, 60).Select(i => _life.Run($"r{i}"))]);
        Cluster.Fails(new Fault(FaultKind.RateLimited) { Times = 1, Command = "sbatch", Spares = 20 });

        await _life.LiveAsync();

        var limited = _life.Calls("sbatch").ElementAt(20).At;
        var minute = _life.Asked.Count(a => a.At > limited && a.At <= limited + TimeSpan.FromSeconds(60));
        Assert.InRange(minute, 15, 33);
        AllCompletedOnce();
    }

    [Fact, Trait("scenario", "8")]
    public async Task A_cancel_does_not_wait_behind_what_the_rate_limit_holds_back()
    {
        Cluster.Ends(new("*") { Seconds = 3600 });
        _life.Plan(_life.Run("a"));
        var monitor = await _life.MonitorAsync();
        await monitor.UntilAsync<RunState.Running>("a");
        Cluster.Fails(FaultKind.RateLimited, times: 3, command: "squeue");
        await monitor.UntilAsync(s => monitor.Witness("squeue").Trouble?.Contains("Rate limit", StringComparison.Ordinal) == true);
        _life.Drop(new WishContent.Cancel([new("a")]));
        var wished = Cluster.Now;

        await monitor.UntilAsync<RunState.Finished>("a");

        Assert.InRange((Assert.Single(_life.Calls("scancel")).At - wished).TotalSeconds, 0, 5);
        Assert.Equal(new RunState.Finished(Outcome.Cancelled, "CANCELLED"), _life.Of("a").State);
        _life.AssertBudget();
    }

    [Theory, Trait("scenario", "8")]
    [InlineData(5)]
    [InlineData(30)]
    public async Task Slurms_own_rate_limit_is_never_reached(int bucket)
    {
        (Cluster.Site.RateBucket, Cluster.Site.RateRefill) = (bucket, 2);
        _life.Plan([.. Enumerable.Range(0, 40).Select(i => _life.Run($"r{i}"))]);

        await _life.LiveAsync();

        // With Slurm's default of 30 never; with a stricter one only in the first burst.
        Assert.InRange(Cluster.Calls.GetValueOrDefault("rate-limited"), 0, bucket == 30 ? 0 : 10);
        AllCompletedOnce();
    }

    [Theory, Trait("scenario", "9")]
    [InlineData("nodes", "9", "PartitionNodeLimit")]
    [InlineData("partition", "closed", "PartitionDown")]
    [InlineData("cpus-per-task", "99", "PartitionConfig")]
    [InlineData("partition", "short", "PartitionTimeLimit")]
    [InlineData("dependency", "afterok:7", "DependencyNeverSatisfied")]
    public async Task A_job_that_was_accepted_and_can_never_run_is_called_stuck_after_a_while_and_once(string option, string value, string reason)
    {
        _life.Settings = _life.Settings with { StuckAfterSeconds = 600 };
        Cluster.AddForeignJob("bob", "his", id: 7);
        Cluster.EndNow(static j => j.Name == "his", "FAILED", exitCode: 1);
        _life.Plan(reason == "PartitionTimeLimit" ? _life.Run("a", new(option, value), new("time", "10:00:00")) : _life.Run("a", new SlurmOption(option, value)));
        var monitor = await _life.MonitorAsync();

        await monitor.ForAsync(TimeSpan.FromMinutes(9));
        Assert.Empty(_life.Events<RunEvent.JobStuck>());
        await monitor.ForAsync(TimeSpan.FromMinutes(30));

        Assert.Equal(reason, Assert.Single(_life.Events<RunEvent.JobStuck>()).Reason);
        Assert.Equal(reason, _life.Of("a").Attempts.Single().Stuck);
        // It is said, and nothing is done behind anybody's back.
        Assert.IsType<RunState.Queued>(_life.Of("a").State);
        Assert.Equal(1, _life.Sbatches);
        Assert.Empty(_life.Calls("scancel"));
    }

    [Fact, Trait("scenario", "9")]
    public async Task A_stuck_job_whose_obstacle_goes_runs_and_is_stuck_no_more()
    {
        _life.Settings = _life.Settings with { StuckAfterSeconds = 600 };
        Cluster.Ends(new("a") { Seconds = 600 });
        _life.Plan(_life.Run("a", new SlurmOption("partition", "closed")));
        var monitor = await _life.MonitorAsync();
        await monitor.UntilAsync(static s => s.Runs["a"].Attempts is [{ Stuck: not null }]);

        var closed = Cluster.Site.Partitions.FindIndex(static p => p.Name == "closed");
        Cluster.Site.Partitions[closed] = Cluster.Site.Partitions[closed] with { IsDown = false };
        await monitor.UntilAsync<RunState.Running>("a");

        Assert.Null(_life.Of("a").Attempts.Single().Stuck);
        await monitor.UntilAsync<RunState.Finished>("a");
        AllCompletedOnce();
    }

    [Fact, Trait("scenario", "10")]
    public async Task An_array_that_is_larger_than_the_cluster_allows_is_split_until_it_fits()
    {
        Cluster.Site.MaxArraySize = 101;
        Cluster.Site.CpusPerNode = 256;
        _life.Runs = _life.Sweep(250);

        await _life.LiveAsync();

        // 250 → 125, 125 → 62, 63, 62, 63.
        Assert.Equal(7, _life.Sbatches);
        Assert.Equal(4, _life.OurJobs.Select(static j => j.ArrayId).Distinct().Count());
        AllCompletedOnce();
    }

    [Theory, Trait("scenario", "10")]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_split_that_was_accepted_in_part_is_resumed_and_no_task_is_repeated(int sbatch)
    {
        Cluster.Site.MaxArraySize = 101;
        Cluster.Site.CpusPerNode = 256;
        _life.Runs = _life.Sweep(250);
        var calls = 0;
        Assert.True(await _life.DiesAsync(words => words[0] == "sbatch" && ++calls == sbatch, Moment.After));

        await _life.LiveAsync();

        AllCompletedOnce();
    }

    [Fact, Trait("scenario", "10")]
    public async Task Arrays_wait_for_a_queue_that_takes_only_some_of_their_tasks()
    {
        Cluster.Site.MaxSubmit = 30;
        _life.Settings = _life.Settings with { ArraySize = 20 };
        _life.Runs = _life.Sweep(100);

        await _life.LiveAsync(TimeSpan.FromHours(6));

        AllCompletedOnce();
    }

    [Theory, Trait("scenario", "11")]
    [InlineData(FaultKind.Noise, "Welcome to the cluster!\n42 nodes are down\nSubmitted batch job of the day: none")]
    [InlineData(FaultKind.ClusterSuffix, "")]
    public async Task What_a_site_prints_around_the_id_does_not_matter(FaultKind fault, string text)
    {
        _life.Plan(_life.Run("a"), _life.Run("b"));
        Cluster.State.NextId = 1234;
        Cluster.Fails(new Fault(fault) { Text = text });

        await _life.LiveAsync();

        Assert.Equal(2, _life.Sbatches);
        Assert.Equal(["1234", "1235"], _life.State.Runs.Values.Select(static r => r.Attempts.Single().Job!.Value.Value));
        AllCompletedOnce();
    }

    [Fact, Trait("scenario", "11")]
    public async Task An_answer_that_names_no_job_is_a_doubt_whose_text_is_kept()
    {
        _life.Plan(_life.Run("a"));
        var monitor = await _life.MonitorAsync();
        monitor.Site.Rewritten["sbatch"] = new([static _ => "thank you, come again\n"]);

        await monitor.UntilAsync<RunState.Finished>("a");

        Assert.Equal(1, _life.Sbatches);
        Assert.Contains("thank you, come again", _life.Events<RunEvent.EffectDeferred>()[0].Reason, StringComparison.Ordinal);
        AllCompletedOnce();
    }
}
