using System.Collections.Immutable;
using Vigil.Planning;

namespace Vigil.Monitoring;

/// <summary>A person's wish that runs end. It is never undone by a rule or a restart.</summary>
internal static class Cancelling
{
    /// <summary>A scheduler may take a cancel and forget it: a job that is still there after so long is asked again.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(60);

    public static IEnumerable<RunEvent> Decide(ExperimentState state, ImmutableArray<RunId> runs, string by)
    {
        foreach (var id in runs.Distinct())
        {
            if (!state.Runs.TryGetValue(id.Value, out var run) || run.State is RunState.Finished) continue;
            yield return new RunEvent.CancelRequested(id, by);
            if (run.State is RunState.Waiting) yield return new RunEvent.RunFinished(id, Outcome.Cancelled, "CANCELLED");
            else if (run.State.Held is { } held)
            {
                yield return Request(held.Attempt, held.Job);
                foreach (var link in Links(run, held.Attempt)) yield return link;
            }
        }
    }

    /// <summary>A cancel that was wished while the submission was on its way follows it at once; so does one for a link whose chain has ended.</summary>
    public static IEnumerable<RunEvent> AfterSubmission(ExperimentState state, EffectResult.Submitted submitted) =>
        from job in submitted.Jobs
        where state.Runs.TryGetValue(job.Attempt.Run.Value, out var run) && (run.CancelledBy is not null || run.State is RunState.Finished || run.LastKnown(job.Attempt) is { State.IsTerminal: true })
        select Request(job.Attempt, job.Job);

    /// <summary>Cancels that were carried out and did not end the job.</summary>
    public static IEnumerable<RunEvent> Again(ExperimentState state, DateTimeOffset now)
    {
        foreach (var run in state.AllRuns)
            if (run.CancelSent is { } sent && now - sent >= AskAgain && IsEnding(run) && run.State.Held is { } held
                && !state.Outbox.ContainsKey($"cancel:{held.Attempt}"))
                yield return Request(held.Attempt, held.Job);
    }

    /// <summary>Whether somebody wants the job ended that the run has now.</summary>
    private static bool IsEnding(RunRecord run) => (run.CancelledBy ?? run.StopReason) is not null || run.Finish is not null || run.Restart is not null;

    /// <summary>Cancels the links of a chain behind this attempt.</summary>
    public static IEnumerable<RunEvent> Links(RunRecord run, AttemptId attempt) =>
        from other in run.Attempts
        where other is { After: not null, Job: not null, State.IsTerminal: false } && other.Id.Number > attempt.Number
        select Request(other.Id, other.Job!.Value);

    public static RunEvent.EffectRequested Request(AttemptId attempt, JobId job) => new($"cancel:{attempt}", new Effect.Cancel(attempt, job));
}
