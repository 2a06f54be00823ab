namespace Vigil.Configuration;

/// <summary>Where two trees cannot be merged because a list meets a mapping.</summary>
/// <param name="Key">Dotted, from the top of both; empty for the trees themselves.</param>
internal sealed record MergeConflict(string Key, SourceSpan BelowAt, string Below, SourceSpan AboveAt, string Above)
{
    /// <summary>The first one; null when there is none.</summary>
    public static MergeConflict? Find(ConfigNode below, ConfigNode above) => Find(below, above, "");

    /// <summary>The value of the key that an entry of another mapping has; null when there is none.</summary>
    internal static ConfigNode? Same(ConfigNode.Mapping map, in ConfigEntry entry)
    {
        foreach (ref readonly var own in map.Entries.AsSpan())
            if (own.HasKeyOf(entry)) return own.Value;
        return null;
    }

    private static MergeConflict? Find(ConfigNode below, ConfigNode above, string key)
    {
        switch (below, above)
        {
            case (ConfigNode.Mapping, ConfigNode.Sequence): return new(key, below.At, "a mapping", above.At, "a list");
            case (ConfigNode.Sequence, ConfigNode.Mapping): return new(key, below.At, "a list", above.At, "a mapping");
            case (ConfigNode.Mapping lower, ConfigNode.Mapping upper):
                foreach (var entry in upper.Entries)
                    if (Same(lower, entry) is { } inner && Find(inner, entry.Value, key.Length == 0 ? entry.Key : $"{key}.{entry.Key}") is { } found) return found;
                return null;
            default: return null;
        }
    }
}
