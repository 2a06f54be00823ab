using System.Collections.Immutable;
using System.Globalization;

namespace Vigil.Configuration;

/// <summary>Applies value overrides to a tree in the order they were typed, as Hydra does on its closed root.</summary>
public static class OverrideApplication
{
    /// <param name="isKnown">Whether a dotted key that the file lacks may be set all the same, because Vigil itself reads it.</param>
    /// <param name="knownKeys">The keys that Vigil reads, for suggestions.</param>
    public static ConfigNode.Mapping Apply(ConfigNode.Mapping tree, ImmutableArray<Override> overrides, Func<string, bool> isKnown, Func<ImmutableArray<string>> knownKeys, DiagnosticBag report)
    {
        var checks = new Checks(isKnown, knownKeys, report);
        foreach (var change in overrides) tree = Apply(tree, change, checks);
        return tree;
    }

    private sealed record Checks(Func<string, bool> IsKnown, Func<ImmutableArray<string>> KnownKeys, DiagnosticBag Report);

    private static ConfigNode.Mapping Apply(ConfigNode.Mapping tree, Override change, Checks checks)
    {
        var found = Merging.Find(tree, change.Path.AsSpan());
        if (!MayApply(change, found, tree, checks)) return tree;
        if (change.Kind is OverrideKind.Delete) return (ConfigNode.Mapping)Merging.Remove(tree, change.Path.AsSpan());
        if (change.Kind is OverrideKind.Change && !KnowsInside(change, found, tree, checks)) return tree;
        return Assign(tree, change.Path.AsSpan(), change, change.Node!, checks.Report) as ConfigNode.Mapping ?? tree;
    }

    private static bool MayApply(Override change, ConfigNode? found, ConfigNode.Mapping tree, Checks checks)
    {
        var report = checks.Report;
        switch (change)
        {
            case { Package: not null }:
                report.Error("CFG079", change.At, $"'{change.Text}' chooses an option of the config group '{change.Key}', and there is no such group", "groups are folders beside the config files; a key of the configuration has no '@'");
                return false;
            case { IsSweep: true }:
                AmbiguousSweep.Report(change, report);
                return false;
            case { Kind: OverrideKind.Change } when found is null && !checks.IsKnown(change.Key):
                if (IntoList(tree, change) is { } place) report.Error("CFG035", change.At, $"'{change.Text}' {place}", "elements are counted from 0: list.0");
                else ReportUnknown(change, change.Key, tree, checks);
                return false;
            case { Kind: OverrideKind.Add, Node: ConfigNode.Scalar } when found is not null && !IsUnset(found):
                report.Error("CFG033", change.At, $"'{change.Text}' adds a key that is there already", $"to change it write {change.Text[1..]}; to set it in any case +{change.Text}");
                return false;
            case { Kind: OverrideKind.Delete } when found is null:
                report.Error("CFG031", change.At, $"'{change.Text}' deletes nothing: there is no key '{change.Key}'", Suggestion.Hint(change.Key, [.. Keys(tree, "")]));
                return false;
            case { Kind: OverrideKind.Delete, Node: { } expected } when !NodeEquality.Holds(expected, found!):
                report.Error("CFG034", change.At, $"'{change.Text}' does not match: the value of '{change.Key}' is another one", $"write ~{change.Key} to delete it whatever it is");
                return false;
            default:
                return true;
        }
    }

    /// <summary>A dict changes keys that are there; whatever is new in it needs a <c>+</c>.</summary>
    private static bool KnowsInside(Override change, ConfigNode? found, ConfigNode.Mapping tree, Checks checks)
    {
        if (found is not ConfigNode.Mapping below || change.Node is not ConfigNode.Mapping above) return true;
        var unknown = Unknown(below, above, change.Key, checks.IsKnown).ToList();
        foreach (var key in unknown) ReportUnknown(change, key, tree, checks);
        return unknown.Count == 0;
    }

    private static IEnumerable<string> Unknown(ConfigNode.Mapping below, ConfigNode.Mapping above, string path, Func<string, bool> isKnown)
    {
        foreach (var entry in above.Entries)
        {
            var key = $"{path}.{entry.Key}";
            var inner = MergeConflict.Same(below, entry);
            if (inner is null && !isKnown(key)) yield return key;
            if (inner is not ConfigNode.Mapping deeper || entry.Value is not ConfigNode.Mapping value) continue;
            foreach (var unknown in Unknown(deeper, value, key, isKnown)) yield return unknown;
        }
    }

    private static void ReportUnknown(Override change, string key, ConfigNode.Mapping tree, Checks checks)
    {
        var near = Suggestion.Nearest(key, checks.KnownKeys().Concat(Keys(tree, "")));
        checks.Report.Error("CFG031", change.At, $"'{change.Text}' names nothing: there is no key '{key}'", (near is null ? "" : $"did you mean '{near}'? ") + $"To add a key write +{change.Text}");
    }

    /// <summary>The tree with the value at a path; what lies on the way and is no container gives way to a mapping. Null with a diagnostic when it cannot be.</summary>
    private static ConfigNode? Assign(ConfigNode? node, ReadOnlySpan<string> path, Override change, ConfigNode value, DiagnosticBag report)
    {
        if (path.IsEmpty) return Put(node, value, change, report);
        if (node is ConfigNode.Sequence list)
        {
            if (Index(list, path[0]) is { } index)
                return Assign(list.Items[index], path[1..], change, value, report) is { } item ? new ConfigNode.Sequence(list.At, list.Items.SetItem(index, item)) : null;
            report.Error("CFG035", change.At, $"'{change.Text}' {NoElement(list, path[0])}", "elements are counted from 0: list.0");
            return null;
        }
        var map = node as ConfigNode.Mapping ?? new ConfigNode.Mapping(change.At, []);
        var at = IndexOf(map, path[0]);
        if (Assign(at < 0 ? null : map.Entries[at].Value, path[1..], change, value, report) is not { } inner) return null;
        if (at < 0) return new ConfigNode.Mapping(map.At, map.Entries.Add(new(path[0], change.At, inner)));
        // A key that was only passed through keeps its place; the one that was set has the place of who set it.
        return new ConfigNode.Mapping(map.At, map.Entries.SetItem(at, new(path[0], path.Length == 1 ? change.At : map.Entries[at].KeyAt, inner)));
    }

    private static ConfigNode? Put(ConfigNode? found, ConfigNode value, Override change, DiagnosticBag report)
    {
        if ((found, value) is not ((ConfigNode.Mapping or ConfigNode.Sequence), (ConfigNode.Mapping or ConfigNode.Sequence))) return value;
        if (Merging.Merge(found!, value) is { } merged) return merged;
        report.Error("CFG037", change.At, $"'{change.Text}' puts {(MergeConflict.Find(found!, value) is { } clash ? $"{clash.Above} where {clash.Below} is{(clash.Key.Length > 0 ? $", at '{clash.Key}'" : "")}" : "a list where a mapping is")}",
            $"delete the old one first: ~{change.Key}, then +{change.Key}=…");
        return null;
    }

    /// <summary>What is wrong with a path that ends in a list; null when it does not.</summary>
    private static string? IntoList(ConfigNode.Mapping tree, Override change)
    {
        ConfigNode? node = tree;
        foreach (var key in change.Path)
        {
            if (node is ConfigNode.Sequence list && Index(list, key) is null) return NoElement(list, key);
            node = node is null ? null : Merging.Find(node, [key]);
        }
        return null;
    }

    private static string NoElement(ConfigNode.Sequence list, string key) =>
        int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? $"names element {key} of a list of {list.Items.Length}" : $"looks for the key '{key}' inside a list";

    private static bool IsUnset(ConfigNode node) => ScalarValue.IsNull(node) || node is ConfigNode.Scalar { Text: "???" };

    private static int? Index(ConfigNode.Sequence list, string key) =>
        int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Items.Length ? index : null;

    private static int IndexOf(ConfigNode.Mapping map, string key)
    {
        for (var i = 0; i < map.Entries.Length; i++)
            if (map.Entries[i].Key == key && map.Entries[i].Kind is KeyKind.Text) return i;
        return -1;
    }

    private static IEnumerable<string> Keys(ConfigNode.Mapping map, string above)
    {
        foreach (var entry in map.Entries)
        {
            yield return above + entry.Key;
            if (entry.Value is not ConfigNode.Mapping inner) continue;
            foreach (var key in Keys(inner, $"{above}{entry.Key}.")) yield return key;
        }
    }
}
