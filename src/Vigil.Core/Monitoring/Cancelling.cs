using System.Collections.Immutable;
using Vigil.Planning;

namespace Vigil.Monitoring;

/// <summary>A person's wish that runs end. It is never undone by a rule or a restart.</summary>
internal static class Cancelling
{
    public static IEnumerable<RunEvent> Decide(ExperimentState state, ImmutableArray<RunId> runs, string by)
    {
        foreach (var id in runs.Distinct())
        {
            if (!state.Runs.TryGetValue(id.Value, out var run) || run.State is RunState.Finished) continue;
            yield return new RunEvent.CancelRequested(id, by);
            if (run.State is RunState.Waiting) yield return new RunEvent.RunFinished(id, Outcome.Cancelled, "CANCELLED");
            else if (run.State.Held is { } held) yield return Request(held.Attempt, held.Job);
        }
    }

    /// <summary>A cancel that was wished while the submission was on its way follows it at once.</summary>
    public static IEnumerable<RunEvent> AfterSubmission(ExperimentState state, EffectResult.Submitted submitted) =>
        from job in submitted.Jobs
        where state.Runs.TryGetValue(job.Attempt.Run.Value, out var run) && run.CancelledBy is not null
        select Request(job.Attempt, job.Job);

    private static RunEvent.EffectRequested Request(AttemptId attempt, JobId job) => new($"cancel:{attempt}", new Effect.Cancel(attempt, job));
}
