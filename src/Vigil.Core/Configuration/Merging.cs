using System.Collections.Immutable;
using System.Globalization;

namespace Vigil.Configuration;

/// <summary>Makes a new tree out of two, or out of one and a change; what did not change is shared.</summary>
public static class Merging
{
    /// <summary>OmegaConf's rules: mappings merge, lists and scalars replace, <c>???</c> never overwrites. Null when a list meets a mapping.</summary>
    public static ConfigNode? Merge(ConfigNode below, ConfigNode above) => Merge(below, above, new DiagnosticBag());

    /// <summary>The same, with a report of every place where a list meets a mapping.</summary>
    public static ConfigNode? Merge(ConfigNode below, ConfigNode above, DiagnosticBag report) => (below, above) switch
    {
        (_, ConfigNode.Scalar { Text: "???" }) => below,
        (_, ConfigNode.Scalar) or (ConfigNode.Scalar, _) or (ConfigNode.Sequence, ConfigNode.Sequence) => above,
        _ => TreeMerge.Merge(below, above, new TemplateCache(DollarRule.IsText), report),
    };

    /// <summary>The value at a path; list elements are named by their number. Null when there is none.</summary>
    public static ConfigNode? Find(ConfigNode node, ReadOnlySpan<string> path)
    {
        var current = node;
        foreach (var key in path)
        {
            current = current switch
            {
                ConfigNode.Mapping map => map[key],
                ConfigNode.Sequence list => Index(list, key) is { } i ? list.Items[i] : null,
                _ => null,
            };
            if (current is null) return null;
        }
        return current;
    }

    /// <summary>The tree with the value merged in at a path; what lies on the way and is no mapping gives way to one. Null when a list meets a mapping.</summary>
    public static ConfigNode? Set(ConfigNode? node, ReadOnlySpan<string> path, SourceSpan keyAt, ConfigNode value)
    {
        if (path.IsEmpty) return node is null ? value : Merge(node, value);
        if (node is ConfigNode.Sequence list && Index(list, path[0]) is { } index)
            return Set(list.Items[index], path[1..], keyAt, value) is { } item ? new ConfigNode.Sequence(list.At, list.Items.SetItem(index, item)) : null;
        if (node is ConfigNode.Sequence) return null;
        var map = node as ConfigNode.Mapping;
        var at = map?.Entries is { } entries ? IndexOf(entries, path[0]) : -1;
        if (Set(at < 0 ? null : map!.Entries[at].Value, path[1..], keyAt, value) is not { } inner) return null;
        if (map is null) return new ConfigNode.Mapping(keyAt, [new(path[0], keyAt, inner)]);
        return new ConfigNode.Mapping(map.At, at < 0 ? map.Entries.Add(new(path[0], keyAt, inner)) : map.Entries.SetItem(at, new(path[0], Blame(map.Entries[at], path, keyAt), inner)));
    }

    /// <summary>The tree without a key, which must be there.</summary>
    public static ConfigNode Remove(ConfigNode node, ReadOnlySpan<string> path) => node switch
    {
        ConfigNode.Mapping map when IndexOf(map.Entries, path[0]) is >= 0 and var at => new ConfigNode.Mapping(map.At, path.Length == 1
            ? map.Entries.RemoveAt(at)
            : map.Entries.SetItem(at, map.Entries[at] with { Value = Remove(map.Entries[at].Value, path[1..]) })),
        ConfigNode.Sequence list when Index(list, path[0]) is { } at => new ConfigNode.Sequence(list.At, path.Length == 1
            ? list.Items.RemoveAt(at)
            : list.Items.SetItem(at, Remove(list.Items[at], path[1..]))),
        _ => node,
    };

    /// <summary>A key that was only passed through keeps its place; the one that was set has the place of who set it.</summary>
    private static SourceSpan Blame(ConfigEntry entry, ReadOnlySpan<string> path, SourceSpan keyAt) => path.Length == 1 ? keyAt : entry.KeyAt;

    private static int? Index(ConfigNode.Sequence list, string key) =>
        int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Items.Length ? index : null;

    private static int IndexOf(ImmutableArray<ConfigEntry> entries, string key)
    {
        for (var i = 0; i < entries.Length; i++)
            if (entries[i].Key == key && entries[i].Kind is KeyKind.Text) return i;
        return -1;
    }
}
