using FakeSlurm;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;
using Vigil.Schedulers;

namespace Vigil.Tests.Slurm;

public sealed class SlurmSchedulerSubmissionTests : IDisposable
{
    private readonly SlurmSchedulerPlace _place = new();

    public void Dispose() => _place.Dispose();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
    private FakeCluster Cluster => _place.Cluster;
    private int Sbatches => Cluster.Calls.GetValueOrDefault("sbatch");

    private async Task<SubmitOutcome> Submit(Submission submission) => await SlurmSchedulerPlace.Submit(_place.Monitor(), submission);

    [Fact]
    public async Task A_run_becomes_a_job_of_its_name_with_the_token_in_its_comment()
    {
        var submission = _place.Single("a");

        var accepted = Assert.IsType<SubmitOutcome.Accepted>(await Submit(submission));

        var job = Assert.Single(Cluster.Jobs);
        Assert.Equal(job.ShownId, Assert.Single(accepted.Jobs).Value);
        Assert.Equal(("a", submission.Token, submission.ScriptPath), (job.Name, job.Comment, job.Command));
    }

    [Fact]
    public async Task An_array_is_one_call_and_its_tasks_are_its_members_in_order()
    {
        var submission = _place.Array("b1", _place.Run("x"), _place.Run("y"), _place.Run("z"));

        var accepted = Assert.IsType<SubmitOutcome.Accepted>(await Submit(submission));

        Assert.Equal(1, Sbatches);
        Assert.Equal(Cluster.Jobs.Select(static j => j.ShownId).Order(), accepted.Jobs.Select(static j => j.Value));
        Assert.Equal($"{_place.Dir}/arrays/b1/%a/slurm-%j.out", Cluster.Jobs[0].Output);
    }

    [Theory]
    [InlineData(FaultKind.Noise)]
    [InlineData(FaultKind.ClusterSuffix)]
    [InlineData(FaultKind.TemporarilyUnable)]
    public async Task What_a_site_prints_around_the_id_does_not_matter(FaultKind fault)
    {
        Cluster.Fails(new Fault(fault) { Times = 1, Text = "Welcome! 12 jobs are queued\n42 nodes are down" });

        var accepted = Assert.IsType<SubmitOutcome.Accepted>(await Submit(_place.Single("a")));

        Assert.Equal(Cluster.Jobs[0].ShownId, accepted.Jobs[0].Value);
    }

    [Theory]
    [InlineData(FaultKind.AcceptThenTimeOut)]
    [InlineData(FaultKind.Hung)]
    [InlineData(FaultKind.StaysUnable)]
    public async Task An_answer_that_never_came_is_a_doubt(FaultKind fault)
    {
        Cluster.Fails(fault, times: 1, command: "sbatch");

        Assert.IsType<SubmitOutcome.InDoubt>(await Submit(_place.Single("a")));
    }

    [Theory]
    [InlineData(0, "all went well\n")]
    [InlineData(1, "17\n")]
    public async Task An_answer_that_contradicts_itself_is_a_doubt(int exitCode, string output)
    {
        _place.Site.Canned["sbatch"] = new([new ProcessOutcome(exitCode, output, "")]);

        Assert.IsType<SubmitOutcome.InDoubt>(await Submit(_place.Single("a")));
    }

    [Fact]
    public async Task While_the_controller_is_down_one_submission_finds_out_for_all()
    {
        Cluster.Fails(FaultKind.Down);
        var monitor = _place.Monitor();

        var outcomes = await monitor.SubmitAsync([.. Enumerable.Range(0, 20).Select(i => _place.Single($"r{i}"))], Stop);

        Assert.All(outcomes, static o => Assert.True(Assert.IsType<SubmitOutcome.Refused>(o).Answer.Retryable));
        Assert.InRange(Sbatches, 1, 4);
        var before = Sbatches;
        await monitor.SubmitAsync([_place.Single("late")], Stop);
        Assert.Equal(before, Sbatches);

        Cluster.Heal();
        Cluster.Advance(TimeSpan.FromSeconds(6));
        Assert.IsType<SubmitOutcome.Accepted>(await SlurmSchedulerPlace.Submit(monitor, _place.Single("late")));
    }

    [Fact]
    public async Task A_machine_without_sbatch_says_what_to_do()
    {
        _place.Site.Canned["sbatch"] = new([new ProcessOutcome(null, "", $"sbatch {ProcessRunner.NotStarted}: No such file or directory")]);

        var refused = Assert.IsType<SubmitOutcome.Refused>(await Submit(_place.Single("a")));

        Assert.True(refused.Answer.Retryable);
        Assert.Contains("login node", refused.Answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_refused_for_good_does_not_stop_the_others()
    {
        var outcomes = await _place.Monitor().SubmitAsync([_place.Single("a"), _place.Single("b", 0, new SlurmOption("partition", "nosuch")), _place.Single("c")], Stop);

        Assert.IsType<SubmitOutcome.Accepted>(outcomes[0]);
        var refused = Assert.IsType<SubmitOutcome.Refused>(outcomes[1]);
        Assert.False(refused.Answer.Retryable);
        Assert.Contains("slurm.sbatch.partition", refused.Answer.Reason, StringComparison.Ordinal);
        Assert.IsType<SubmitOutcome.Accepted>(outcomes[2]);
    }

    [Fact]
    public async Task A_full_queue_holds_the_rest_back_and_the_first_in_rank_get_in()
    {
        Cluster.Site.MaxSubmit = 3;

        var outcomes = await _place.Monitor().SubmitAsync([.. Enumerable.Range(0, 12).Select(i => _place.Single($"r{i}", priority: i))], Stop);

        Assert.Equal(["r11", "r10", "r9"], Cluster.Jobs.Select(static j => j.Name));
        Assert.Equal(3, outcomes.Count(static o => o is SubmitOutcome.Accepted));
        Assert.Equal(9, outcomes.Count(static o => o is SubmitOutcome.Refused { Answer.Retryable: true }));
        // Of the others nothing is known, so an array among them is not halved.
        Assert.InRange(outcomes.Count(static o => o is SubmitOutcome.Refused { Answer.For: RefusedFor.QueueLimit }), 1, 4);
        // Those that were on their way when the first one was turned away, and none after.
        Assert.InRange(Sbatches, 4, 7);
    }

    [Fact]
    public async Task An_array_that_is_too_large_says_so_and_a_single_job_with_those_words_is_refused_for_good()
    {
        Cluster.Site.MaxArraySize = 2;

        var refused = Assert.IsType<SubmitOutcome.Refused>(await Submit(_place.Array("b", _place.Run("x"), _place.Run("y"), _place.Run("z"))));

        Assert.Equal((RefusedFor.ArraySize, true), (refused.Answer.For, refused.Answer.Retryable));
        var single = Assert.IsType<SubmitOutcome.Refused>(await Submit(_place.Single("s", 0, new SlurmOption("array", "5-1"))));
        Assert.False(single.Answer.Retryable);
    }

    [Fact]
    public async Task A_rate_limit_halves_what_is_asked_and_is_no_refusal_for_good()
    {
        _place.Settings = _place.Settings with { RequestsPerSecond = 4 };
        Cluster.Fails(FaultKind.RateLimited, times: 1);
        var monitor = _place.Monitor();

        var refused = Assert.IsType<SubmitOutcome.Refused>(await SlurmSchedulerPlace.Submit(monitor, _place.Single("a")));
        Assert.True(refused.Answer.Retryable);

        Cluster.Advance(TimeSpan.FromSeconds(2));
        Assert.IsType<SubmitOutcome.Accepted>(await SlurmSchedulerPlace.Submit(monitor, _place.Single("a")));
    }

    [Fact]
    public async Task What_was_accepted_although_nobody_heard_is_found_by_squeue()
    {
        Cluster.Fails(FaultKind.AcceptThenTimeOut, times: 1);
        var (monitor, submission) = (_place.Monitor(), _place.Array("b", _place.Run("x"), _place.Run("y")));
        await SlurmSchedulerPlace.Submit(monitor, submission);

        var found = Assert.IsType<Found.Jobs>(await SlurmSchedulerPlace.Find(monitor, submission));

        Assert.Equal(Cluster.Jobs.Select(static j => j.ShownId), found.Ids.Select(static j => j.Value));
        Assert.Equal(1, Sbatches);
    }

    [Theory]
    [InlineData("comments")]
    [InlineData("no comments")]
    public async Task What_has_ended_and_left_squeue_is_found_in_the_books(string accounting)
    {
        Cluster.Site.DropsComments = accounting == "no comments";
        Cluster.Site.MinJobAge = 5;
        Cluster.Ends(new("*") { Seconds = 1 });
        var submission = _place.Single("a");
        await Submit(submission);
        Cluster.Advance(TimeSpan.FromSeconds(60));
        Assert.True(Cluster.Jobs[0].Purged);

        var found = Assert.IsType<Found.Jobs>(await SlurmSchedulerPlace.Find(_place.Monitor(), submission));

        Assert.Equal(Cluster.Jobs[0].ShownId, Assert.Single(found.Ids).Value);
    }

    [Fact]
    public async Task The_jobs_own_claim_comes_before_every_other_witness()
    {
        Cluster.Fails(FaultKind.Down);
        var submission = _place.Array("b", _place.Run("x"), _place.Run("y"));
        SlurmSchedulerPlace.Claims(submission.Members[1], by: "77_1");

        var found = Assert.IsType<Found.Jobs>(await SlurmSchedulerPlace.Find(_place.Monitor(), submission));

        Assert.Equal(["77_0", "77_1"], found.Ids.Select(static j => j.Value));
    }

    [Fact]
    public async Task That_there_is_no_job_is_proved_only_by_both_and_only_after_a_while()
    {
        var (monitor, submission) = (_place.Monitor(), _place.Single("a"));

        Assert.IsType<Found.Unknown>(await SlurmSchedulerPlace.Find(monitor, submission));
        Cluster.Advance(TimeSpan.FromSeconds(11));
        Assert.IsType<Found.Unknown>(await SlurmSchedulerPlace.Find(monitor, submission));
        Cluster.Advance(TimeSpan.FromSeconds(2));

        Cluster.Fails(FaultKind.AccountingDown, times: 1);
        Assert.Contains("sacct", Assert.IsType<Found.Unknown>(await SlurmSchedulerPlace.Find(monitor, submission)).Reason, StringComparison.Ordinal);
        Cluster.Fails(FaultKind.Down, times: 1);
        Assert.Contains("squeue", Assert.IsType<Found.Unknown>(await SlurmSchedulerPlace.Find(monitor, submission)).Reason, StringComparison.Ordinal);
        Assert.IsType<Found.Nothing>(await SlurmSchedulerPlace.Find(monitor, submission));
    }

    [Fact]
    public async Task Where_no_accounts_are_kept_squeue_alone_proves_it()
    {
        Cluster.Site.HasNoAccounting = true;
        var (monitor, submission) = (_place.Monitor(), _place.Single("a"));
        await SlurmSchedulerPlace.Find(monitor, submission);
        Cluster.Advance(TimeSpan.FromSeconds(13));

        Assert.IsType<Found.Nothing>(await SlurmSchedulerPlace.Find(monitor, submission));
    }

    [Fact]
    public async Task An_earlier_attempt_of_the_same_name_is_not_taken_for_this_one()
    {
        Cluster.Site.DropsComments = true;
        var (monitor, first) = (_place.Monitor(), _place.Single("a"));
        var job = await SlurmSchedulerPlace.StartSingle(monitor, first);
        await _place.Poll(monitor, job);
        var second = _place.Single(_place.Run("a"), attempt: 2);
        await SlurmSchedulerPlace.Find(monitor, second);
        Cluster.Advance(TimeSpan.FromSeconds(13));

        Assert.IsType<Found.Nothing>(await SlurmSchedulerPlace.Find(monitor, second));
    }

    [Fact]
    public async Task A_dependency_that_can_never_be_met_ends_the_job_instead_of_keeping_it()
    {
        var submission = _place.Single("a") with { Dependency = new("afterok", [new("7"), new("8")]) };

        await Submit(submission);

        var said = _place.Site.Said.Single(static s => s.StartsWith("sbatch", StringComparison.Ordinal));
        Assert.Contains("--dependency=afterok:7:8", said, StringComparison.Ordinal);
        Assert.Contains("--kill-on-invalid-dep=yes", said, StringComparison.Ordinal);
    }
}
