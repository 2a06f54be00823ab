using System.Collections.Immutable;
using Vigil.Planning;

namespace Vigil.Monitoring;

/// <summary>Which waiting runs start now, and which never will.</summary>
internal static class Launching
{
    public static ImmutableArray<RunEvent> Decide(ExperimentState state, DateTimeOffset now)
    {
        List<RunRecord>? ready = null;
        List<RunEvent>? skipped = null;
        foreach (var run in state.Runs.Values)
        {
            if (run.State is not RunState.Waiting waiting || waiting.NotBefore > now) continue;
            if (FailedBefore(state, run) is { } failed)
                (skipped ??= []).Add(new RunEvent.RunFinished(run.Id, Outcome.Skipped, $"{SkippedBecause}{failed.Value}"));
            else if (run.Plan.DependsOn.All(d => Completed(state, d)))
                (ready ??= []).Add(run);
        }
        if (ready is null && skipped is null) return [];
        var starts = (ready ?? []).OrderByDescending(static r => r.Plan.Priority).ThenBy(static r => r.Plan.Index).Select(Start);
        return [.. skipped ?? [], .. starts];
    }

    /// <summary>How the reason of a run begins that was skipped because a run before it did not complete.</summary>
    public const string SkippedBecause = "DEPENDENCY: ";

    private static RunEvent Start(RunRecord run)
    {
        var attempt = new AttemptId(run.Id, run.NextNumber);
        return new RunEvent.EffectRequested($"submit:{attempt}", new Effect.Submit([new AttemptStart(attempt, run.Checkpoint?.Path)]));
    }

    private static RunId? FailedBefore(ExperimentState state, RunRecord run)
    {
        foreach (var before in run.Plan.DependsOn)
            if (state.Runs.TryGetValue(before.Value, out var parent) && parent.State is RunState.Finished { Outcome: not Outcome.Completed }) return before;
        return null;
    }

    private static bool Completed(ExperimentState state, RunId id) =>
        state.Runs.TryGetValue(id.Value, out var run) && run.State is RunState.Finished { Outcome: Outcome.Completed };
}
