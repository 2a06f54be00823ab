using System.Collections.Immutable;
using Vigil.Planning;

namespace Vigil.Monitoring;

/// <summary>A person's wish that ended runs start again, and with them the runs that were skipped because of them.</summary>
internal static class Retrying
{
    public static IEnumerable<RunEvent> Decide(ExperimentState state, ImmutableArray<RunId> runs)
    {
        var reopened = new HashSet<RunId>();
        foreach (var id in runs.Where(id => state.Runs.TryGetValue(id.Value, out var run) && run.State is RunState.Finished { Outcome: not Outcome.Completed }))
            reopened.Add(id);
        Spread(state, reopened);
        return reopened.Select(static id => new RunEvent.RunReopened(id));
    }

    /// <summary>The runs that were skipped because of this one, which a rule lets be tried again after it had failed.</summary>
    public static IEnumerable<RunEvent> SkippedFor(ExperimentState state, RunId run)
    {
        var reopened = new HashSet<RunId> { run };
        Spread(state, reopened);
        return reopened.Where(id => id != run).Select(static id => new RunEvent.RunReopened(id));
    }

    private static void Spread(ExperimentState state, HashSet<RunId> reopened)
    {
        for (var more = true; more;)
        {
            var next = state.Runs.Values.Where(r => !reopened.Contains(r.Id) && WasSkippedFor(r, reopened)).Select(static r => r.Id).ToList();
            reopened.UnionWith(next);
            more = next.Count > 0;
        }
    }

    private static bool WasSkippedFor(RunRecord run, HashSet<RunId> reopened) =>
        run.State is RunState.Finished { Outcome: Outcome.Skipped, Reason: { } reason }
        && (reason.StartsWith(Launching.SkippedBecause, StringComparison.Ordinal) && run.Plan.DependsOn.Any(reopened.Contains)
            || reason.StartsWith(CheckpointGate.Missing, StringComparison.Ordinal) && run.Plan.Watches.Any(reopened.Contains));
}
