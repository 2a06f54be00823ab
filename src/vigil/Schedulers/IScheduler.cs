using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Schedulers;

/// <summary>
/// The seam to whatever runs jobs: the local machine, Slurm, or a fake in tests. Accepted jobs outlive the caller;
/// a job is found again by its token, which comes from the attempts' ids. A scheduler never decides policy: it starts, reports and stops.
/// </summary>
internal interface IScheduler
{
    /// <summary>Hands over scripts that already lie in their attempt folders. Answers in the order asked.</summary>
    ValueTask<ImmutableArray<SubmitOutcome>> SubmitAsync(ImmutableArray<Submission> submissions, CancellationToken stop);

    /// <summary>Looks for submissions that may have reached the scheduler although nobody noted it. Answers in the order asked.</summary>
    ValueTask<ImmutableArray<Found>> FindAsync(ImmutableArray<Submission> submissions, CancellationToken stop);

    /// <summary>What became of these jobs. Left out: a job that the scheduler cannot judge yet, or of which there is no news. The end of a job is told as long as it is asked for.</summary>
    ValueTask<ImmutableArray<JobReport>> ReportAsync(ImmutableArray<JobRequest> jobs, CancellationToken stop);

    /// <summary>Lets jobs start that wait in a queue of our own. Called only when every decision is on disk: looking at jobs never starts one.</summary>
    ValueTask StartReadyAsync(CancellationToken stop);

    /// <summary>Asks that the job end: TERM, grace, KILL. A job that is gone already is success.</summary>
    ValueTask<EffectResult> CancelAsync(JobRequest job, CancellationToken stop);

    /// <summary>Changes a job that the scheduler holds.</summary>
    ValueTask<EffectResult> ChangeAsync(JobRequest job, JobChange change, CancellationToken stop);

    /// <summary>Completes when something may have changed, at the latest when <paramref name="limit"/> has passed.</summary>
    ValueTask WaitForNewsAsync(TimeSpan limit, CancellationToken stop);

    /// <summary>What was seen of the jobs last, for people; null where every word of it is in the journal.</summary>
    SchedulerSight? Sight { get; }
}

/// <summary>One attempt as a scheduler sees it.</summary>
/// <param name="Folder">Absolute: the attempt's folder; its script lies in it.</param>
/// <param name="Job">Null before it was submitted.</param>
internal sealed record JobRequest(AttemptId Attempt, PlannedRun Run, string Folder, JobId? Job)
{
    /// <summary>The array that it was submitted in; null: it was submitted alone, or not yet.</summary>
    public string? Array { get; init; }

    public string ScriptPath => Path.Combine(Folder, Run.Slurm is null ? "script.sh" : "script.sbatch");

    /// <summary>Null where only the job itself can tell.</summary>
    public string? LogPath(JobId job) => LogPattern.Expand(Run.LogPath, job);
}

/// <summary>One call to the scheduler.</summary>
/// <param name="Members">One attempt, or the tasks of an array in their order.</param>
/// <param name="ScriptPath">Absolute: what is handed over.</param>
/// <param name="JobName">The run's name, or the array's.</param>
/// <param name="Array">Null: a single job.</param>
internal sealed record Submission(string Id, ImmutableArray<JobRequest> Members, ImmutableArray<AttemptStart> Starts, string ScriptPath, string JobName, string ExperimentDir, ArrayPlace? Array, JobDependency? Dependency)
{
    /// <summary>What tells this submission from every other one of this user: the same for every try.</summary>
    public string Token => field ??= SubmissionToken.Of(ExperimentDir, Id);
}

/// <summary>Where an array keeps its script, its index and the links of its tasks.</summary>
/// <param name="Folder">Absolute: <c>arrays/B</c>.</param>
internal sealed record ArrayPlace(string Name, string Folder);

/// <summary>The answer to one submission.</summary>
internal abstract record SubmitOutcome
{
    private SubmitOutcome() { }

    /// <summary>One job a member, in their order.</summary>
    public sealed record Accepted(ImmutableArray<JobId> Jobs) : SubmitOutcome;

    /// <summary>Certainly not accepted.</summary>
    public sealed record Refused(EffectResult.Refused Answer) : SubmitOutcome;

    /// <summary>Nobody knows: it is looked for before anything is submitted again.</summary>
    public sealed record InDoubt(string Reason) : SubmitOutcome;
}

/// <summary>What looking for a submission found.</summary>
internal abstract record Found
{
    private Found() { }

    /// <summary>One job a member, in their order.</summary>
    public sealed record Jobs(ImmutableArray<JobId> Ids) : Found;

    /// <summary>Proved: it never reached the scheduler, and never will.</summary>
    public sealed record Nothing : Found;

    /// <summary>Not to be told yet.</summary>
    public sealed record Unknown(string Reason) : Found;
}
