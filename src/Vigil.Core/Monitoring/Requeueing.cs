using System.Collections.Immutable;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>The scheduler queued a job again by itself: the attempt is over, and the same job is the run's next attempt. It counts.</summary>
internal static class Requeueing
{
    public static ImmutableArray<RunEvent> Decide(ExperimentState state, RunRecord run, AttemptId before, Observation.JobReported seen)
    {
        var report = seen.Report;
        var end = report.Before ?? new JobEnd(JobState.Preempted, "REQUEUED");
        var events = ImmutableArray.CreateBuilder<RunEvent>();
        events.Add(new RunEvent.AttemptEnded(before, end.State, end.Reason, ExitCode: null, Signal: null, run.CancelledBy is null ? FailureCause.Infrastructure : null, Ended: null, seen.LastStep));
        events.Add(new RunEvent.AttemptRequeued(report.Attempt, report.Job, report.Log ?? run.LastKnown(before)?.Log));
        if (run.CancelledBy is not null) events.Add(Cancelling.Request(report.Attempt, report.Job));
        else if (run.Attempts.Length >= run.AllowedAttempts && run.StopReason is null)
            events.AddRange(new RunEvent.StopRequested(run.Id, Ending.TooManyAttempts), Cancelling.Request(report.Attempt, report.Job));
        // What the report says of the new attempt is judged where that attempt exists.
        var requeued = state.Apply(new JournalEntry(state.Seq + 1, seen.At, "vigil", "job-reported", events.ToImmutable()));
        return [.. events, .. Ending.Decide(requeued, seen)];
    }
}
