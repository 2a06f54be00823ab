using FakeSlurm;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Tests.Slurm;

/// <summary>Scenarios 1 to 6: what happens around one <c>sbatch</c>.</summary>
public sealed class ScenarioSubmissionTests : IDisposable
{
    private readonly ClusterLife _life = new();

    public void Dispose() => _life.Dispose();

    private FakeCluster Cluster => _life.Cluster;

    private static bool IsSbatch(IReadOnlyList<string> words) => words[0] == "sbatch";

    private void ThenCompletedOnce(params string[] runs)
    {
        foreach (var run in runs)
        {
            Assert.Equal(new RunState.Finished(Outcome.Completed, null), _life.Of(run).State);
            Assert.Single(Cluster.Jobs, j => j.Name == run);
        }
        _life.AssertOnce();
        _life.AssertBudget();
    }

    private SubmittedJob Submitted(string run) =>
        _life.Events<RunEvent.EffectCompleted>().Select(static e => e.Result).OfType<EffectResult.Submitted>().SelectMany(static s => s.Jobs).Single(j => j.Attempt.Run.Value == run);

    [Fact, Trait("scenario", "1")]
    public async Task A_monitor_killed_before_sbatch_is_followed_by_one_that_looks_twice_and_submits_once()
    {
        _life.Plan(_life.Run("a"));
        Assert.True(await _life.DiesAsync(IsSbatch, Moment.Before));
        Assert.Empty(_life.OurJobs);
        var (died, before) = (Cluster.Now, _life.Asked.Count);

        await _life.LiveAsync();

        var asked = _life.Asked.Skip(before).ToList();
        var submitted = asked.FindIndex(static a => a.Line.StartsWith("sbatch ", StringComparison.Ordinal));
        Assert.True(asked[submitted].At - died >= TimeSpan.FromSeconds(_life.Settings.DoubtSeconds));
        // Both were asked when nothing could appear any more.
        foreach (var witness in (string[])["squeue ", "sacct "])
            Assert.Contains(asked.Take(submitted), a => a.Line.StartsWith(witness, StringComparison.Ordinal) && a.At - died >= TimeSpan.FromSeconds(_life.Settings.DoubtSeconds));
        Assert.Equal(1, _life.Sbatches);
        Assert.False(Submitted("a").Adopted);
        ThenCompletedOnce("a");
    }

    [Theory, Trait("scenario", "1")]
    [InlineData(FaultKind.AccountingDown)]
    [InlineData(FaultKind.Down)]
    public async Task While_one_of_the_two_does_not_answer_nothing_is_submitted_again(FaultKind fault)
    {
        _life.Plan(_life.Run("a"));
        await _life.DiesAsync(IsSbatch, Moment.Before);
        Cluster.Fails(fault);
        var monitor = await _life.MonitorAsync();

        await monitor.ForAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(0, _life.Sbatches);

        Cluster.Heal();
        await monitor.UntilAsync<RunState.Finished>("a");
        Assert.Equal(1, _life.Sbatches);
        ThenCompletedOnce("a");
    }

    [Theory, Trait("scenario", "2")]
    [InlineData("the job waits")]
    [InlineData("the job has ended and left squeue")]
    [InlineData("the same, and accounting keeps no comments")]
    [InlineData("the same, and it never claimed")]
    [InlineData("there is no accounting")]
    public async Task A_monitor_killed_after_sbatch_is_followed_by_one_that_adopts_the_job(string story)
    {
        _life.Plan(_life.Run("a"));
        if (story.StartsWith("the same", StringComparison.Ordinal) || story.Contains("left", StringComparison.Ordinal)) Cluster.Site.MinJobAge = 2;
        Cluster.Site.DropsComments = story.StartsWith("the same", StringComparison.Ordinal);
        Cluster.Site.HasNoAccounting = story == "there is no accounting";
        if (story.EndsWith("never claimed", StringComparison.Ordinal)) _life.Jobs.Amiss = static _ => Lacks.Claim;
        Assert.True(await _life.DiesAsync(IsSbatch, Moment.After));
        Assert.Single(_life.OurJobs);
        if (story != "the job waits") _life.Pass(TimeSpan.FromMinutes(4));

        await _life.LiveAsync();

        Assert.Equal(1, _life.Sbatches);
        Assert.True(Submitted("a").Adopted);
        Assert.Equal(Cluster.Jobs[0].ShownId, _life.Of("a").Attempts.Single().Job!.Value.Value);
        if (story.EndsWith("never claimed", StringComparison.Ordinal)) Assert.Equal(Outcome.Lost, Assert.IsType<RunState.Finished>(_life.Of("a").State).Outcome);
        else ThenCompletedOnce("a");
    }

    [Fact, Trait("scenario", "3")]
    public async Task A_submission_that_timed_out_although_it_was_accepted_is_adopted_and_not_repeated()
    {
        _life.Plan(_life.Run("a"));
        Cluster.Fails(FaultKind.AcceptThenTimeOut, times: 1, command: "sbatch");

        await _life.LiveAsync();

        Assert.Equal(1, _life.Sbatches);
        Assert.True(Submitted("a").Adopted);
        Assert.Contains("Socket timed out", _life.Events<RunEvent.EffectDeferred>()[0].Reason, StringComparison.Ordinal);
        ThenCompletedOnce("a");
    }

    [Fact, Trait("scenario", "4")]
    public async Task A_submission_that_timed_out_and_was_not_accepted_is_tried_again_ever_more_slowly_and_each_try_is_noted()
    {
        _life.Plan(_life.Run("a"));
        Cluster.Fails(FaultKind.Hung, times: 6, command: "sbatch");

        await _life.LiveAsync();

        Assert.Equal(7, _life.Sbatches);
        Assert.Equal(6, _life.Events<RunEvent.EffectDeferred>().Count(static d => d.Reason.Contains("Socket timed out", StringComparison.Ordinal)));
        var tries = _life.Calls("sbatch").Select(static a => a.At).ToList();
        var gaps = tries.Zip(tries.Skip(1), static (a, b) => (b - a).TotalSeconds).ToList();
        Assert.All(gaps, gap => Assert.InRange(gap, _life.Settings.DoubtSeconds, 180));
        Assert.True(gaps[^1] > gaps[0]);
        ThenCompletedOnce("a");
    }

    [Fact, Trait("scenario", "5")]
    public async Task While_the_controller_is_down_nothing_ends_and_nothing_is_submitted_and_it_is_said()
    {
        Cluster.Ends(new("a") { Seconds = 300 });
        _life.Plan(_life.Run("a"), _life.Run("b") with { DependsOn = [new("a")] });
        var monitor = await _life.MonitorAsync();
        await monitor.UntilAsync<RunState.Running>("a");
        // Accounting goes on saying what it knew.
        Cluster.State.FalseWitnesses.Add(new("sacct", "a", "RUNNING"));
        Cluster.Fails(FaultKind.Down);
        var before = _life.Asked.Count;

        await monitor.ForAsync(TimeSpan.FromMinutes(20));

        Assert.True(Cluster.Jobs[0].HasEnded);
        Assert.IsType<RunState.Running>(_life.Of("a").State);
        Assert.Empty(_life.Events<RunEvent.AttemptEnded>());
        Assert.Contains("Unable to contact slurm controller", monitor.Witness("squeue").Trouble, StringComparison.Ordinal);
        Assert.NotNull(monitor.Witness("squeue").Answered);
        // One look a minute, as when nothing changes.
        Assert.InRange(_life.Asked.Count - before, 15, 30);

        Cluster.Heal();
        await monitor.UntilAsync(static s => s.AllFinished);
        Assert.Equal(2, _life.Sbatches);
        ThenCompletedOnce("a", "b");
    }

    [Fact, Trait("scenario", "5")]
    public async Task What_is_to_be_submitted_while_the_controller_is_down_waits_and_is_submitted_once()
    {
        _life.Plan(_life.Run("a"), _life.Run("b"), _life.Run("c"));
        Cluster.Fails(FaultKind.Down);
        var monitor = await _life.MonitorAsync();

        await monitor.ForAsync(TimeSpan.FromMinutes(10));
        Assert.All(_life.State.Runs.Values, static r => Assert.IsType<RunState.Submitting>(r.State));
        Assert.InRange(_life.Asked.Count, 5, 60);

        Cluster.Heal();
        await monitor.UntilAsync(static s => s.AllFinished);
        ThenCompletedOnce("a", "b", "c");
    }

    [Theory, Trait("scenario", "6")]
    [InlineData("partition", "nosuch", "Invalid partition name specified", "slurm.sbatch.partition")]
    [InlineData("account", "nosuch", "Invalid account", "slurm.sbatch.account")]
    [InlineData("qos", "nosuch", "Invalid qos specification", "slurm.sbatch.qos")]
    [InlineData("time", "60", "QOSMaxWallDurationPerJobLimit", "slurm.sbatch.time")]
    [InlineData("gpus-per-node", "99", "Requested node configuration is not available", "gres")]
    public async Task A_run_that_is_refused_for_good_fails_with_Slurms_words_and_does_not_stop_the_others(string option, string value, string words, string remedy)
    {
        SlurmOption[] options = option == "time" ? [new("qos", "brief"), new("time", value)] : [new(option, value)];
        _life.Plan(_life.Run("a"), _life.Run("bad", options), _life.Run("c"));

        await _life.LiveAsync();

        var end = Assert.IsType<RunState.Finished>(_life.Of("bad").State);
        Assert.Equal(Outcome.Failed, end.Outcome);
        Assert.StartsWith("SUBMIT: sbatch refused", end.Reason, StringComparison.Ordinal);
        Assert.Contains(words, end.Reason, StringComparison.Ordinal);
        Assert.Contains(remedy, end.Reason, StringComparison.Ordinal);
        // Never tried again.
        Assert.Equal(3, _life.Sbatches);
        ThenCompletedOnce("a", "c");
    }
}
