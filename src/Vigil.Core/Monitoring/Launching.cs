using System.Collections.Immutable;
using Vigil.Planning;

namespace Vigil.Monitoring;

/// <summary>Which waiting runs start now, and which never will.</summary>
internal static class Launching
{
    public static ImmutableArray<RunEvent> Decide(ExperimentState state, DateTimeOffset now)
    {
        List<RunRecord>? ready = null, early = null;
        List<RunEvent>? skipped = null;
        foreach (var run in state.AllRuns)
        {
            if (run.State is not RunState.Waiting waiting || waiting.NotBefore > now || run.HeldBy is not null || IsChanging(state, run)) continue;
            if (FailedBefore(state, run) is { } failed)
            {
                // One that is planned anew to be tried again has not failed for good.
                if (!IsChanging(state, state.Runs[failed.Value])) (skipped ??= []).Add(new RunEvent.RunFinished(run.Id, Outcome.Skipped, $"{SkippedBecause}{failed.Value}"));
            }
            else if (Looks.IsToStart(run))
                continue;   // its conditions are looked at
            else if (run.Plan.DependsOn.All(d => Completed(state, d)))
                (ready ??= []).Add(run);
            else if (SlurmEdges.CanBeKeptBySlurm(state, run))
                (early ??= []).Add(run);
        }
        var links = Chaining.Decide(state);
        if (ready is null && early is null && skipped is null && links.IsEmpty) return [];
        var room = Packing.Room(state);
        // Links come last: they only save waiting, and the runs that wait have none yet.
        return [.. skipped ?? [], .. Packing.Submissions(state, InOrder(ready), InOrder(early), room, now), .. links.Take(room - (ready?.Count ?? 0) - (early?.Count ?? 0))];
    }

    /// <summary>How the reason of a run begins that was skipped because a run before it did not complete.</summary>
    public const string SkippedBecause = "DEPENDENCY: ";

    private static ImmutableArray<RunRecord> InOrder(List<RunRecord>? runs) =>
        runs is null ? [] : [.. runs.OrderByDescending(static r => r.Plan.Priority).ThenBy(static r => r.Plan.Index)];

    /// <summary>Whether no run before it keeps it from being submitted.</summary>
    internal static bool IsNext(ExperimentState state, RunRecord run) => run.Plan.DependsOn.All(d => Completed(state, d)) || SlurmEdges.CanBeKeptBySlurm(state, run);

    /// <summary>Whether its configuration is being made anew.</summary>
    internal static bool IsChanging(ExperimentState state, RunRecord run) => !state.Outbox.IsEmpty && state.Outbox.Values.Any(e => e.Effect is Effect.StartRun { InPlaceOf: { } place } && place == run.Id);

    internal static RunId? FailedBefore(ExperimentState state, RunRecord run)
    {
        foreach (var before in run.Plan.DependsOn)
            if (state.Runs.TryGetValue(before.Value, out var parent) && parent.State is RunState.Finished { Outcome: not Outcome.Completed }) return before;
        return null;
    }

    private static bool Completed(ExperimentState state, RunId id) =>
        state.Runs.TryGetValue(id.Value, out var run) && run.State is RunState.Finished { Outcome: Outcome.Completed };
}
