using System.Collections.Immutable;
using System.Globalization;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Schedulers;

namespace Vigil.Tests.CrashMatrix;

/// <summary>A scheduler that outlives the monitor, remembers every submission, and ends each job as it was told. Each call may be the moment at which the monitor dies.</summary>
internal sealed class FakeScheduler : IScheduler
{
    private readonly Dictionary<JobId, (AttemptId Attempt, int Looks, JobReport? End)> _jobs = [];

    /// <summary>Called on either side of every request.</summary>
    public Action Step { get; set; } = static () => { };

    /// <summary>Whether <see cref="FindAsync"/> answers truly; a scheduler that finds nothing shows what the look-up is for.</summary>
    public bool Finds { get; init; } = true;

    /// <summary>How the job of an attempt ends; one that is not over goes on.</summary>
    public Func<AttemptId, JobReport> Ending { get; set; } = static attempt => new(attempt, default, JobState.Completed, ExitCode: 0);

    /// <summary>Awaited before jobs are reported on.</summary>
    public Func<Task> Reporting { get; set; } = static () => Task.CompletedTask;

    /// <summary>How changes of jobs go.</summary>
    public Func<EffectResult> Changing { get; set; } = static () => new EffectResult.Done();

    /// <summary>Every submission that the scheduler accepted, in order.</summary>
    public List<AttemptId> Submissions { get; } = [];

    public ValueTask<ImmutableArray<SubmitOutcome>> SubmitAsync(ImmutableArray<Submission> submissions, CancellationToken stop)
    {
        var outcomes = ImmutableArray.CreateBuilder<SubmitOutcome>();
        foreach (var request in submissions.Select(static s => s.Members.Single()))
        {
            Step();
            Submissions.Add(request.Attempt);
            var job = new JobId(Submissions.Count.ToString(CultureInfo.InvariantCulture));
            _jobs[job] = (request.Attempt, 0, null);
            Step();
            outcomes.Add(new SubmitOutcome.Accepted([job]));
        }
        return new(outcomes.ToImmutable());
    }

    public ValueTask<ImmutableArray<Found>> FindAsync(ImmutableArray<Submission> submissions, CancellationToken stop) =>
        new([.. submissions.Select(s => Finds && _jobs.FirstOrDefault(j => j.Value.Attempt == s.Members.Single().Attempt) is { Value.Attempt.Number: > 0 } found ? new Found.Jobs([found.Key]) : (Found)new Found.Nothing())]);

    /// <summary>A job is seen queued, then running, then ended, so that every state has its journal write.</summary>
    public async ValueTask<ImmutableArray<JobReport>> ReportAsync(ImmutableArray<JobRequest> jobs, CancellationToken stop)
    {
        await Reporting();
        return [.. jobs.Select(Look)];
    }

    public ValueTask<EffectResult> CancelAsync(JobRequest job, CancellationToken stop)
    {
        Step();
        var known = _jobs[job.Job!.Value];
        _jobs[job.Job.Value] = known with { End = known.End ?? new JobReport(known.Attempt, job.Job.Value, JobState.Cancelled, "CANCELLED", Started: DateTimeOffset.UnixEpoch) };
        Step();
        return new(new EffectResult.Done());
    }

    public ValueTask<EffectResult> ChangeAsync(JobRequest job, JobChange change, CancellationToken stop) => new(Changing());

    public SchedulerSight? Sight => null;

    public ValueTask StartReadyAsync(CancellationToken stop) => ValueTask.CompletedTask;

    public ValueTask WaitForNewsAsync(TimeSpan limit, CancellationToken stop) => ValueTask.CompletedTask;

    private JobReport Look(JobRequest request)
    {
        var job = request.Job!.Value;
        var (attempt, looks, end) = _jobs[job];
        if (end is null && looks >= 2 && Ending(attempt) is { State.IsTerminal: true } ended) end = ended with { Job = job };
        _jobs[job] = (attempt, looks + 1, end);
        return end ?? new JobReport(attempt, job, looks == 0 ? JobState.Queued : JobState.Running);
    }
}
