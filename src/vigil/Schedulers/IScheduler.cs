using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Schedulers;

/// <summary>
/// The seam to whatever runs jobs: the local machine, Slurm, or a fake in tests. Accepted jobs outlive the caller;
/// a job is found again by its token, the attempt id. A scheduler never decides policy: it starts, reports and stops.
/// </summary>
internal interface IScheduler
{
    /// <summary>Hands over scripts that already lie in their attempt folders. Answers in the order asked: a job, or the scheduler's refusal.</summary>
    ValueTask<ImmutableArray<SubmitOutcome>> SubmitAsync(ImmutableArray<JobRequest> requests, CancellationToken stop);

    /// <summary>Looks for submissions that reached the scheduler although nobody noted it. Null where there is none.</summary>
    ValueTask<ImmutableArray<JobId?>> FindAsync(ImmutableArray<JobRequest> requests, CancellationToken stop);

    /// <summary>What became of these jobs. Left out: a job that the scheduler cannot judge yet, or of which it has told everything already.</summary>
    ValueTask<ImmutableArray<JobReport>> ReportAsync(ImmutableArray<JobRequest> jobs, CancellationToken stop);

    /// <summary>Lets jobs start that wait in a queue of our own. Called only when every decision is on disk: looking at jobs never starts one.</summary>
    ValueTask StartReadyAsync(CancellationToken stop);

    /// <summary>Asks that the job end: TERM, grace, KILL. A job that is gone already is success.</summary>
    ValueTask<EffectResult> CancelAsync(JobRequest job, CancellationToken stop);

    /// <summary>Completes when something may have changed, at the latest when <paramref name="limit"/> has passed.</summary>
    ValueTask WaitForNewsAsync(TimeSpan limit, CancellationToken stop);
}

/// <summary>One attempt as a scheduler sees it.</summary>
/// <param name="Job">Null before it was submitted.</param>
/// <param name="Folder">Absolute: the attempt's folder; <c>script.sh</c> lies in it.</param>
internal sealed record JobRequest(AttemptId Attempt, PlannedRun Run, string Folder, JobId? Job)
{
    public string ScriptPath => Path.Combine(Folder, "script.sh");
    public string LogPath(JobId job) => Run.LogPath.Replace("%j", job.Value, StringComparison.Ordinal);
}

/// <summary>The answer to one submission: exactly one of the two is set.</summary>
internal readonly record struct SubmitOutcome(JobId? Job, EffectResult.Refused? Refused);
