using System.Globalization;

namespace Vigil.Documents;

/// <summary>What the settings of a training by torchtune must be, by their keys.</summary>
internal static class TrainingValues
{
    private static readonly string[] FromOne = ["epochs", "batch_size", "batch_size_val", "gradient_accumulation_steps", "max_steps_per_epoch", "run_val_every_n_steps", "log_every_n_steps", "max_seq_len", "lora_rank"];
    private static readonly string[] FromZero = ["num_warmup_steps", "seed"];
    private static readonly string[] Reals = ["lr", "lora_alpha", "weight_decay"];

    /// <summary>Those that may be null: then there is no such limit, or the trainer chooses.</summary>
    private static readonly string[] Optional = ["max_steps_per_epoch", "run_val_every_n_steps", "batch_size_val", "seed"];

    /// <summary>How a value that is null is written.</summary>
    public const string Nothing = "null";

    /// <summary>What a value must be instead, and one that is; null where it fits, or where nothing is known of the key.</summary>
    public static (string What, string Example)? Unfit(string key, string value) => key switch
    {
        _ when Optional.Contains(key) && value is Nothing or "~" or "" => null,
        _ when FromOne.Contains(key) => Whole(value) >= 1 ? null : ("a whole number from 1", "such as: 8"),
        _ when FromZero.Contains(key) => Whole(value) >= 0 ? null : ("a whole number from 0", "such as: 100"),
        _ when Reals.Contains(key) => Real(value) >= 0 ? null : ("a number from 0", "such as: 1e-4"),
        "lora_dropout" => Real(value) is >= 0 and <= 1 ? null : ("a number from 0 to 1", "such as: 0.05"),
        _ => null,
    };

    private static long? Whole(string value) => long.TryParse(Digits(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number <= int.MaxValue ? number : null;

    private static double? Real(string value) => double.TryParse(Digits(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    /// <summary>YAML's numbers may be grouped: <c>10_000</c>.</summary>
    private static string Digits(string value) => value.Replace("_", "", StringComparison.Ordinal);
}
