using System.Collections.Immutable;

namespace Vigil.Reports;

/// <summary>What trainers call the same thing: the one list by which columns of the report find their metric. The first name that a run has shown wins.</summary>
public static class MetricNames
{
    // As the packs of config/progress, metrics.jsonl and TensorBoard give them, in the form of Normal.
    public static ImmutableArray<string> Loss { get; } =
    [
        "loss", "train_loss", "training_loss", "lm_loss", "avr_loss", "loss_train", "train_loss_epoch", "train_loss_step", "loss_average", "loss_current",
        "loss_metrics_global_avg_loss", "reduced_train_loss", "loss_epoch_average",
    ];

    public static ImmutableArray<string> ValidationLoss { get; } =
    [
        "val_loss", "validation_loss", "eval_loss", "valid_loss", "validation_lm_loss_value", "validation_lm_loss", "lm_loss_validation", "loss_val", "loss_validation",
        "loss_eval", "val_loss_epoch", "validation_metrics_loss",
    ];

    public static ImmutableArray<string> TokensPerSecond { get; } =
    [
        "tokens_per_second_per_gpu", "tokens_per_second", "tokens_per_sec", "tokens_per_gpu_per_second", "train_tokens_per_second", "train_tokens_per_sec",
        "tps", "throughput_tps", "tokens_s", "tok_s", "throughput_tokens",
    ];

    public static ImmutableArray<string> PeakMemory { get; } =
    [
        "peak_memory_reserved", "peak_memory_alloc", "peak_memory_active", "peak_memory", "max_memory_allocated", "memory_max_reserved_gib", "memory", "mem",
    ];

    private static readonly ImmutableHashSet<string> Wanted = [.. Loss, .. ValidationLoss, .. TokensPerSecond, .. PeakMemory];

    public static bool IsWanted(string name) => Wanted.Contains(Normal(name));

    /// <summary>The name in small letters, with <c>_</c> for whatever parts its words: <c>train/loss</c>, <c>Train Loss</c> and <c>train_loss</c> are one.</summary>
    public static string Normal(string name) =>
        string.Join('_', name.ToLowerInvariant().Split([' ', '-', '/', '.', ':', '_', '(', ')'], StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The unit of a trainer's memory, where its name is that of one trainer only; otherwise the number stands as it was printed.</summary>
    public static string UnitOfMemory(string name) => Normal(name) is var normal && (normal.StartsWith("peak_memory_", StringComparison.Ordinal) || normal.EndsWith("_gib", StringComparison.Ordinal)) ? " GiB" : "";

    /// <summary>Whether a throughput counts one GPU of several.</summary>
    public static string UnitOfThroughput(string name) => Normal(name) is "tokens_per_second_per_gpu" or "tokens_per_gpu_per_second" or "tps" ? "/GPU" : "";
}
