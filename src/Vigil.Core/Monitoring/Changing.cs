using System.Collections.Immutable;
using Vigil.Planning;

namespace Vigil.Monitoring;

/// <summary>A person's wish that waiting or queued runs are kept back or let go, or that jobs change.</summary>
internal static class Changing
{
    public static IEnumerable<RunEvent> Decide(ExperimentState state, ImmutableArray<RunId> runs, JobChange change, string by)
    {
        foreach (var id in runs.Distinct())
        {
            if (!state.Runs.TryGetValue(id.Value, out var run) || run.State is RunState.Finished) continue;
            if (change is JobChange.Hold && run.State is not RunState.Running) yield return new RunEvent.RunHeld(id, by);
            else if (change is JobChange.Release && run.HeldBy is not null) yield return new RunEvent.RunReleased(id);
            // A job that was held past us, by scontrol or by the cluster, is let go as well.
            else if (change is JobChange.Hold || change is JobChange.Release && run.State is not RunState.Queued) continue;
            if (run.State.Held is { } held) yield return Request(held.Attempt, held.Job, change);
        }
    }

    /// <summary>A run that was held while its submission was on its way is held at once.</summary>
    public static IEnumerable<RunEvent> AfterSubmission(ExperimentState state, EffectResult.Submitted submitted) =>
        from job in submitted.Jobs
        where state.Runs.TryGetValue(job.Attempt.Run.Value, out var run) && run.HeldBy is not null && run.CancelledBy is null
        select Request(job.Attempt, job.Job, new JobChange.Hold());

    private static RunEvent.EffectRequested Request(AttemptId attempt, JobId job, JobChange change) =>
        new($"{Word(change)}:{attempt}", new Effect.Change(attempt, job, change));

    private static string Word(JobChange change) => change switch
    {
        // One id for both: what is wished later takes the place of the earlier, instead of racing it to the scheduler.
        JobChange.Hold or JobChange.Release => "hold",
        JobChange.Requeue => "requeue",
        JobChange.TimeLimit => "time-limit",
        JobChange.ExcludeNodes => "exclude-nodes",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
