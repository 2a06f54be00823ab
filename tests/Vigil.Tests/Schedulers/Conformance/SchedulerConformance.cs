using System.Collections.Immutable;
using System.Diagnostics;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Schedulers;

namespace Vigil.Tests.Schedulers.Conformance;

/// <summary>What every scheduler does, asked of each in the same words. A subclass brings the scheduler.</summary>
public abstract class SchedulerConformance
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);
    private readonly Dictionary<(IScheduler, AttemptId), JobReport> _heard = [];

    /// <summary>Where commands run, and leave their files.</summary>
    private protected abstract string Dir { get; }

    /// <summary>A monitor's scheduler; another one knows only what lies on disk and what the world says.</summary>
    private protected abstract IScheduler Monitor();

    /// <summary>A first attempt whose script lies in its folder.</summary>
    private protected abstract Submission Job(string name, string line);

    /// <summary>The same with the shortest time limit that there is.</summary>
    private protected abstract Submission Limited(string name, string line);

    /// <summary>A job that waits until <see cref="LetGoAsync"/>.</summary>
    private protected abstract Task<JobRequest> WaitingAsync(IScheduler monitor, Submission submission);

    private protected abstract Task LetGoAsync(IScheduler monitor, JobRequest waiting);

    /// <summary>Lets the shortest time limit pass, where time can be made to.</summary>
    private protected virtual void PassLimit() { }

    private protected virtual Task ReadyAsync() => Task.CompletedTask;

    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected static async Task<JobRequest> SubmitAsync(IScheduler monitor, Submission submission)
    {
        var accepted = Assert.IsType<SubmitOutcome.Accepted>(Assert.Single(await monitor.SubmitAsync([submission], Stop)));
        await monitor.StartReadyAsync(Stop);
        return submission.Members.Single() with { Job = accepted.Jobs.Single() };
    }

    private protected async Task<JobReport> UntilAsync(IScheduler monitor, JobRequest job, Func<JobReport, bool> holds) => (await UntilAsync(monitor, [job], holds))[0];

    /// <summary>Asks as a monitor does: all jobs at a time, and again when there may be news.</summary>
    private protected async Task<JobReport[]> UntilAsync(IScheduler monitor, ImmutableArray<JobRequest> jobs, Func<JobReport, bool> holds)
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < Patience)
        {
            await monitor.StartReadyAsync(Stop);
            foreach (var report in await monitor.ReportAsync(jobs, Stop)) _heard[(monitor, report.Attempt)] = report;
            if (jobs.All(job => _heard.TryGetValue((monitor, job.Attempt), out var last) && holds(last))) return [.. jobs.Select(job => _heard[(monitor, job.Attempt)])];
            await monitor.WaitForNewsAsync(TimeSpan.FromMilliseconds(50), Stop);
        }
        throw new TimeoutException(string.Join("; ", jobs.Select(job => $"{job.Attempt}: {_heard.GetValueOrDefault((monitor, job.Attempt))}")));
    }

    private protected Task<JobReport> EndAsync(IScheduler monitor, JobRequest job) => UntilAsync(monitor, job, static r => r.State.IsTerminal);

    private void Go() => File.WriteAllText(Path.Combine(Dir, "go"), "");

    private const string UntilGo = "until [[ -e go ]]; do sleep 0.05; done";

    [Fact]
    public async Task A_job_is_told_with_its_log_its_times_and_its_end()
    {
        await ReadyAsync();
        var monitor = Monitor();
        var job = await SubmitAsync(monitor, Job("a", $"echo hello; {UntilGo}"));

        var running = await UntilAsync(monitor, job, static r => r is { State: JobState.Running, Started: not null, Host: not null });
        Go();
        var end = await EndAsync(monitor, job);

        Assert.False(running.State.IsTerminal);
        Assert.Equal((JobState.Completed, null, 0, null), (end.State, end.Reason, end.ExitCode, end.Signal));
        Assert.True(end.Started <= end.Ended, end.ToString());
        var log = end.Log ?? job.LogPath(job.Job!.Value)!;
        Assert.Equal($"{job.Run.OutputDir}/slurm-{job.Job}.out", log);
        Assert.Equal("hello\n", File.ReadAllText(log));
        Assert.Equal(Path.GetFileName(log), new FileInfo(job.Run.LogPathCurrent!).LinkTarget);
    }

    [Theory]
    [InlineData("exit 3", 3, null)]
    [InlineData("kill -TERM $BASHPID", 143, 15)]
    [InlineData("kill -KILL $BASHPID", 137, 9)]
    public async Task A_job_that_fails_is_told_with_its_code_or_its_signal(string line, int code, int? signal)
    {
        await ReadyAsync();
        var monitor = Monitor();

        var end = await EndAsync(monitor, await SubmitAsync(monitor, Job("a", $"echo Traceback; {line}")));

        Assert.Equal((JobState.Failed, code, signal), (end.State, end.ExitCode, end.Signal));
        Assert.StartsWith("FAILED", end.Reason, StringComparison.Ordinal);
        Assert.Contains("Traceback", end.LastLines!);
    }

    [Fact]
    public async Task A_job_that_is_over_its_time_limit_is_ended_and_told_so()
    {
        await ReadyAsync();
        var monitor = Monitor();
        var job = await SubmitAsync(monitor, Limited("a", "sleep 600"));
        await UntilAsync(monitor, job, static r => r is { State: JobState.Running, Host: not null });
        PassLimit();

        var end = await EndAsync(monitor, job);

        Assert.Equal((JobState.Timeout, "TIMEOUT"), (end.State, end.Reason));
        Assert.True(end.ExitCode is not 0);
    }

    [Fact]
    public async Task A_running_job_that_is_cancelled_ends_cancelled_and_again_is_no_error()
    {
        await ReadyAsync();
        var monitor = Monitor();
        var job = await SubmitAsync(monitor, Job("a", "touch began; sleep 600"));
        await UntilAsync(monitor, job, _ => File.Exists(Path.Combine(Dir, "began")));

        Assert.IsType<EffectResult.Done>(await monitor.CancelAsync(job, Stop));
        var end = await EndAsync(monitor, job);

        Assert.Equal(JobState.Cancelled, end.State);
        Assert.StartsWith("CANCELLED", end.Reason, StringComparison.Ordinal);
        Assert.IsType<EffectResult.Done>(await monitor.CancelAsync(job, Stop));
    }

    [Fact]
    public async Task A_waiting_job_that_is_cancelled_never_starts()
    {
        await ReadyAsync();
        var monitor = Monitor();
        var job = await WaitingAsync(monitor, Job("a", "touch began"));
        Assert.Equal(JobState.Queued, (await UntilAsync(monitor, job, static _ => true)).State);

        Assert.IsType<EffectResult.Done>(await monitor.CancelAsync(job, Stop));
        var end = await EndAsync(monitor, job);

        Assert.Equal((JobState.Cancelled, null), (end.State, end.ExitCode));
        Assert.False(File.Exists(Path.Combine(Dir, "began")));
    }

    [Fact]
    public async Task Cancelling_what_has_ended_by_itself_is_no_error_and_takes_nothing_back()
    {
        await ReadyAsync();
        var monitor = Monitor();
        var job = await SubmitAsync(monitor, Job("a", "true"));
        await EndAsync(monitor, job);

        Assert.IsType<EffectResult.Done>(await monitor.CancelAsync(job, Stop));

        Assert.Equal(JobState.Completed, (await EndAsync(Monitor(), job)).State);
    }

    [Fact]
    public async Task A_job_that_is_held_waits_until_it_is_released()
    {
        await ReadyAsync();
        var monitor = Monitor();
        var job = await WaitingAsync(monitor, Job("a", "true"));

        Assert.IsType<EffectResult.Done>(await monitor.ChangeAsync(job, new JobChange.Hold(), Stop));
        Assert.Equal(JobState.Queued, (await UntilAsync(monitor, job, static _ => true)).State);
        Assert.IsType<EffectResult.Done>(await monitor.ChangeAsync(job, new JobChange.Release(), Stop));
        await LetGoAsync(monitor, job);

        Assert.Equal(JobState.Completed, (await EndAsync(monitor, job)).State);
    }

    [Fact]
    public async Task A_submission_whose_answer_was_lost_is_found_and_one_that_never_was_is_not()
    {
        await ReadyAsync();
        var submission = Job("a", UntilGo);
        var job = await SubmitAsync(Monitor(), submission);
        var successor = Monitor();

        Assert.Equal(job.Job, Assert.IsType<Found.Jobs>(Assert.Single(await successor.FindAsync([submission], Stop))).Ids.Single());

        var never = Job("never", "true");
        var began = Stopwatch.GetTimestamp();
        Found found;
        do found = Assert.Single(await successor.FindAsync([never], Stop));
        while (found is Found.Unknown && Stopwatch.GetElapsedTime(began) < Patience);
        Assert.IsType<Found.Nothing>(found);
        Go();
        Assert.Equal(JobState.Completed, (await EndAsync(successor, job)).State);
    }

    [Fact]
    public async Task An_attempt_runs_once_however_often_it_is_submitted()
    {
        await ReadyAsync();
        var (monitor, submission) = (Monitor(), Job("a", $"echo ran >>ran; {UntilGo}"));
        var first = await SubmitAsync(monitor, submission);
        await UntilAsync(monitor, first, _ => File.Exists(Path.Combine(Dir, "ran")));
        var other = Monitor();
        var second = await SubmitAsync(other, submission);
        Go();

        Assert.Equal(JobState.Completed, (await EndAsync(monitor, first)).State);
        if (second.Job != first.Job)
        {
            // The copy found the claim: whoever watches it is told whose it is.
            var told = await UntilAsync(other, second, static r => r.ClaimedBy is not null || r.State.IsTerminal);
            Assert.Equal(first.Job, told.ClaimedBy);
        }
        Assert.Equal("ran\n", File.ReadAllText(Path.Combine(Dir, "ran")));
    }

    [Fact]
    public async Task Fifty_jobs_at_once_all_end()
    {
        await ReadyAsync();
        var monitor = Monitor();
        ImmutableArray<Submission> submissions = [.. Enumerable.Range(0, 50).Select(i => Job($"r{i}", $"echo {i}"))];

        var outcomes = await monitor.SubmitAsync(submissions, Stop);
        ImmutableArray<JobRequest> jobs = [.. submissions.Zip(outcomes, static (s, o) => s.Members.Single() with { Job = Assert.IsType<SubmitOutcome.Accepted>(o).Jobs.Single() })];
        var ends = await UntilAsync(monitor, jobs, static r => r.State.IsTerminal);

        Assert.Equal(50, jobs.Select(static j => j.Job).Distinct().Count());
        Assert.All(ends, static end => Assert.Equal((JobState.Completed, 0), (end.State, end.ExitCode)));
        for (var i = 0; i < 50; i++) Assert.Equal($"{i}\n", File.ReadAllText(jobs[i].LogPath(jobs[i].Job!.Value)!));
    }

    [Fact]
    public async Task A_job_outlives_its_monitor_and_the_next_one_takes_it_up()
    {
        await ReadyAsync();
        var first = Monitor();
        var job = await SubmitAsync(first, Job("a", $"touch began; {UntilGo}; exit 4"));
        await UntilAsync(first, job, _ => File.Exists(Path.Combine(Dir, "began")));
        (first as IDisposable)?.Dispose();

        var second = Monitor();
        Assert.Equal(JobState.Running, (await UntilAsync(second, job, static r => r.State is JobState.Running)).State);
        Go();

        Assert.Equal((JobState.Failed, 4), await EndAsync(second, job) is { } end ? (end.State, end.ExitCode!.Value) : default);
    }
}
