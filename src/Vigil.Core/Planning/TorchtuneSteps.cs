using System.Globalization;

namespace Vigil.Planning;

/// <summary>How long a training is.</summary>
/// <param name="PerEpoch">Steps of the optimizer.</param>
public sealed record TrainingSteps(long Samples, long PerEpoch, long Total);

/// <summary>
/// The arithmetic of torchtune's recipes: each process gets an equal share of the samples, the last one filled up; of that only whole batches are trained on
/// (drop_last); of the batches only whole accumulations make a step.
/// </summary>
public static class TorchtuneSteps
{
    private const string SingleDevice = "finetune_single_device", Distributed = "finetune_distributed";

    /// <summary>Null where the settings do not tell.</summary>
    public static TrainingSteps? Of(PlannedTraining training, long samples)
    {
        if (training is not { BatchSize.Value: > 0 and var batch, Epochs.Value: var epochs } || training.Accumulation is { Value: 0 }) return null;
        var share = (samples + training.Replicas - 1) / training.Replicas;
        var steps = share / batch / (training.Accumulation?.Value ?? 1);
        if (training.MaxStepsPerEpoch is { } most) steps = Math.Min(steps, most.Value);
        return (double)steps * epochs > PlannedTraining.Most ? null : new(samples, steps, steps * epochs);
    }

    /// <summary>Why samples alone do not tell the steps; null: they do.</summary>
    internal static string? Uncountable(string? recipe, string? loader, string? packed, string? replicas)
    {
        if (string.Equals(packed, "true", StringComparison.OrdinalIgnoreCase)) return "packed data: how many samples make one is known when it is packed";
        if (loader?.StartsWith("torchtune.datasets.", StringComparison.Ordinal) is not true) return $"the dataset '{loader}' loads what it wants";
        if (recipe is null || !recipe.Contains(SingleDevice, StringComparison.Ordinal) && !recipe.Contains(Distributed, StringComparison.Ordinal)) return $"the recipe '{recipe}' is none of torchtune's, and may count otherwise";
        return recipe.Contains(Distributed, StringComparison.Ordinal) && !long.TryParse(replicas, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? $"'{replicas}' processes are counted when the job starts" : null;
    }

    internal static long Replicas(string? recipe, long? processes) => recipe?.Contains(Distributed, StringComparison.Ordinal) is true ? Math.Max(1, processes ?? 1) : 1;
}
