using Vigil.Monitoring;

namespace Vigil.Views;

/// <summary>Who said last how a run stands, when, and why it stands so.</summary>
/// <param name="Source">The word of <c>status --json</c>.</param>
/// <param name="Job">What the scheduler shows of the run's job now; null: it holds none, or has not shown it.</param>
public sealed record Sighting(string? Source, DateTimeOffset At, string? Reason, JobSight? Job)
{
    /// <summary>The scheduler's word for a job without a reason.</summary>
    private const string NoReason = "None";

    public static Sighting Of(RunRecord run, SchedulerSight? sight)
    {
        var reason = RunWords.Reason(run);
        if (run.State.Held is { } held && sight is not null && sight.Jobs.TryGetValue(held.Job.Value, out var job))
            return new(job.Source, job.Seen, reason ?? Word(job), job);
        return new(run.Plan.Slurm is null ? "local" : "journal", run.Changed, reason, null);
    }

    /// <summary>The scheduler's own reason; null: it has none.</summary>
    public static string? Word(JobSight job) => job.Reason is NoReason or "" ? null : job.Reason;

    /// <summary>Seconds; a clock that was set back makes nothing younger than now.</summary>
    public static double Age(DateTimeOffset at, DateTimeOffset now) => Math.Max(0, Math.Round((now - at).TotalSeconds, 3));
}
