using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Vigil.Logs.Checkpoints;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>A checkpoint that was looked at and found whole.</summary>
/// <param name="Path">Absolute: what it is known by.</param>
/// <param name="Step">Null: neither its name nor its files tell.</param>
/// <param name="Load">Absolute: what a trainer is given to go on from it.</param>
public sealed record UsableCheckpoint(string Path, long? Step, string Load)
{
    /// <summary>Whether <c>Load</c> alone leads to another one, so that a trainer must be told the step.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ByStep { get; init; }
}

/// <summary>Which checkpoint the next attempt goes on from.</summary>
internal static class Resuming
{
    /// <summary>So soon ends a run whose checkpoint cannot be loaded.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(120);

    /// <summary>The furthest that nothing speaks against and that the command can ask for. Where every one of those is in doubt, the furthest all the same: from nothing would be worse. Null: there is none.</summary>
    public static UsableCheckpoint? From(RunRecord run)
    {
        if (run.Usable is not { IsEmpty: false } usable) return null;
        var tellsStep = run.Plan.Command.TellsStep();
        UsableCheckpoint? furthest = null;
        foreach (var checkpoint in usable)
        {
            if (checkpoint.ByStep && !(tellsStep && checkpoint.Step is not null)) continue;
            if (!IsDoubted(run, checkpoint)) return checkpoint;
            furthest ??= checkpoint;
        }
        return furthest;
    }

    /// <summary>What the placeholder stands for. As long as nobody has looked, the trainer's word counts. What was started from a checkpoint goes on from that one until it has one of its own.</summary>
    public static string? Load(RunRecord run) => Own(run) ?? Inherited(run).Load;

    /// <summary>The step of what <see cref="Load"/> names; null: not known.</summary>
    public static long? Step(RunRecord run) => Own(run) is null ? Inherited(run).Step : run.Usable is null ? run.Checkpoint?.Step : From(run)?.Step;

    /// <summary>Where none that is whole can be asked for, the folder of the furthest is better than nothing: what a trainer finds there is its own affair.</summary>
    private static string? Own(RunRecord run) => run.Usable is { } usable ? (From(run) ?? usable.FirstOrDefault())?.Load : run.Checkpoint?.Path;

    private static (string? Load, long? Step) Inherited(RunRecord run)
    {
        if (run.Plan.Lineage?.Checkpoint is not { } path) return default;
        var cut = path.LastIndexOf('/');
        return CheckpointName.OfFolder(path[(cut + 1)..]) is { } name ? (CheckpointName.Load(path, name.Kind), name.Step) : (path, null);
    }

    private static bool IsDoubted(RunRecord run, UsableCheckpoint checkpoint) => run.Doubted?.Contains(checkpoint.Path) is true;

    /// <summary>Of a whole checkpoint that could not be taken because nothing tells the trainer its step, and what would; null: there is none.</summary>
    public static string? Untold(RunRecord run)
    {
        if (run.Usable is not { } usable || run.Plan.Command.TellsStep() || usable.FirstOrDefault(c => c is { ByStep: true, Step: not null } && !IsDoubted(run, c)) is not { } older) return null;
        var name = older.Path[(older.Path.LastIndexOf('/') + 1)..];
        var option = name.StartsWith("iter_", StringComparison.Ordinal) ? "--ckpt-step {last_checkpoint_step}" : $"{name.TrimEnd(Digits)}{{last_checkpoint_step}}";
        return $"{name} is older and whole, but could not be asked for: give the command {option}";
    }

    private static readonly char[] Digits = [.. "0123456789"];

    /// <summary>The same for the checkpoint whose evaluation was the best. Null: no evaluation is known, and the furthest counts.</summary>
    public static string? LoadBest(RunRecord run) => run.Best is { } best && !IsDoubted(run, best) ? best.Load : null;

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
