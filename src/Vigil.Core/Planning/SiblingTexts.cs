using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>Changes the texts of trees that refer to siblings; what has no such text is shared.</summary>
internal static class SiblingTexts
{
    /// <summary>
    /// The tree for a first look, before siblings are known: references to them are kept as text, so that they are met wherever they flow.
    /// Where one is an argument of a function, the value that the function would give is not known yet: null.
    /// </summary>
    public static ConfigNode.Mapping Provisional(ConfigNode.Mapping tree) => (ConfigNode.Mapping)Change(tree, static scalar =>
        !scalar.Text.Contains(SiblingScan.Interpolation, StringComparison.Ordinal) ? scalar
        : IsNested(scalar.Text) ? new(scalar.At, "", ScalarStyle.Plain)
        : new(scalar.At, DeferredText.Defer(scalar.Text, SiblingScan.Interpolation), scalar.Style));

    /// <summary>The tree for the real resolution: the siblings' values stand below <c>sibling</c>, and every reference is an interpolation, however it was written.</summary>
    public static ConfigNode.Mapping WithSiblings(ConfigNode.Mapping tree, ConfigNode.Mapping siblings)
    {
        var undeferred = (ConfigNode.Mapping)Change(tree, static scalar =>
            DeferredText.Undefer(scalar.Text, SiblingScan.Interpolation) is var text && text == scalar.Text ? scalar : new(scalar.At, text, scalar.Style));
        return new(undeferred.At, Without(undeferred).Entries.Add(new("sibling", siblings.At, siblings)));
    }

    public static ConfigNode.Mapping Without(ConfigNode.Mapping tree) =>
        tree["sibling"] is null ? tree : new(tree.At, [.. tree.Entries.Where(static e => e.Key != "sibling")]);

    /// <summary>The resolved tree with the values of <c>{sibling.…}</c> in it. The command keeps its placeholders: they are quoted when it is rendered.</summary>
    /// <param name="value">Null, with a diagnostic, for what a sibling does not have.</param>
    public static ConfigNode.Mapping Fill(ConfigNode.Mapping tree, Func<string, SourceSpan, ConfigNode?> value)
    {
        var command = Merging.Find(tree, ["backend", "command"]);
        return (ConfigNode.Mapping)Change(tree, scalar => !SiblingScan.Mentions(scalar.Text) || ReferenceEquals(scalar, command) || command is ConfigNode.Sequence words && words.Items.Contains(scalar, ReferenceEqualityComparer.Instance) ? scalar : Fill(scalar, value));
    }

    private static ConfigNode Fill(ConfigNode.Scalar scalar, Func<string, SourceSpan, ConfigNode?> value)
    {
        // A reference that is the whole text keeps its value's type.
        if (PlaceholderText.Parse(scalar.Text).Parts is [PlaceholderPart.Name { Key: var whole }] && IsSibling(whole)) return value(whole, scalar.At) ?? scalar;
        return ConfigNode.Scalar.Made(scalar.At, PlaceholderText.Fill(scalar.Text, name => IsSibling(name) && value(name, scalar.At) is { } found ? Resolver.Text(found) : null));
    }

    private static bool IsSibling(string name) => name.StartsWith(Siblings.Prefix, StringComparison.Ordinal);

    /// <summary>Whether some reference stands inside another interpolation.</summary>
    private static bool IsNested(string text)
    {
        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '}' && depth > 0) depth--;
            if (text[i] != '$' || i + 1 == text.Length || text[i + 1] != '{') continue;
            if (depth > 0 && string.CompareOrdinal(text, i, SiblingScan.Interpolation, 0, SiblingScan.Interpolation.Length) == 0) return true;
            if (depth > 0 || !DeferredText.IsDeferred(text, i)) depth++;
        }
        return false;
    }

    /// <summary>A tree with some of its scalars changed; the rest is shared.</summary>
    public static ConfigNode Change(ConfigNode node, Func<ConfigNode.Scalar, ConfigNode> change)
    {
        switch (node)
        {
            case ConfigNode.Scalar scalar: return change(scalar);
            case ConfigNode.Sequence list:
                var items = list.Items;
                for (var i = 0; i < items.Length; i++)
                    if (Change(items[i], change) is var item && !ReferenceEquals(item, items[i])) items = items.SetItem(i, item);
                return items == list.Items ? list : new ConfigNode.Sequence(list.At, items);
            case ConfigNode.Mapping map:
                ConfigEntry[]? entries = null;
                for (var i = 0; i < map.Entries.Length; i++)
                {
                    var value = Change(map.Entries[i].Value, change);
                    if (ReferenceEquals(value, map.Entries[i].Value)) continue;
                    entries ??= [.. map.Entries];
                    entries[i] = map.Entries[i] with { Value = value };
                }
                return entries is null ? map : new ConfigNode.Mapping(map.At, [.. entries]);
            default: return node;
        }
    }
}
