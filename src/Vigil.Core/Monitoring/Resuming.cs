using System.Collections.Immutable;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>A checkpoint that was looked at and found whole.</summary>
/// <param name="Path">Absolute: what it is known by.</param>
/// <param name="Step">Null: neither its name nor its files tell.</param>
/// <param name="Load">Absolute: what a trainer is given to go on from it.</param>
public sealed record UsableCheckpoint(string Path, long? Step, string Load);

/// <summary>Which checkpoint the next attempt goes on from.</summary>
internal static class Resuming
{
    /// <summary>So soon ends a run whose checkpoint cannot be loaded.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(120);

    /// <summary>The furthest that nothing speaks against. Where every one is in doubt, the furthest all the same: from nothing would be worse. Null: there is none.</summary>
    public static UsableCheckpoint? From(RunRecord run)
    {
        if (run.Usable is not { IsEmpty: false } usable) return null;
        foreach (var checkpoint in usable)
            if (run.Doubted?.Contains(checkpoint.Path) is not true) return checkpoint;
        return usable[0];
    }

    /// <summary>What the placeholder stands for. As long as nobody has looked, the trainer's word counts. What was started from a checkpoint goes on from that one until it has one of its own.</summary>
    public static string? Load(RunRecord run) => (run.Usable is null ? run.Checkpoint?.Path : From(run)?.Load) ?? run.Plan.Lineage?.Checkpoint;

    /// <summary>The same for the checkpoint whose evaluation was the best. Null: no evaluation is known, and the furthest counts.</summary>
    public static string? LoadBest(RunRecord run) => run.Best is { } best && run.Doubted?.Contains(best.Path) is not true ? best.Load : null;

    public static ImmutableArray<RunEvent> Judged(ExperimentState state, Observation.CheckpointsLookedAt seen)
    {
        if (!state.Runs.TryGetValue(seen.Run.Value, out var run) || run.Usable is { } known && known.SequenceEqual(seen.Usable) && run.Best == seen.Best) return [];
        return [new RunEvent.CheckpointsJudged(seen.Run, seen.Usable) { Best = seen.Best }];
    }

    /// <summary>The checkpoint that an attempt began with and died of, as far as can be told: at once, by itself, and without a step beyond it.</summary>
    public static RunEvent.CheckpointDoubted? Doubt(RunRecord run, Observation.JobReported seen, FailureCause? cause)
    {
        if (cause is not (FailureCause.Crash or FailureCause.Numeric) || run.LastKnown(seen.Report.Attempt) is not { From: { } from, Started: { } started }) return null;
        if ((seen.Report.Ended ?? seen.At) - started > AtOnce || run.Doubted?.Contains(from) is true) return null;
        var step = run.Usable?.FirstOrDefault(c => c.Path == from)?.Step;
        return seen.LastStep is { } last && (step is null || last > step) ? null : new(run.Id, from);
    }
}
