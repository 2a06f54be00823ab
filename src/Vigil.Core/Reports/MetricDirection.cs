using System.Collections.Immutable;

namespace Vigil.Reports;

/// <summary>Which of two values of a metric is the better one.</summary>
public enum MetricDirection
{
    /// <summary>Its name does not tell, and nothing is marked.</summary>
    Unknown,
    Higher,
    Lower,
}

/// <summary>Knows metrics of evaluations by the words of their names.</summary>
public static class MetricDirections
{
    /// <summary>How sure another number is, or how it spreads: never a result by itself.</summary>
    private static readonly ImmutableHashSet<string> OfSpread = ["stderr", "std", "stddev", "var", "variance", "ci", "count", "n"];

    private static readonly ImmutableHashSet<string> OfLess = ["loss", "mae", "rmse", "mse", "brier", "ece", "error", "errors", "perplexity", "ppl", "wer", "cer", "nll", "bpb", "toxicity", "hallucination"];

    private static readonly ImmutableHashSet<string> OfMore =
        ["accuracy", "acc", "f1", "auc", "auroc", "auprc", "r2", "squared", "precision", "recall", "match", "includes", "bleu", "rouge", "rougel", "parse", "pass", "success", "correct", "kappa", "mcc", "reward", "win"];

    /// <param name="metric">As its log names it.</param>
    public static MetricDirection Of(string metric)
    {
        var words = MetricNames.Normal(metric).Split('_');
        if (words.Any(OfSpread.Contains)) return MetricDirection.Unknown;
        // 'r_squared_error' and 'error_rate' are errors, whatever else stands in their names.
        if (words.Any(OfLess.Contains)) return MetricDirection.Lower;
        return words.Any(OfMore.Contains) ? MetricDirection.Higher : MetricDirection.Unknown;
    }
}
