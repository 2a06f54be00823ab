using System.Collections.Immutable;

namespace Vigil.Configuration;

/// <summary>Applies overrides to a tree in the order they were typed.</summary>
public static class OverrideApplication
{
    /// <param name="isKnown">Whether a dotted key that the file lacks may be set all the same, because Vigil itself reads it.</param>
    /// <param name="knownKeys">The keys that Vigil reads, for suggestions.</param>
    public static ConfigNode.Mapping Apply(ConfigNode.Mapping tree, ImmutableArray<Override> overrides, Func<string, bool> isKnown, IEnumerable<string> knownKeys, DiagnosticBag report)
    {
        foreach (var change in overrides)
        {
            var found = Merging.Find(tree, change.Path.AsSpan());
            if (!MayApply(change, found, tree, isKnown, knownKeys, report)) continue;
            tree = change.Kind is OverrideKind.Delete
                ? (ConfigNode.Mapping)Merging.Remove(tree, change.Path.AsSpan())
                : Set(tree, change, found, report);
        }
        return tree;
    }

    private static bool MayApply(Override change, ConfigNode? found, ConfigNode.Mapping tree, Func<string, bool> isKnown, IEnumerable<string> knownKeys, DiagnosticBag report)
    {
        switch (change.Kind)
        {
            case OverrideKind.Change when found is null && !isKnown(change.Key):
                var near = Suggestion.Nearest(change.Key, knownKeys.Concat(Keys(tree, "")));
                report.Error("CFG031", change.At, $"'{change.Text}' names nothing: there is no key '{change.Key}'",
                    (near is null ? "" : $"did you mean '{near}'? ") + $"To add a key write +{change.Text}");
                return false;
            case OverrideKind.Add when found is not null && !ScalarValue.IsNull(found) && change.Value is ConfigNode.Scalar:
                report.Error("CFG033", change.At, $"'{change.Text}' adds a key that is there already", $"to change it write {change.Text[1..]}");
                return false;
            case OverrideKind.Delete when found is null:
                report.Error("CFG031", change.At, $"'{change.Text}' deletes nothing: there is no key '{change.Key}'", Suggestion.Hint(change.Key, [.. Keys(tree, "")]));
                return false;
            case OverrideKind.Delete when change.Value is { } expected && !IsSame(expected, found!):
                report.Error("CFG034", change.At, $"'{change.Text}' does not match: the value of '{change.Key}' is another one", $"write ~{change.Key} to delete it whatever it is");
                return false;
            default:
                return true;
        }
    }

    private static ConfigNode.Mapping Set(ConfigNode.Mapping tree, Override change, ConfigNode? found, DiagnosticBag report)
    {
        var value = change.Value!;
        // The tree must be without the old value where the new one is of another shape: an override replaces, it does not argue.
        if (found is not null && (found, value) is not (ConfigNode.Mapping, ConfigNode.Mapping)) tree = Replace(tree, change);
        if (Merging.Set(tree, change.Path.AsSpan(), change.At, value) is ConfigNode.Mapping changed) return changed;
        report.Error("CFG035", change.At, $"'{change.Text}' looks for a key inside a list", "name an element by its number, such as list.0");
        return tree;
    }

    private static ConfigNode.Mapping Replace(ConfigNode.Mapping tree, Override change) =>
        Merging.Set(tree, change.Path.AsSpan(), change.At, new ConfigNode.Scalar(change.At, "", ScalarStyle.Plain)) as ConfigNode.Mapping ?? tree;

    private static bool IsSame(ConfigNode a, ConfigNode b) => new YamlEmitter().Emit(a) == new YamlEmitter().Emit(b);

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
