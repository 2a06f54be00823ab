using FakeSlurm;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;
using JobStates = FakeSlurm.JobStates;

namespace Vigil.Tests.Slurm;

/// <summary>Scenarios 13 to 16 and 19: witnesses that are silent, late, wrong or speak words that nobody knows.</summary>
public sealed class ScenarioWitnessTests : IDisposable
{
    private readonly ClusterLife _life = new();

    public void Dispose() => _life.Dispose();

    private FakeCluster Cluster => _life.Cluster;

    private async Task<LifeMonitor> RunningAsync(double? seconds = null)
    {
        Cluster.Ends(new("a") { Seconds = seconds });
        _life.Plan(_life.Run("a"));
        var monitor = await _life.MonitorAsync();
        await monitor.UntilAsync<RunState.Running>("a");
        return monitor;
    }

    private void ThenNothingEnded()
    {
        Assert.IsType<RunState.Running>(_life.Of("a").State);
        Assert.Empty(_life.Events<RunEvent.AttemptEnded>());
        Assert.Equal(1, _life.Sbatches);
    }

    private RunState.Finished End() => Assert.IsType<RunState.Finished>(_life.Of("a").State);

    [Theory, Trait("scenario", "13")]
    [InlineData(FaultKind.EmptyQueue, 1)]
    [InlineData(FaultKind.EmptyQueue, 2)]
    [InlineData(FaultKind.OnlyOtherUsers, 2)]
    [InlineData(FaultKind.Garbled, 2)]
    public async Task An_answer_of_squeue_without_the_job_changes_nothing(FaultKind fault, int times)
    {
        var monitor = await RunningAsync();
        Cluster.AddForeignJob("bob", "his");
        Cluster.Fails(fault, times, command: "squeue");
        Cluster.Fails(FaultKind.EmptyAccounting, times);
        var looks = _life.Calls("squeue").Count();

        await monitor.UntilAsync(_ => _life.Calls("squeue").Count() >= looks + times + 3);

        ThenNothingEnded();
        Assert.Equal(0, Cluster.State.Faults.Count(f => f.Kind == fault));
        // Accounting was asked before anybody drew a conclusion.
        Assert.NotEmpty(_life.Calls("sacct"));
        Cluster.EndNow(static j => j.Name == "a", JobStates.Completed);
        await monitor.UntilAsync<RunState.Finished>("a");
        Assert.Equal(Outcome.Completed, End().Outcome);
    }

    [Fact, Trait("scenario", "13")]
    public async Task Both_witnesses_silent_for_long_are_not_believed_while_the_job_still_writes()
    {
        var monitor = await RunningAsync();
        Cluster.Fails(FaultKind.EmptyQueue);
        Cluster.Fails(FaultKind.EmptyAccounting);

        await monitor.ForAsync(TimeSpan.FromMinutes(45));

        ThenNothingEnded();
    }

    [Theory, Trait("scenario", "14")]
    [InlineData("accounting", JobStates.Completed, 0, Outcome.Completed, null)]
    [InlineData("accounting", JobStates.Failed, 3, Outcome.Failed, "FAILED")]
    [InlineData("accounting", "OUT_OF_MEMORY", 0, Outcome.Failed, "OUT_OF_MEMORY")]
    [InlineData("no accounting", JobStates.Completed, 0, Outcome.Completed, null)]
    [InlineData("no accounting", JobStates.Failed, 3, Outcome.Failed, "FAILED")]
    [InlineData("accounting alone", JobStates.Failed, 3, Outcome.Failed, "FAILED 3:0")]
    [InlineData("nothing at all", JobStates.Failed, 3, Outcome.Lost, "LOST")]
    public async Task A_job_that_left_squeue_between_two_looks_ends_as_the_other_witnesses_say(string left, string word, int code, Outcome outcome, string? reason)
    {
        Cluster.Site.MinJobAge = 2;
        Cluster.Site.HasNoAccounting = left is "no accounting" or "nothing at all";
        if (left is "accounting alone" or "nothing at all") _life.Jobs.Amiss = static _ => Lacks.Exit;
        var monitor = await RunningAsync();
        await monitor.ForAsync(TimeSpan.FromMinutes(10));   // looks are a minute apart by now
        Cluster.EndNow(static j => j.Name == "a", word, code);
        _life.Pass(TimeSpan.FromSeconds(5));
        Assert.True(Cluster.Jobs[0].Purged);
        var ended = Cluster.Now;

        await monitor.UntilAsync<RunState.Finished>("a");

        Assert.Equal(new RunState.Finished(outcome, reason), _life.Of("a").State);
        Assert.Equal(left is "accounting" or "no accounting" && word != "OUT_OF_MEMORY" ? code : null, word == "OUT_OF_MEMORY" ? null : _life.Of("a").Attempts.Single().ExitCode);
        if (outcome is Outcome.Lost) Assert.True(Cluster.Now - ended > TimeSpan.FromSeconds(120));
        Assert.Equal(1, _life.Sbatches);
    }

    [Fact, Trait("scenario", "15")]
    public async Task Without_accounting_for_a_while_squeue_and_the_jobs_own_word_are_enough_and_its_age_is_told()
    {
        Cluster.Ends(new("c") { Seconds = null });
        Cluster.Ends(new("b") { Seconds = 400 });
        Cluster.Ends(new("a") { Seconds = 100 });
        _life.Jobs.Amiss = static job => job.Name == "c" ? Lacks.Exit : Lacks.Nothing;
        _life.Plan(_life.Run("a"), _life.Run("b"), _life.Run("c"));
        var monitor = await _life.MonitorAsync();
        await monitor.UntilAsync<RunState.Running>("c");
        await monitor.Scheduler.FindAsync([], TestContext.Current.CancellationToken);
        Cluster.Fails(FaultKind.AccountingDown);

        await monitor.UntilAsync<RunState.Finished>("b");
        Assert.Equal(Outcome.Completed, Assert.IsType<RunState.Finished>(_life.Of("a").State).Outcome);
        Assert.Equal(Outcome.Completed, Assert.IsType<RunState.Finished>(_life.Of("b").State).Outcome);

        // Only of what left no word of its own accounting is asked.
        Assert.Empty(_life.Calls("sacct"));
        Cluster.EndNow(static j => j.Name == "c", JobStates.Failed, exitCode: 4);
        await monitor.UntilAsync<RunState.Finished>("c");
        Assert.Equal(new RunState.Finished(Outcome.Failed, "FAILED"), _life.Of("c").State);
        Assert.Contains("Connection refused", monitor.Witness("sacct").Trouble, StringComparison.Ordinal);
        Assert.Null(monitor.Witness("sacct").Answered);
        _life.AssertBudget();
    }

    [Theory, Trait("scenario", "16")]
    [InlineData("it left its word")]
    [InlineData("it left none")]
    public async Task Accounting_that_is_behind_is_waited_for_unless_the_job_itself_has_spoken(string word)
    {
        Cluster.Site.MinJobAge = 2;
        Cluster.Site.AccountingLag = 400;
        if (word == "it left none") _life.Jobs.Amiss = static _ => Lacks.Exit;
        var monitor = await RunningAsync(seconds: 600);
        await monitor.UntilAsync(_ => Cluster.Jobs[0].HasEnded);
        var ended = Cluster.Now;

        if (word == "it left none")
        {
            await monitor.ForAsync(TimeSpan.FromSeconds(300));
            ThenNothingEnded();
        }
        await monitor.UntilAsync<RunState.Finished>("a");

        if (word == "it left none") Assert.Equal(Outcome.Lost, End().Outcome);   // COMPLETED alone is not believed
        else Assert.Equal((Outcome.Completed, true), (End().Outcome, Cluster.Now - ended < TimeSpan.FromSeconds(120)));
        Assert.Equal(1, _life.Sbatches);
        _life.AssertBudget();
    }

    [Fact, Trait("scenario", "16")]
    public async Task Accounting_that_hangs_keeps_nobody_waiting_for_longer_than_our_own_limit()
    {
        Cluster.Site.MinJobAge = 2;
        Cluster.Fails(new Fault(FaultKind.Slow) { Command = "sacct", Seconds = 61, Times = 3 });
        var monitor = await RunningAsync(seconds: 100);

        await monitor.UntilAsync<RunState.Finished>("a", TimeSpan.FromMinutes(10));

        Assert.Equal(Outcome.Completed, End().Outcome);
    }

    [Theory, Trait("scenario", "19")]
    [InlineData("SUSPENDED")]
    [InlineData("CONFIGURING")]
    [InlineData("COMPLETING")]
    [InlineData("SPECIAL_EXIT")]
    [InlineData("RESV_DEL_HOLD")]
    [InlineData("STAGE_OUT")]
    [InlineData("REVOKED")]
    [InlineData("REQUEUE_HOLD")]
    [InlineData("SIGNALING")]
    [InlineData("RESIZING")]
    [InlineData("STOPPED")]
    [InlineData("COMPLETED,COMPLETING")]
    [InlineData("HIBERNATING")]
    public async Task A_state_that_is_not_final_ends_nothing(string word)
    {
        var monitor = await RunningAsync();
        Cluster.State.FalseWitnesses.Add(new("squeue", "a", word));

        await monitor.ForAsync(TimeSpan.FromMinutes(20));

        ThenNothingEnded();
        Assert.Equal(word, monitor.Scheduler.Sight!.Jobs[Cluster.Jobs[0].ShownId].State);
        Assert.Equal(word == "HIBERNATING", monitor.Witness("squeue").Trouble?.Contains("HIBERNATING", StringComparison.Ordinal) == true);
        Cluster.Heal();
        Cluster.EndNow(static j => j.Name == "a", JobStates.Completed);
        await monitor.UntilAsync<RunState.Finished>("a");
        Assert.Equal(Outcome.Completed, End().Outcome);
        _life.AssertBudget();
    }

    [Fact, Trait("scenario", "19"), Trait("scenario", "37")]
    public async Task A_job_that_is_long_in_leaving_its_nodes_is_not_over_before_and_its_successor_waits()
    {
        Cluster.Site.CompletingSeconds = 300;
        _life.Plan(_life.Run("a") with { Restart = new(2, 1, [FailureCause.Timeout]) });
        Cluster.Ends(new("a") { Seconds = 100, Run = 0, State = JobStates.TimedOut });
        var monitor = await _life.MonitorAsync();

        await monitor.UntilAsync(static s => s.Runs["a"].Attempts.Length == 2);

        Assert.True(Cluster.Now >= Cluster.Jobs[0].CompletingUntil);
        Assert.Equal(2, _life.Of("a").Attempts.Length);
    }
}
