using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Documents;

namespace Vigil.Planning;

/// <summary>
/// What a user types wins over a plan document, as it does over an experiment file. What a document says of its runs stands in the entries of a sweep, which otherwise
/// wins over overrides: so those go into the entries themselves.
/// </summary>
internal static class DocumentOverrides
{
    private const string Training = "backend.finetune.";

    /// <summary>The document's experiment with the overrides of its runs in it, and the overrides that are left.</summary>
    public static (ConfigNode.Mapping Tree, ImmutableArray<Override> Others) Apply(ConfigNode.Mapping tree, ImmutableArray<Override> overrides)
    {
        if (Merging.Find(tree, ["sweep", "configs"]) is not ConfigNode.Sequence configs) return (tree, overrides);
        var entries = configs.Items.OfType<ConfigNode.Mapping>().ToArray();
        var rest = overrides.Where(o => o.IsSweep || o.Package is not null || !Apply(o, entries)).ToImmutableArray();
        var changed = Merging.Set(tree, ["sweep", "configs"], configs.At, new ConfigNode.Sequence(configs.At, [.. entries]));
        return ((ConfigNode.Mapping)changed!, rest);
    }

    /// <summary>False where no run is meant: then it is about what all have in common.</summary>
    private static bool Apply(Override change, ConfigNode.Mapping[] entries)
    {
        var isMeant = false;
        for (var i = 0; i < entries.Length; i++)
            if (Of(change, entries[i]) is { } changed) (entries[i], isMeant) = (changed, true);
        return isMeant;
    }

    /// <summary>The entry as it is now; null where the override is not about it.</summary>
    private static ConfigNode.Mapping? Of(Override change, ConfigNode.Mapping entry)
    {
        foreach (var inside in entry.Entries)
            if (inside.Value is ConfigNode.Mapping && change.Key.StartsWith(inside.Key + ".", StringComparison.Ordinal) && change.Node is { } value && Merging.Set(inside.Value, change.Key[(inside.Key.Length + 1)..].Split('.'), change.At, value) is { } within)
                return Replaced(entry, inside.Key, within);
        var isSaid = entry.Entries.Any(e => e.Key == change.Key || change.Key != "backend" && e.Key.StartsWith(change.Key + ".", StringComparison.Ordinal));
        if (!isSaid && !Belongs(change.Key, entry)) return null;
        var others = entry.Entries.RemoveAll(e => e.Key == change.Key || e.Key.StartsWith(change.Key + ".", StringComparison.Ordinal));
        return new(entry.At, change.Node is { } node ? others.Add(new(change.Key, change.At, node)) : others);
    }

    /// <summary>A setting of the training is every training's, another one of the backend every evaluation's.</summary>
    private static bool Belongs(string key, ConfigNode.Mapping entry) => key.StartsWith("backend.", StringComparison.Ordinal)
        && entry["stage"] is ConfigNode.Scalar { Text: var stage } && stage == (key.StartsWith(Training, StringComparison.Ordinal) ? DocumentExperiment.FineTuning : DocumentExperiment.Evaluation);

    private static ConfigNode.Mapping Replaced(ConfigNode.Mapping entry, string key, ConfigNode value) =>
        new(entry.At, [.. entry.Entries.Select(e => e.Key == key ? e with { Value = value } : e)]);
}
