using System.Collections.Immutable;

namespace Vigil.Planning;

/// <summary>A run that completed earlier, and what it took.</summary>
/// <param name="Like">What its frozen configuration says of itself.</param>
/// <param name="Gpus">Of its job.</param>
/// <param name="Took">Of the attempt that completed, from its start to its end.</param>
public sealed record PastRun(string Experiment, PlannedTraining Like, double Gpus, TimeSpan Took)
{
    /// <summary>Samples that the training has seen, each epoch anew; null: it was none, or its log does not tell.</summary>
    public double? Samples { get; init; }

    /// <summary>Of its largest checkpoint; null: it left none.</summary>
    public long? CheckpointBytes { get; init; }

    /// <summary>Of everything else in its folder.</summary>
    public long OtherBytes { get; init; }

    /// <summary>The highest that the trainer told, in GiB; null: it told none.</summary>
    public double? PeakMemory { get; init; }
}

/// <summary>Where an estimate comes from.</summary>
public enum EstimateKind { Unknown, Document, Measured }

/// <summary>How long a planned run will take, and how much it will leave.</summary>
/// <param name="Time">Null: unknown.</param>
/// <param name="Source">As the end of a sentence.</param>
public sealed record RunEstimate(RunId Run, EstimateKind Kind, TimeSpan? Time, string Source)
{
    /// <summary>GPUs of the job.</summary>
    public double Gpus { get; init; }

    /// <summary>Bytes on disk; null: unknown.</summary>
    public long? Bytes { get; init; }

    /// <summary>GiB; null: unknown.</summary>
    public double? PeakMemory { get; init; }

    public double? GpuHours => Time?.TotalHours * Gpus;
}

/// <summary>Estimates from what was measured: the slowest of the earlier runs that are most like a planned one.</summary>
public static class Estimating
{
    /// <summary>A hundred years: what takes longer is a slip of the pen.</summary>
    private const double LongestSeconds = 100 * 365.25 * 86_400;

    /// <param name="training">What the planned run says of itself.</param>
    /// <param name="steps">Null: they are not known, or nothing is trained.</param>
    /// <param name="said">What the document says of its time; null: nothing.</param>
    public static RunEstimate Of(PlannedRun run, PlannedTraining training, TrainingSteps? steps, ImmutableArray<PastRun> past, TimeSpan? said)
    {
        var gpus = Gpus(run);
        var (likest, difference) = Likest(training, [.. past.Where(p => p.Gpus == gpus && IsAlike(p.Like.Alike, training.Alike))]);
        var sized = past.Where(p => IsAlike(p.Like.Alike, training.Alike) && IsAlike(p.Like.AlikeInSize, training.AlikeInSize)).ToList();
        var peak = likest.Where(p => p.Like.SamplesPerStep == training.SamplesPerStep && p.Like.BatchSize?.Value == training.BatchSize?.Value && IsAlike(p.Like.AlikeInSize, training.AlikeInSize)).Max(static p => p.PeakMemory);
        var estimate = Time(training, steps, likest) switch
        {
            { } time => new(run.Id, EstimateKind.Measured, time, $"from {Names(likest)}{difference}"),
            _ when said is not null => new(run.Id, EstimateKind.Document, said, "as the document says"),
            _ when training.Data is not null && steps is null && likest.Length > 0 => new(run.Id, EstimateKind.Unknown, null, "its steps are unknown"),
            _ => new RunEstimate(run.Id, EstimateKind.Unknown, null, "nothing like it was measured"),
        };
        return estimate with { Gpus = gpus, PeakMemory = peak, Bytes = sized.Count == 0 ? null : Bytes(run, training, sized) };
    }

    /// <summary>GPUs of a run's job, on all its nodes.</summary>
    public static double Gpus(PlannedRun run) => run.TimeLimit is { TotalHours: > 0 and var limit } && run.GpuHours > 0 ? Math.Round(run.GpuHours / limit, 3) : run.Resources.Gpus;

    private static bool IsAlike(ImmutableSortedDictionary<string, string> one, ImmutableSortedDictionary<string, string> other) => one.Count == other.Count && one.SequenceEqual(other);

    /// <summary>With the same batch on the same data where there are such, else with the same batch, else all: a sample takes about as long.</summary>
    private static (ImmutableArray<PastRun> Runs, string Difference) Likest(PlannedTraining training, ImmutableArray<PastRun> alike)
    {
        if (training.Data is null) return (alike, "");
        ImmutableArray<PastRun> counted = [.. alike.Where(static p => p.Samples > 0)];
        ImmutableArray<PastRun> batch = [.. counted.Where(p => p.Like.BatchSize?.Value == training.BatchSize?.Value && p.Like.SamplesPerStep == training.SamplesPerStep)];
        ImmutableArray<PastRun> data = [.. batch.Where(p => Path.GetFileName(p.Like.Data) == Path.GetFileName(training.Data))];
        return (data, batch) switch
        {
            ({ IsEmpty: false }, _) => (data, ""),
            (_, { IsEmpty: false }) => (batch, ", on other data"),
            _ => (counted, ", with another batch size"),
        };
    }

    private static TimeSpan? Time(PlannedTraining training, TrainingSteps? steps, ImmutableArray<PastRun> likest)
    {
        if (likest.IsEmpty) return null;
        if (training.Data is null) return likest.Max(static p => p.Took);
        if (steps is null || training.SamplesPerStep is not { } perStep) return null;
        var seconds = likest.Max(static p => p.Took.TotalSeconds / p.Samples!.Value) * steps.Total * perStep;
        return seconds < LongestSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    private static long Bytes(PlannedRun run, PlannedTraining training, List<PastRun> sized) =>
        (long)Math.Min(PlannedTraining.Most, sized.Max(static p => p.OtherBytes) + (double)(sized.Max(static p => p.CheckpointBytes) ?? 0) * (run.Artifacts?.Count(static a => a is Artifact.Weights) ?? training.Epochs?.Value ?? 0));

    private static string Names(ImmutableArray<PastRun> runs)
    {
        var experiments = runs.Select(static r => r.Experiment).Distinct().ToList();
        var of = experiments is [var only] ? only : $"{experiments[0]} and {experiments.Count - 1} more";
        return runs is [var one] ? $"{one.Like.Run} of {of}" : $"{runs.Length} runs of {of}, the slowest";
    }
}
