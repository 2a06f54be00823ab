using System.Collections.Immutable;
using Vigil.Planning;

namespace Vigil.Monitoring;

/// <summary>What follows when a scheduler reports on a job: it started, or it ended and the run is over or tried again.</summary>
internal static class Ending
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    public static ImmutableArray<RunEvent> Decide(ExperimentState state, Observation.JobReported seen)
    {
        var report = seen.Report;
        if (!state.Runs.TryGetValue(report.Attempt.Run.Value, out var run) || run.State.Held is not { } held || held.Attempt != report.Attempt || held.Job != report.Job) return [];
        var started = new RunEvent.AttemptStarted(report.Attempt, report.Started, report.Host);
        return report.State switch
        {
            JobState.Queued => [],
            JobState.Running => run.State is RunState.Queued ? [started] : [],
            _ when run.State is RunState.Queued && report.Started is not null => [started, .. Ended(run, seen)],
            _ => [.. Ended(run, seen)],
        };
    }

    private static IEnumerable<RunEvent> Ended(RunRecord run, Observation.JobReported seen)
    {
        var report = seen.Report;
        var wished = run.CancelledBy is not null || report.State is JobState.Cancelled;
        var cause = report.State is JobState.Completed || wished ? (FailureCause?)null : Causes.Of(report);
        yield return new RunEvent.AttemptEnded(report.Attempt, report.State, report.Reason, report.ExitCode, report.Signal, cause, report.Ended, seen.LastStep);
        yield return (report.State, cause) switch
        {
            (JobState.Completed, _) => new RunEvent.RunFinished(run.Id, Outcome.Completed, Reason: null),
            (_, null) => new RunEvent.RunFinished(run.Id, Outcome.Cancelled, "CANCELLED"),
            (_, { } why) => AfterFailure(run, seen, why),
        };
    }

    private static RunEvent AfterFailure(RunRecord run, Observation.JobReported seen, FailureCause cause)
    {
        var report = seen.Report;
        var policy = run.Plan.Restart;
        var failed = new RunEvent.RunFinished(run.Id, report.State is JobState.Lost ? Outcome.Lost : Outcome.Failed, report.Reason);
        if (!policy.Causes.Contains(cause) || run.Attempts.Length >= run.AllowedAttempts) return failed;
        return GoesInCircles(run, seen)
            ? new RunEvent.RunFinished(run.Id, Outcome.NeedsPerson, "CRASH_LOOP")
            : new RunEvent.RunDelayed(run.Id, seen.At + Delay(policy, run.Attempts.Length));
    }

    /// <summary>Two attempts in a row without a further step or checkpoint, of a run that is able to show steps.</summary>
    private static bool GoesInCircles(RunRecord run, Observation.JobReported seen)
    {
        if (run.BestStep is null && seen.LastStep is null) return false;
        var advanced = (seen.LastStep is { } step && (run.BestStep is not { } best || step > best)) || run.Checkpoint?.Attempt == seen.Report.Attempt;
        return !advanced && run.Stalled >= 1;
    }

    private static TimeSpan Delay(RestartPolicy policy, int attempts)
    {
        var seconds = policy.DelaySeconds * Math.Pow(2, Math.Min(attempts - 1, 30));
        return seconds < LongestDelay.TotalSeconds ? TimeSpan.FromSeconds(seconds) : LongestDelay;
    }
}
