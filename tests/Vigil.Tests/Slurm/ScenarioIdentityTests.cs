using System.Globalization;
using FakeSlurm;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;
using JobStates = FakeSlurm.JobStates;

namespace Vigil.Tests.Slurm;

/// <summary>Scenarios 20 to 22: whose job a number is, what people do behind our back, and the forms in which jobs are named.</summary>
public sealed class ScenarioIdentityTests : IDisposable
{
    private readonly ClusterLife _life = new();

    public void Dispose() => _life.Dispose();

    private FakeCluster Cluster => _life.Cluster;

    private async Task<LifeMonitor> RunningAsync()
    {
        Cluster.Ends(new("a") { Seconds = 1800 });
        _life.Plan(_life.Run("a"));
        var monitor = await _life.MonitorAsync();
        await monitor.UntilAsync<RunState.Running>("a");
        return monitor;
    }

    private string Sbatch(string script) => Cluster.Run(["sbatch", "--parsable", script]).Output.Trim();

    /// <summary>The cluster is set up anew: it knows no old job, and its numbers begin again.</summary>
    private void Reinstall()
    {
        foreach (var job in Cluster.Jobs.ToList()) Cluster.State.Forget(job);
        Cluster.State.NextId = 1;
    }

    [Theory, Trait("scenario", "20")]
    [InlineData("another job of ours")]
    [InlineData("another user's job")]
    public async Task A_number_that_is_another_jobs_by_now_is_neither_believed_nor_cancelled(string whose)
    {
        _life.Jobs.Amiss = static _ => Lacks.Claim;
        var monitor = await RunningAsync();
        var id = Cluster.Jobs[0].ShownId;
        Reinstall();
        var file = Path.Combine(_life.Folder.Root, "other.sh");
        File.WriteAllText(file, "#!/bin/bash\ntrue\n");
        if (whose == "another job of ours") Assert.Equal(id, Sbatch(file));
        else Cluster.AddForeignJob("bob", "a", id: int.Parse(id, CultureInfo.InvariantCulture));
        Cluster.Ends(new("*") { Seconds = null });
        await monitor.ForAsync(TimeSpan.FromSeconds(90));
        _life.Drop(new WishContent.Cancel([new("a")]));

        await monitor.UntilAsync<RunState.Finished>("a");

        Assert.Equal(Outcome.Cancelled, Assert.IsType<RunState.Finished>(_life.Of("a").State).Outcome);
        Assert.NotEqual(JobStates.Cancelled, Cluster.Jobs.Single().State);
        Assert.Null(Cluster.Jobs.Single().CancelledBy);
    }

    [Fact, Trait("scenario", "20")]
    public async Task The_end_of_another_job_with_our_number_is_not_our_end()
    {
        var monitor = await RunningAsync();
        Reinstall();
        var file = Path.Combine(_life.Folder.Root, "other.sh");
        File.WriteAllText(file, "#!/bin/bash\ntrue\n");
        Cluster.Ends(new("other.sh") { Seconds = 5 });
        Sbatch(file);
        // Somewhere our job still writes.
        _life.Jobs.Amiss = static _ => Lacks.Silence;

        await monitor.ForAsync(TimeSpan.FromMinutes(20));

        Assert.DoesNotContain(_life.Events<RunEvent.AttemptEnded>(), static e => e.State is JobState.Completed);
        Assert.NotEqual(Outcome.Completed, (_life.Of("a").State as RunState.Finished)?.Outcome);
    }

    [Theory, Trait("scenario", "20")]
    [InlineData("vigil:0123456789abcdef0123")]
    [InlineData(null)]
    public async Task Tasks_of_another_experiments_array_with_our_number_are_not_ours_to_a_monitor_that_did_not_submit_it(string? comment)
    {
        _life.Jobs.Amiss = static _ => Lacks.Claim;
        Cluster.Ends(new("*") { Seconds = 1800 });
        _life.Runs = _life.Sweep(2);
        var first = await _life.MonitorAsync();
        await first.UntilAsync(static s => s.Runs.Values.All(static r => r.State is RunState.Running));
        var id = Cluster.Jobs[0].ArrayId!.Value.ToString(CultureInfo.InvariantCulture);
        first.Dispose();
        Reinstall();
        var file = Path.Combine(_life.Folder.Root, "other.sh");
        File.WriteAllText(file, "#!/bin/bash\ntrue\n");
        Cluster.Ends(new("other.77", JobStates.Failed) { Seconds = 5, ExitCode = 3 });
        string[] words = ["sbatch", "--parsable", "--array=0-1", "--job-name=other.77", .. comment is null ? Array.Empty<string>() : [$"--comment={comment}"], file];
        Assert.Equal(id, Cluster.Run(words).Output.Trim());

        await _life.LiveAsync();

        Assert.All(_life.State.Runs.Values, static r => Assert.Equal(new RunState.Finished(Outcome.Lost, "LOST"), r.State));
    }

    [Theory, Trait("scenario", "21")]
    [InlineData("running")]
    [InlineData("waiting")]
    public async Task A_job_that_a_person_cancelled_while_nobody_watched_stays_cancelled(string state)
    {
        if (state == "running") (await RunningAsync()).Dispose();
        else
        {
            _life.Plan(_life.Run("a", new SlurmOption("hold", null)) with { Restart = new(3, 1, [.. Enum.GetValues<FailureCause>()]) });
            var monitor = await _life.MonitorAsync();
            await monitor.UntilAsync<RunState.Queued>("a");
            monitor.Dispose();
        }
        Cluster.Run(["scancel", Cluster.Jobs[0].ShownId]);
        _life.Pass(TimeSpan.FromMinutes(2));

        await _life.LiveAsync();

        Assert.Equal(new RunState.Finished(Outcome.Cancelled, "CANCELLED"), _life.Of("a").State);
        Assert.Equal($"CANCELLED by {Cluster.Site.UserId}", _life.Of("a").Attempts.Single().Reason);
        Assert.Equal(state == "running", _life.Events<RunEvent.AttemptStarted>().Count > 0);
        Assert.Equal(1, _life.Sbatches);
    }

    [Fact, Trait("scenario", "21")]
    public async Task A_script_that_a_person_submitted_by_hand_instead_of_our_job_is_adopted()
    {
        _life.Plan(_life.Run("a", new SlurmOption("hold", null)));
        var first = await _life.MonitorAsync();
        await first.UntilAsync<RunState.Queued>("a");
        first.Dispose();
        Cluster.Run(["scancel", Cluster.Jobs[0].ShownId]);
        var script = Path.Combine(_life.Run("a").OutputDir, "attempts/1/script.sbatch");
        // The person's own words win over the lines of the script.
        File.WriteAllText(script, File.ReadAllText(script).Replace("#SBATCH --hold\n", "", StringComparison.Ordinal));
        var by = Sbatch(script);
        _life.Pass(TimeSpan.FromSeconds(10));

        await _life.LiveAsync();

        Assert.Equal(new JobId(by), Assert.Single(_life.Events<RunEvent.AttemptAdopted>()).Job);
        Assert.Equal(new RunState.Finished(Outcome.Completed, null), _life.Of("a").State);
        Assert.Equal(new JobId(by), _life.Of("a").Attempts.Single().Job);
        // Ours and the person's.
        Assert.Equal(2, _life.Sbatches);
    }

    [Fact, Trait("scenario", "21")]
    public async Task A_copy_that_a_person_submitted_beside_our_running_job_leaves_and_changes_nothing()
    {
        var monitor = await RunningAsync();
        Sbatch(Path.Combine(_life.Run("a").OutputDir, "attempts/1/script.sbatch"));

        await monitor.UntilAsync<RunState.Finished>("a");

        Assert.Equal(75, Assert.Single(_life.Jobs.Refused).ExitCode);
        Assert.Equal(new RunState.Finished(Outcome.Completed, null), _life.Of("a").State);
        Assert.Equal(Cluster.Jobs[0].ShownId, _life.Of("a").Attempts.Single().Job!.Value.Value);
        Assert.Empty(_life.Events<RunEvent.AttemptAdopted>());
    }

    [Theory, Trait("scenario", "21")]
    [InlineData("a person, while nobody watched")]
    [InlineData("a person, while we watched")]
    [InlineData("we")]
    public async Task A_waiting_task_of_an_array_that_was_cancelled_leaves_no_trace_and_ends_cancelled(string who)
    {
        Cluster.Site.Slots = 2;
        Cluster.Ends(new("*") { Seconds = 900 });
        _life.Runs = _life.Sweep(6);
        var monitor = await _life.MonitorAsync();
        await monitor.UntilAsync(static s => s.Runs.Values.Count(static r => r.State is RunState.Running) == 2);
        var task = _life.Of("p0004").State.Held!.Value.Job.Value;
        if (who == "we") _life.Drop(new WishContent.Cancel([new("p0004")]));
        else Cluster.Run(["scancel", task]);
        if (who.EndsWith("nobody watched", StringComparison.Ordinal))
        {
            monitor.Dispose();
            monitor = await _life.MonitorAsync();
        }

        await monitor.UntilAsync(static s => s.AllFinished);

        Assert.Equal(Outcome.Cancelled, Assert.IsType<RunState.Finished>(_life.Of("p0004").State).Outcome);
        Assert.Equal(5, _life.State.Runs.Values.Count(static r => r.State is RunState.Finished { Outcome: Outcome.Completed }));
        Assert.Equal(1, _life.Sbatches);
        Assert.DoesNotContain(Cluster.Jobs, j => j.ShownId == task);
    }

    [Theory, Trait("scenario", "21")]
    [InlineData(6, true, Outcome.Cancelled)]
    [InlineData(30, true, Outcome.Cancelled)]
    [InlineData(6, false, Outcome.Lost)]
    public async Task A_waiting_task_that_was_cancelled_while_nobody_watched_until_its_siblings_were_gone_is_told_by_their_records(int tasks, bool hasAccounts, Outcome outcome)
    {
        Cluster.Site.Slots = 2;
        Cluster.Site.HasNoAccounting = !hasAccounts;
        _life.Runs = _life.Sweep(tasks);
        var monitor = await _life.MonitorAsync();
        await monitor.UntilAsync(static s => s.Runs.Values.Count(static r => r.State is RunState.Running) == 2);
        var task = _life.Of("p0004").State.Held!.Value.Job.Value;
        monitor.Dispose();
        Cluster.Run(["scancel", task]);
        _life.Pass(TimeSpan.FromHours(2));
        Assert.All(Cluster.Jobs, static j => Assert.True(j.Purged));

        await _life.LiveAsync();

        Assert.Equal(outcome, Assert.IsType<RunState.Finished>(_life.Of("p0004").State).Outcome);
        Assert.Equal(tasks - 1, _life.State.Runs.Values.Count(static r => r.State is RunState.Finished { Outcome: Outcome.Completed }));
        Assert.Equal(1, _life.Sbatches);
    }

    [Fact, Trait("scenario", "22")]
    public async Task Forms_of_other_peoples_jobs_and_lines_that_are_none_disturb_nothing()
    {
        Cluster.Site.Slots = 3;
        _life.Runs = _life.Sweep(8);
        var monitor = await _life.MonitorAsync();
        await monitor.UntilAsync(static s => s.Runs.Values.All(static r => r.State.Held is not null));
        const char unit = '\x1f', record = '\x1e';
        string Row(string id, string state) => string.Join(unit, [id, "77", state, "0", "None", "0", "0", "0", "n1", "other", "(null)"]) + record + "\n";
        var odd = $"CLUSTER: testbed\n{Row("77_[5-7%2]", "PENDING")}{Row("88+0", "RUNNING")}{Row("88+1", "RUNNING")}{Row("99_[1,3,5-9:2%1]", "PENDING")}{Row("12_3_4", "RUNNING")}{Row("", "RUNNING")}";
        monitor.Site.Rewritten["squeue"] = new(Enumerable.Range(0, 200).Select(i => (Func<string, string>)(i % 2 == 0 ? text => odd + text : text => text + odd)));

        await monitor.UntilAsync(static s => s.AllFinished);

        Assert.All(_life.State.Runs.Values, static r => Assert.Equal(new RunState.Finished(Outcome.Completed, null), r.State));
        Assert.Equal(1, _life.Sbatches);
        _life.AssertOnce();
        _life.AssertBudget();
    }

    [Fact, Trait("scenario", "22")]
    public async Task Tasks_that_squeue_shows_together_are_known_one_by_one()
    {
        Cluster.Ends(new("*") { Seconds = 300 });
        Cluster.Site.Slots = 2;
        _life.Runs = _life.Sweep(10);
        var monitor = await _life.MonitorAsync();
        await monitor.UntilAsync(static s => s.Runs.Values.Count(static r => r.State is RunState.Running) == 2);
        var array = Cluster.Jobs[0].ArrayId!.Value;
        // As of an older squeue that does not take arrays apart.
        string Together(string text)
        {
            var rows = text.Split('\x1e').Where(r => r.Contains($"{array}_", StringComparison.Ordinal)).ToList();
            var waiting = rows.Where(static r => r.Contains("PENDING", StringComparison.Ordinal)).ToList();
            var tasks = string.Join(',', waiting.Select(static r => r.Trim().Split('\x1f')[0].Split('_')[1]));
            var one = waiting.Count == 0 ? "" : $"{array}_[{tasks}%2]{waiting[0].Trim()[waiting[0].Trim().IndexOf('\x1f', StringComparison.Ordinal)..]}\x1e\n";
            return one + string.Concat(rows.Except(waiting).Select(static r => $"{r.Trim()}\x1e\n"));
        }
        monitor.Site.Rewritten["squeue"] = new(Enumerable.Range(0, 1000).Select(_ => (Func<string, string>)Together));

        await monitor.UntilAsync(static s => s.AllFinished);

        Assert.All(_life.State.Runs.Values, static r => Assert.Equal(new RunState.Finished(Outcome.Completed, null), r.State));
        _life.AssertOnce();
    }
}
