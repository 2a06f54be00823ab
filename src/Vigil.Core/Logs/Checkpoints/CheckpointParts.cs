using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Vigil.Configuration;

namespace Vigil.Logs.Checkpoints;

/// <summary>One file of a checkpoint.</summary>
/// <param name="Name">Below the checkpoint's folder, with <c>/</c>.</param>
public sealed record CheckpointPart(string Name, long Bytes, DateTimeOffset Modified);

/// <summary>Whether all the files are there that the others, and the form, speak of.</summary>
internal static partial class CheckpointParts
{
    /// <summary>Null: none is missing as far as can be told; else which.</summary>
    public static string? Missing(CheckpointName name, ImmutableArray<CheckpointPart> parts)
    {
        var names = parts.Select(static p => p.Name).ToHashSet(StringComparer.Ordinal);
        if (names.Count == 0) return "the folder is empty";
        foreach (var needed in name.Files)
            if (!names.Any(n => GlobPattern.Matches(needed, n))) return $"{needed} is missing";
        return MissingOfKind(name, names) ?? MissingShard(names) ?? MissingRank(names);
    }

    private static string? MissingOfKind(CheckpointName name, HashSet<string> names)
    {
        if (names.Any(static n => n.EndsWith(".distcp", StringComparison.Ordinal)) && !names.Any(static n => n is ".metadata" || n.EndsWith("/.metadata", StringComparison.Ordinal))) return ".metadata, which is written last, is missing";
        // The trainer writes its state behind everything else.
        if (names.Contains("training_args.bin") && !names.Contains("trainer_state.json")) return "trainer_state.json, which is written last, is missing";
        if (name.Kind is CheckpointKind.Epoch) return MissingOfEpoch(names);
        if (name.Kind is not CheckpointKind.State) return null;
        foreach (var needed in (string[])["optimizer.bin", "scheduler.bin", "random_states_0.pkl"])
            if (!names.Contains(needed)) return $"{needed} is missing";
        return names.Contains("train_state.json") || names.Contains("custom_checkpoint_0.pkl") ? null : "train_state.json is missing";
    }

    /// <summary>An adapter needs the file that says what it is an adapter of; without one there must be weights of the whole model.</summary>
    private static string? MissingOfEpoch(HashSet<string> names)
    {
        var weights = names.Any(static n => n.EndsWith(".safetensors", StringComparison.Ordinal) || n.EndsWith(".bin", StringComparison.Ordinal) || n.EndsWith(".pt", StringComparison.Ordinal) || n.EndsWith(".pth", StringComparison.Ordinal) || n.EndsWith(".distcp", StringComparison.Ordinal));
        if (!weights) return "there are no weights";
        if (names.Contains("adapter_config.json")) return names.Contains("adapter_model.safetensors") || names.Contains("adapter_model.bin") ? null : "adapter_model.safetensors is missing";
        return names.Contains("adapter_model.safetensors") && !names.Any(IsModel) ? "adapter_config.json is missing" : null;
    }

    private static bool IsModel(string name) => name.StartsWith("model", StringComparison.Ordinal) || name.StartsWith("pytorch_model", StringComparison.Ordinal);

    /// <summary><c>model-00001-of-00003.safetensors</c> speaks of three.</summary>
    private static string? MissingShard(HashSet<string> names)
    {
        foreach (var match in names.Select(static n => ShardForm.Match(n)).Where(static m => m.Success))
        {
            var (stem, of, end) = (match.Groups["stem"].Value, match.Groups["of"].Value, match.Groups["end"].Value);
            var count = int.Parse(of, NumberStyles.None, CultureInfo.InvariantCulture);
            if (count > names.Count) return $"of {stem}-*-of-{of}{end} some are missing";
            for (var i = 1; i <= count; i++)
            {
                var shard = $"{stem}-{i.ToString(CultureInfo.InvariantCulture).PadLeft(match.Groups["i"].Length, '0')}-of-{of}{end}";
                if (!names.Contains(shard)) return $"{shard} is missing";
            }
        }
        return null;
    }

    /// <summary>Files of ranks come in grids without holes: <c>mp_rank_01_002</c>, <c>zero_pp_rank_3_mp_rank_00</c>, <c>__5_0.distcp</c>, <c>random_states_1.pkl</c>.</summary>
    private static string? MissingRank(HashSet<string> names)
    {
        foreach (var family in names.Select(static n => RankForm.Match(n)).Where(static m => m.Success).GroupBy(static m => m.Groups["family"].Value))
        {
            var ranks = family.Select(static m => (A: Rank(m, "a"), B: Rank(m, "b"))).ToHashSet();
            var (columns, rows) = (ranks.Max(static r => r.A) + 1, ranks.Max(static r => r.B) + 1);
            // Each rank of a distributed checkpoint has as many files as it had writers, which is not the same for all.
            if (family.Key is "__" ? ranks.Select(static r => r.A).Distinct().Count() != columns : ranks.Count != columns * rows) return $"a rank's part is missing among {family.First().Value}";
        }
        return null;
    }

    private static long Rank(Match match, string group) => match.Groups[group] is { Success: true, ValueSpan: var digits } ? long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?<stem>.+)-(?<i>\d{1,6})-of-(?<of>\d{1,6})(?<end>\.\w+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex ShardForm { get; }

    [GeneratedRegex(@"(?:^|/)(?<family>__)(?<a>\d{1,6})_(?<b>\d{1,6})\.distcp\z|(?:^|/)(?<family>(?:bf16_)?zero_pp_rank_)(?<a>\d{1,6})_mp_rank_(?<b>\d{1,6})_(?:optim|model)_states\.pt\z|^(?<family>mp_rank_)(?<a>\d{1,6})(?:_(?<b>\d{1,6}))?/|(?:^|/)(?<family>random_states_)(?<a>\d{1,6})\.pkl\z|(?:^|/)(?<family>rng_state_)(?<a>\d{1,6})\.pth\z", RegexOptions.CultureInvariant)]
    private static partial Regex RankForm { get; }
}
