using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Tests.Slurm;

/// <summary>The scenarios that are worth a real Slurm: 5, 9 and 14 to 19.</summary>
[Collection(Testbed.Tests)]
public sealed class ScenarioTestbedTests(Testbed testbed) : IAsyncLifetime
{
    private readonly TestbedLife _life = new(testbed);

    public async ValueTask InitializeAsync() => await testbed.StartAsync();

    public async ValueTask DisposeAsync()
    {
        // Whatever a failed test left behind; and the folder goes only when no job is at home in it.
        await testbed.MendAsync();
        _life.Dispose();
    }

    [Fact, Trait("scenario", "9"), Trait("scenario", "17"), Trait("scenario", "18"), Trait("scenario", "19")]
    public async Task A_requeue_a_node_that_fails_a_suspended_job_and_two_that_never_start_end_as_they_should_beside_each_other()
    {
        await _life.WatchAsync(
            _life.Run("requeued", "echo part; sleep 25", new("requeue", null), new("nodelist", "n1")),
            _life.Run("nodefail", "if [[ $VIGIL_ATTEMPT == 1 ]]; then sleep 600; fi; echo second", new SlurmOption("exclude", "n1,n2")),
            _life.Run("suspended", "sleep 20", new SlurmOption("nodelist", "n2")),
            _life.Run("toomany", "true", new SlurmOption("nodes", "9")),
            _life.Run("closed", "true", new SlurmOption("partition", "closed")));
        await _life.UntilStartedAsync("requeued", "nodefail", "suspended");

        // 19: SUSPENDED is no end.
        var suspended = _life.JobOf("suspended");
        Assert.Equal(0, (await testbed.AskAsync("scontrol", "suspend", suspended)).ExitCode);
        await _life.UntilAsync(_ => _life.Scheduler!.Sight!.Jobs.GetValueOrDefault(suspended)?.State == "SUSPENDED", "SUSPENDED is seen");
        Assert.IsType<RunState.Running>(_life.Of("suspended").State);

        // 17 and 18 begin.
        var (requeued, node) = (_life.JobOf("requeued"), await NodeOfAsync(_life.JobOf("nodefail")));
        Assert.Equal(0, (await testbed.AskAsync("scontrol", "requeue", requeued)).ExitCode);
        await testbed.RunAsync("crash", node);

        // 9: those that can never run are said to be stuck, and wait.
        await _life.UntilAsync(static s => s.Runs["toomany"].Attempts is [{ Stuck: not null }] && s.Runs["closed"].Attempts is [{ Stuck: not null }], "stuck");
        Assert.Equal(("PartitionNodeLimit", "PartitionDown"), (_life.Of("toomany").Attempts[0].Stuck, _life.Of("closed").Attempts[0].Stuck));
        Assert.IsType<RunState.Queued>(_life.Of("toomany").State);
        _life.Drop(new WishContent.Cancel([new("toomany"), new("closed")]));

        Assert.Equal(0, (await testbed.AskAsync("scontrol", "resume", suspended)).ExitCode);
        await _life.UntilAsync(static s => s.AllFinished, "the end of all");

        Assert.Equal(new RunState.Finished(Outcome.Cancelled, "CANCELLED"), _life.Of("toomany").State);
        Assert.Equal(new RunState.Finished(Outcome.Completed, null), _life.Of("suspended").State);

        var first = _life.Of("requeued");
        Assert.Equal(new RunState.Finished(Outcome.Completed, null), first.State);
        Assert.Equal([("requeued.1", JobState.Preempted, "REQUEUED"), ("requeued.1.r1", JobState.Completed, null)], first.Attempts.Select(static a => (a.Id.ToString(), a.State, a.Reason)));
        Assert.All(first.Attempts, a => Assert.Equal(requeued, a.Job!.Value.Value));
        Assert.Equal((first.Attempts[0].Log, true), (first.Attempts[1].Log, first.Attempts[1].LogStart >= "part\n".Length));
        Assert.Contains("\"signal\":15", _life.Exit("requeued"), StringComparison.Ordinal);
        Assert.Contains("\"code\":0", _life.Exit("requeued", "1.r1"), StringComparison.Ordinal);

        var failed = _life.Of("nodefail");
        Assert.Equal(new RunState.Finished(Outcome.Completed, null), failed.State);
        Assert.Equal((JobState.NodeFail, "NODE_FAIL", FailureCause.Infrastructure, node), (failed.Attempts[0].State, failed.Attempts[0].Reason, failed.Attempts[0].Cause, failed.Attempts[0].FailedNodes));
        Assert.NotEqual(node, await NodeOfAsync(failed.Attempts[1].Job!.Value.Value));
        Assert.Null(_life.Exit("nodefail"));
    }

    [Fact]
    public async Task Of_a_chain_whose_command_does_not_exist_one_link_runs_it_even_when_nobody_watches()
    {
        var run = _life.Run("a", "until [[ -e go ]]; do sleep 0.1; done; echo ran >>ran; no-such-program-here");
        await _life.WatchAsync(run with { Slurm = run.Slurm! with { Chain = 3 } });
        await _life.UntilAsync(static s => s.Runs["a"].Attempts is { Length: 3 } links && links.All(static a => a.Job is not null), "three links");
        await _life.UntilStartedAsync("a");
        // The monitor is not there while the links come and go.
        File.WriteAllText(Path.Combine(run.WorkDir, "go"), "");
        string Left(int link) => Path.Combine(run.OutputDir, $"attempts/{link}/superseded.json");
        SshPlace.Wait(() => File.Exists(Left(3)), "the last link did not leave");
        for (var link = 2; link <= 3; link++) Assert.StartsWith("""{"code":127,"signal":null,""", await File.ReadAllTextAsync(Left(link), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await _life.UntilFinishedAsync("a");

        Assert.Equal(new RunState.Finished(Outcome.Failed, "FAILED"), _life.Of("a").State);
        Assert.Equal([(1, FailureCause.UserError, 127)], _life.Of("a").Attempts.Where(static a => a.Started is not null).Select(static a => (a.Id.Number, a.Cause!.Value, a.ExitCode!.Value)));
        Assert.Equal("ran\n", await File.ReadAllTextAsync(Path.Combine(run.WorkDir, "ran"), TestContext.Current.CancellationToken));
    }

    [Fact, Trait("scenario", "5")]
    public async Task A_job_that_ends_while_the_controller_is_dead_is_known_when_it_is_back_and_nothing_is_submitted_twice()
    {
        await _life.WatchAsync(_life.Run("a", "sleep 30"), _life.Run("b", "true") with { DependsOn = [new("a")] }, _life.Run("c", "sleep 600"));
        await _life.UntilStartedAsync("a", "c");
        // A job that started since the controller last wrote down what it knows is killed by its own cluster when that one is back.
        await SavedAsync();
        await using (await testbed.BreakAsync("kill", "slurmctld"))
        {
            await _life.UntilAsync(_ => _life.Scheduler!.Sight!.Witnesses.Any(static w => w.Name == "squeue" && w.Trouble?.Contains("Unable to contact slurm controller", StringComparison.Ordinal) == true), "it is said");
            await _life.UntilAsync(_ => _life.Exit("a") is not null, "the job's own end");
            await _life.ForAsync(TimeSpan.FromSeconds(2));
            Assert.IsType<RunState.Running>(_life.Of("a").State);
            Assert.IsType<RunState.Running>(_life.Of("c").State);
            await testbed.RunAsync("start", "slurmctld");
            await _life.UntilFinishedAsync("a", "b");
            _life.Drop(new WishContent.Cancel([new("c")]));
            await _life.UntilFinishedAsync("c");
        }

        Assert.Equal(new RunState.Finished(Outcome.Completed, null), _life.Of("a").State);
        Assert.Equal(new RunState.Finished(Outcome.Completed, null), _life.Of("b").State);
        Assert.Equal(new RunState.Finished(Outcome.Cancelled, "CANCELLED"), _life.Of("c").State);
        Assert.All(_life.State.Runs.Values, static r => Assert.Single(r.Attempts));
    }

    [Fact, Trait("scenario", "14"), Trait("scenario", "15"), Trait("scenario", "16")]
    public async Task Jobs_that_left_squeue_while_accounting_was_down_are_told_from_their_own_words_and_the_others_wait_for_accounting()
    {
        await using (await ForgettingAsync())
        {
            await _life.WatchAsync(_life.Run("word", "sleep 3; exit 3"), _life.Run("none", "sleep 3; kill -9 0") with { Slurm = new() { FenceSeconds = 25 } });
            await _life.UntilStartedAsync("word", "none");
            var job = _life.JobOf("none");
            await testbed.RunAsync("stop", "slurmdbd");
            await _life.UntilFinishedAsync("word");
            Assert.Equal((Outcome.Failed, 3), (Assert.IsType<RunState.Finished>(_life.Of("word").State).Outcome, _life.Of("word").Attempts[0].ExitCode!.Value));

            await ForgottenAsync(job);
            await _life.ForAsync(TimeSpan.FromSeconds(5));
            Assert.IsType<RunState.Running>(_life.Of("none").State);
            Assert.Contains("Connection refused", _life.Scheduler!.Sight!.Witnesses.Single(static w => w.Name == "sacct").Trouble, StringComparison.Ordinal);

            await testbed.RunAsync("start", "slurmdbd");
            await _life.UntilFinishedAsync("none");
            Assert.Equal((Outcome.Failed, "FAILED 0:9"), _life.Of("none").State is RunState.Finished end ? (end.Outcome, end.Reason) : default);
            Assert.All(_life.State.Runs.Values, static r => Assert.Single(r.Attempts));
        }
    }

    private async Task<string> NodeOfAsync(string job) => (await testbed.AskAsync("squeue", "-h", "-t", "all", "-j", job, "-o", "%N")).Output.Trim();

    /// <summary>A controller that forgets jobs two seconds after their end, until what it returns is disposed of.</summary>
    private async Task<IAsyncDisposable> ForgettingAsync()
    {
        var before = await File.ReadAllTextAsync(testbed.ConfigurationFile, TestContext.Current.CancellationToken);
        await RestartAsync(string.Join('\n', before.Split('\n').Select(static line => line.StartsWith("MinJobAge=", StringComparison.Ordinal) ? "MinJobAge=2" : line)));
        return new Undo(async () =>
        {
            await RestartAsync(before);
            await testbed.MendAsync();
        });
    }

    private async Task RestartAsync(string configuration)
    {
        await File.WriteAllTextAsync(testbed.ConfigurationFile, configuration, TestContext.Current.CancellationToken);
        await testbed.RunAsync("stop", "slurmctld");
        await testbed.RunAsync("start", "slurmctld");
    }

    private async Task ForgottenAsync(string job)
    {
        for (var left = 120; left > 0; left--)
        {
            if (!(await testbed.AskAsync("squeue", "-h", "-t", "all", "-o", "%i")).Output.Split('\n').Contains(job)) return;
            await _life.ForAsync(TimeSpan.FromMilliseconds(500));
        }
        Assert.Fail($"squeue still shows {job}");
    }

    /// <summary>Until the controller wrote down everything that it knows now: within five seconds of a change, more on a busy disk. A new job is a change.</summary>
    private async Task SavedAsync()
    {
        var now = DateTime.UtcNow;
        Assert.Equal(0, (await testbed.AskAsync("sbatch", "--hold", "--output=/dev/null", "--wrap=true")).ExitCode);
        await _life.UntilAsync(_ => File.GetLastWriteTimeUtc(testbed.StateFile) > now, "the controller's state is saved");
    }

    private sealed class Undo(Func<Task> undo) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await undo();
    }
}
