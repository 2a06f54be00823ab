using System.Collections.Immutable;
using Vigil.Planning;

namespace Vigil.Monitoring;

/// <summary>Chains: repeats of one run that are queued one behind the other, so that a run longer than a time limit does not queue anew each time.</summary>
internal static class Chaining
{
    /// <summary>The next link of every chain that is not complete. A link is asked for when the one before it has its job.</summary>
    public static ImmutableArray<RunEvent> Decide(ExperimentState state)
    {
        var links = ImmutableArray.CreateBuilder<RunEvent>();
        foreach (var run in state.AllRuns)
            if (run.Plan.Slurm is { Chain: > 1 and var length } && run.State.Held is { } held && (run.CancelledBy ?? run.StopReason ?? run.HeldBy) is null && Launching.FailedBefore(state, run) is null && Next(state, run, held.Attempt, length) is { } link) links.Add(link);
        return links.DrainToImmutable();
    }

    private static RunEvent.EffectRequested? Next(ExperimentState state, RunRecord run, AttemptId current, int length)
    {
        var last = run.LastKnown(current)!;
        var first = last;
        while (Before(run, first) is { } earlier) first = earlier;
        while (run.LinkAfter(last.Id) is { } link) last = link;
        if (last.Job is not { } job || last.Id.Number - first.Id.Number + 1 >= length || run.Attempts.Length >= run.AllowedAttempts || WasRefused(run, current)) return null;
        var start = new AttemptStart(new AttemptId(run.Id, run.NextNumber), LastCheckpoint: null) { After = last.Id, Needs = SlurmEdges.Needs(state, run) };
        return new($"submit:{start.Attempt}", new Effect.Submit([start]) { Dependency = new("afterany", [job]) });
    }

    /// <summary>The link before this one. A link that the scheduler queued again stands where its first start stood.</summary>
    private static AttemptRecord? Before(RunRecord run, AttemptRecord link)
    {
        foreach (var start in run.Attempts)
            if (start.Id.Number == link.Id.Number && start.After is { } before) return run.LastKnown(before);
        return null;
    }

    private static bool WasRefused(RunRecord run, AttemptId current) =>
        run.Attempts.Any(a => a is { After: not null, Job: null, State: JobState.Failed } && a.Id.Number > current.Number);
}
