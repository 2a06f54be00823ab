using FakeSlurm;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;
using JobStates = FakeSlurm.JobStates;

namespace Vigil.Tests.Slurm;

/// <summary>Scenarios 23 and 24: clocks that jump, zones that differ, and two monitors.</summary>
public sealed class ScenarioClockTests : IDisposable
{
    private readonly ClusterLife _life = new();

    public void Dispose() => _life.Dispose();

    private FakeCluster Cluster => _life.Cluster;

    [Theory, Trait("scenario", "23")]
    [InlineData(-60)]
    [InlineData(60)]
    [InlineData(-1500)]
    [InlineData(1500)]
    public async Task A_clock_that_is_set_changes_neither_what_is_done_nor_how_often_anybody_is_asked(int minutes)
    {
        Cluster.Ends(new("a") { Seconds = 900 });
        _life.Plan(_life.Run("a"));
        var monitor = await _life.MonitorAsync();
        await monitor.UntilAsync<RunState.Running>("a");
        await monitor.ForAsync(TimeSpan.FromMinutes(5));
        var before = _life.Asked.Count;
        _life.Time.SetWallClock(TimeSpan.FromMinutes(minutes));

        await monitor.ForAsync(TimeSpan.FromMinutes(5));
        Assert.InRange(_life.Asked.Count - before, 4, 7);
        await monitor.UntilAsync<RunState.Finished>("a", TimeSpan.FromMinutes(20));

        Assert.Equal(new RunState.Finished(Outcome.Completed, null), _life.Of("a").State);
        Assert.Equal(1, _life.Sbatches);
        _life.AssertBudget();
    }

    [Theory, Trait("scenario", "23")]
    [InlineData(-60)]
    [InlineData(60)]
    public async Task A_clock_that_is_set_neither_shortens_nor_prolongs_the_time_of_doubt(int minutes)
    {
        _life.Plan(_life.Run("a"));
        Cluster.Fails(FaultKind.Hung, times: 1, command: "sbatch");
        var monitor = await _life.MonitorAsync();
        await monitor.TurnAsync();
        var tried = Cluster.Now;
        _life.Time.SetWallClock(TimeSpan.FromMinutes(minutes));

        await monitor.UntilAsync(_ => _life.Sbatches == 2, TimeSpan.FromMinutes(5));

        Assert.InRange((Cluster.Now - tried).TotalSeconds, _life.Settings.DoubtSeconds, 120);
        await monitor.UntilAsync<RunState.Finished>("a");
        Assert.Single(Cluster.Jobs);
    }

    [Fact, Trait("scenario", "23")]
    public async Task A_clock_that_is_set_back_does_not_keep_a_run_from_being_tried_again()
    {
        Cluster.Ends(new("a") { Seconds = 60, Run = 0 });
        _life.Plan(_life.Run("a") with { Restart = new(2, 60, [FailureCause.Infrastructure]) });
        var monitor = await _life.MonitorAsync();
        await monitor.UntilAsync<RunState.Running>("a");
        Cluster.CrashNode(Cluster.Jobs[0].NodeList[0]);
        await monitor.UntilAsync<RunState.Waiting>("a", TimeSpan.FromMinutes(10));
        var waits = Cluster.Now;
        _life.Time.SetWallClock(TimeSpan.FromHours(-3));

        await monitor.UntilAsync<RunState.Running>("a", TimeSpan.FromMinutes(10));

        Assert.InRange((Cluster.Jobs[1].Submitted - waits).TotalSeconds, 50, 130);
        await monitor.UntilAsync<RunState.Finished>("a");
        Assert.Equal(new RunState.Finished(Outcome.Completed, null), _life.Of("a").State);
    }

    [Theory, Trait("scenario", "23")]
    [InlineData("UTC")]
    [InlineData("Pacific/Auckland")]
    [InlineData("America/Los_Angeles")]
    public async Task Neither_midnight_nor_the_zone_of_the_login_node_hides_a_job_from_accounting(string zone)
    {
        _life.HomeZone = zone;
        // A quarter to midnight there, and the clocks change that night.
        Cluster.State.Now = new DateTimeOffset(2026, 3, 28, 23, 45, 0, TimeZoneInfo.FindSystemTimeZoneById(zone).GetUtcOffset(new DateTime(2026, 3, 28, 23, 45, 0))).ToUniversalTime();
        Cluster.Site.MinJobAge = 2;
        _life.Jobs.Amiss = static job => job.Name == "b" ? Lacks.Exit : Lacks.Nothing;
        Cluster.Ends(new("a") { Seconds = 1200 });
        Cluster.Ends(new("b") { Seconds = 1200, State = JobStates.Failed, ExitCode = 3 });
        _life.Plan(_life.Run("a"), _life.Run("b"));

        await _life.LiveAsync();

        Assert.Equal(new RunState.Finished(Outcome.Completed, null), _life.Of("a").State);
        Assert.Equal(new RunState.Finished(Outcome.Failed, "FAILED 3:0"), _life.Of("b").State);
        var attempt = _life.Of("b").Attempts.Single();
        Assert.Equal((Cluster.Jobs[1].Started, Cluster.Jobs[1].Ended), (attempt.Started, attempt.Ended));
        Assert.All(_life.Calls("sacct"), static a => Assert.Contains(" -S 2026-03-", a.Line, StringComparison.Ordinal));
    }

    [Theory, Trait("scenario", "23")]
    [InlineData(-4)]
    [InlineData(4)]
    public async Task A_login_node_whose_clock_is_off_by_minutes_finds_what_it_submitted(int minutes)
    {
        _life.Time.SetWallClock(TimeSpan.FromMinutes(minutes));
        Cluster.Site.MinJobAge = 2;
        Cluster.Site.DropsComments = true;
        Cluster.Ends(new("a") { Seconds = 5 });
        _life.Plan(_life.Run("a"));
        Assert.True(await _life.DiesAsync(static words => words[0] == "sbatch", Moment.After));
        _life.Pass(TimeSpan.FromMinutes(1));

        await _life.LiveAsync();

        Assert.Equal(1, _life.Sbatches);
        Assert.Equal(new RunState.Finished(Outcome.Completed, null), _life.Of("a").State);
    }

    [Fact, Trait("scenario", "24")]
    public async Task Of_two_monitors_on_two_login_nodes_the_second_one_sees_the_first_beat_and_leaves()
    {
        Cluster.Ends(new("*") { Seconds = 600 });
        _life.Plan(_life.Run("a"), _life.Run("b"));
        var first = await _life.MonitorAsync("login1");
        await first.TurnAsync();
        var (follow, inside) = (_life.Time.Waited, false);
        // While the second one looks at the lease, the first one goes on.
        _life.Time.Waited = () =>
        {
            follow();
            if (inside) return;
            inside = true;
            // Within the other's wait: virtual time has no other thread, so the turn has ended when the call returns.
            Assert.True(first.TurnAsync().GetAwaiter().GetResult());
            inside = false;
        };

        var second = await _life.TryMonitorAsync("login2", static _ => true);

        _life.Time.Waited = follow;
        Assert.Null(second);
        await first.UntilAsync(static s => s.AllFinished);
        Assert.Equal(2, _life.Sbatches);
        _life.AssertOnce();
    }

    [Fact, Trait("scenario", "24")]
    public async Task A_monitor_that_wakes_up_after_another_one_took_over_does_nothing_more()
    {
        Cluster.Ends(new("*") { Seconds = 600 });
        _life.Settings = _life.Settings with { MaxJobs = 1 };
        _life.Plan(_life.Run("a"), _life.Run("b"), _life.Run("c"));
        var first = await _life.MonitorAsync("login1");
        await first.UntilAsync<RunState.Running>("a");
        // Suspended for minutes, as a login node under load can be; the second one waits for its beat in vain.
        var second = Assert.IsType<LifeMonitor>(await _life.TryMonitorAsync("login2", static _ => true));

        first.Loop.Decide(new Observation.WishRead(_life.Time.GetUtcNow(), new("w", "user:ada", _life.Time.GetUtcNow(), new WishContent.Cancel([new("a")]))));
        var asked = _life.Asked.Count;
        Assert.False(await first.TurnAsync(), "the first one goes on");
        Assert.Equal(asked, _life.Asked.Count);
        Assert.Empty(_life.Events<RunEvent.CancelRequested>());

        await second.UntilAsync(static s => s.AllFinished);
        Assert.All(_life.State.Runs.Values, static r => Assert.Equal(new RunState.Finished(Outcome.Completed, null), r.State));
        Assert.Equal(3, _life.Sbatches);
        _life.AssertOnce();
    }
}
