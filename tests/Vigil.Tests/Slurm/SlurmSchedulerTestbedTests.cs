using System.Collections.Immutable;
using System.Diagnostics;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;
using Vigil.Rendering;
using Vigil.Schedulers;
using Vigil.Schedulers.Slurm;

namespace Vigil.Tests.Slurm;

/// <summary>The adapter on a real Slurm.</summary>
[Collection(Testbed.Tests)]
public sealed class SlurmSchedulerTestbedTests(Testbed testbed) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly SlurmSchedulerPlace _place = new() { FenceSeconds = 1 };

    public void Dispose() => _place.Dispose();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private SlurmScheduler Monitor() => new(
        new HereSite(Path.Combine(_place.Dir, "views", "clock"), CommandEnvironment.Of(testbed.Environment), TimeProvider.System),
        new RequestBudget(null, RequestBudget.Unlimited, TimeProvider.System, "boot"),
        SlurmSettings.Default with { ShortestPoll = 0.2, LongestPoll = 1, DoubtSeconds = 1 },
        new(null, _place.Dir, DateTimeOffset.UtcNow), SubmissionWords.Of, TimeProvider.System);

    private Submission Single(string name, string line, params SlurmOption[] sbatch)
    {
        var run = _place.Run(name, 0, sbatch) with { Command = new CommandTemplate.Line(line) };
        var request = SlurmSchedulerPlace.Request(run);
        return _place.Single(run, script: ScriptRenderer.Render(run, new(request.Attempt, null), request.Folder));
    }

    private static async Task<JobReport> Until(SlurmScheduler monitor, JobRequest job, Func<JobReport, bool> holds)
    {
        var began = Stopwatch.GetTimestamp();
        JobReport? last = null;
        while (Stopwatch.GetElapsedTime(began) < Patience)
        {
            foreach (var report in await monitor.ReportAsync([job], Stop)) last = report;
            if (last is not null && holds(last)) return last;
            await monitor.WaitForNewsAsync(TimeSpan.FromMilliseconds(100), Stop);
        }
        throw new TimeoutException($"{job.Attempt}: last seen {last}; {string.Join("; ", monitor.Sight!.Witnesses)}");
    }

    [Fact]
    public async Task SlurmScheduler_runs_a_job_on_the_real_testbed()
    {
        await testbed.StartAsync();
        var monitor = Monitor();

        var job = await SlurmSchedulerPlace.StartSingle(monitor, Single("a", "echo hello; sleep 2"));
        var running = await Until(monitor, job, static r => r is { State: JobState.Running, Log: not null, Host: not null });
        var end = await Until(monitor, job, static r => r.State.IsTerminal);

        Assert.Equal((JobState.Completed, 0), (end.State, end.ExitCode));
        Assert.Equal($"{job.Run.OutputDir}/slurm-{job.Job}.out", running.Log);
        Assert.Equal("hello\n", File.ReadAllText(running.Log!));
        Assert.True(end.Started <= end.Ended, end.ToString());
    }

    [Fact]
    public async Task A_submission_whose_answer_was_lost_is_found_by_its_token()
    {
        await testbed.StartAsync();
        var submission = Single("lost", "sleep 30", new SlurmOption("hold", null));
        await SlurmSchedulerPlace.Start(Monitor(), submission);

        var successor = Monitor();
        var found = Assert.IsType<Found.Jobs>(await SlurmSchedulerPlace.Find(successor, submission));

        var job = submission.Members[0] with { Job = found.Ids[0] };
        Assert.IsType<EffectResult.Done>(await successor.CancelAsync(job, Stop));
        var end = await Until(successor, job, static r => r.State.IsTerminal);
        Assert.Equal(JobState.Cancelled, end.State);
        Assert.StartsWith("CANCELLED", end.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 3", JobState.Failed, 3, "FAILED")]
    [InlineData("kill -9 $$", JobState.Failed, null, "FAILED 0:9")]
    public async Task How_a_job_ended_is_told_by_itself_and_by_Slurm(string line, JobState state, int? code, string reason)
    {
        await testbed.StartAsync();
        var monitor = Monitor();
        var job = await SlurmSchedulerPlace.StartSingle(monitor, Single("e", line));

        var end = await Until(monitor, job, static r => r.State.IsTerminal);

        Assert.Equal((state, code, reason), (end.State, end.ExitCode, end.Reason));
    }

    [Theory]
    [InlineData("exit 3", JobState.Cancelled, "DEPENDENCY")]
    [InlineData("true", JobState.Completed, null)]
    public async Task A_job_that_Slurm_starts_since_it_does_not_know_the_one_before_it_looks_for_itself(string parent, JobState state, string? reason)
    {
        await testbed.StartAsync();
        var monitor = Monitor();
        var before = Assert.Single(await SlurmSchedulerPlace.Start(monitor, Single("stable", parent)));
        await Until(monitor, before, static r => r.State.IsTerminal);
        var run = _place.Run("after") with { Command = new CommandTemplate.Line("echo ran") };
        var request = SlurmSchedulerPlace.Request(run);
        var script = ScriptRenderer.Render(run, new(request.Attempt, null) { Needs = [new(before.Attempt, before.Folder)] }, request.Folder);

        var job = Assert.Single(await SlurmSchedulerPlace.Start(monitor, _place.Single(run, script: script) with { Dependency = new("afterok", [new("9999999")]) }));
        var end = await Until(monitor, job, static r => r.State.IsTerminal);

        Assert.Equal((state, reason), (end.State, end.Reason));
        Assert.Equal(state is JobState.Completed, File.ReadAllText(end.Log!).StartsWith("ran", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_requeue_is_told_as_the_same_jobs_next_attempt()
    {
        await testbed.StartAsync();
        var monitor = Monitor();
        var job = await SlurmSchedulerPlace.StartSingle(monitor, Single("r", "echo begun; sleep 60", new SlurmOption("requeue", null)));
        await Until(monitor, job, static r => r is { State: JobState.Running, Host: not null });

        Assert.IsType<EffectResult.Done>(await monitor.ChangeAsync(job, new JobChange.Requeue(), Stop));
        var requeued = await Until(monitor, job, static r => r.Attempt.Requeue == 1);

        Assert.Equal((job.Job!.Value, new JobEnd(JobState.Preempted, "REQUEUED")), (requeued.Job, requeued.Before));
        var next = SlurmSchedulerPlace.Request(job.Run, requeue: 1, job: job.Job.Value.Value);
        var again = await Until(monitor, next, static r => r is { State: JobState.Running, LogStart: > 0 });
        Assert.Equal($"{job.Run.OutputDir}/slurm-{job.Job}.out", again.Log);
        Assert.IsType<EffectResult.Done>(await monitor.CancelAsync(next, Stop));
        Assert.Equal(JobState.Cancelled, (await Until(monitor, next, static r => r.State.IsTerminal)).State);
    }

    [Fact]
    public async Task Tasks_of_an_array_end_each_in_its_own_way_and_one_squeue_tells_of_all()
    {
        await testbed.StartAsync();
        var monitor = Monitor();
        var runs = Enumerable.Range(0, 3).Select(i => _place.Run($"t{i}") with { Command = new CommandTemplate.Line($"exit {i}") }).ToArray();
        var submission = _place.Array("b", runs);
        foreach (var (member, start) in submission.Members.Zip(submission.Starts)) AtomicFile.Write(member.ScriptPath, ScriptRenderer.Render(member.Run, start, member.Folder));
        File.WriteAllText(submission.ScriptPath, $"#!/bin/bash\nscripts=({string.Join(' ', submission.Members.Select(static m => m.ScriptPath))})\nexec bash \"${{scripts[SLURM_ARRAY_TASK_ID]}}\"\n");
        for (var i = 0; i < runs.Length; i++) File.CreateSymbolicLink($"{submission.Array!.Folder}/{i}", runs[i].OutputDir);

        var jobs = await SlurmSchedulerPlace.Start(monitor, submission);
        var ends = new List<JobReport>();
        foreach (var job in jobs) ends.Add(await Until(monitor, job, static r => r.State.IsTerminal));

        Assert.Equal([(JobState.Completed, 0), (JobState.Failed, 1), (JobState.Failed, 2)], ends.Select(static e => (e.State, e.ExitCode!.Value)));
        Assert.All(ends.Zip(runs), static e => Assert.True(File.Exists(e.First.Log), $"{e.First.Log} of {e.Second.OutputDir}"));
        Assert.Equal(jobs.Select(static j => j.Job!.Value), Assert.IsType<Found.Jobs>(await SlurmSchedulerPlace.Find(Monitor(), submission)).Ids);
    }

    [Fact]
    public async Task A_refusal_keeps_Slurms_words_and_says_what_to_look_at()
    {
        await testbed.StartAsync();

        var refused = Assert.IsType<SubmitOutcome.Refused>(await SlurmSchedulerPlace.Submit(Monitor(), Single("p", "true", new SlurmOption("partition", "nosuch"))));

        Assert.False(refused.Answer.Retryable);
        Assert.Contains("Invalid partition name specified", refused.Answer.Reason, StringComparison.Ordinal);
        Assert.Contains("slurm.sbatch.partition", refused.Answer.Reason, StringComparison.Ordinal);
    }
}
