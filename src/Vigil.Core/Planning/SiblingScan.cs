using System.Buffers;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>What a reference to a sibling means for the order of runs.</summary>
internal enum SiblingEdge { None, After, Watches }

/// <summary>One <c>{sibling.STAGE.PATH}</c> or <c>${sibling.STAGE.PATH}</c> of a tree.</summary>
/// <param name="Path">Empty: the whole sibling.</param>
internal sealed record SiblingReference(string Stage, string Path, SiblingEdge Edge, SourceSpan At)
{
    public string Text => Path.Length == 0 ? $"sibling.{Stage}" : $"sibling.{Stage}.{Path}";
}

/// <summary>Finds the references to siblings, wherever in a tree they stand.</summary>
internal sealed class SiblingScan
{
    public const string Interpolation = "${sibling.";
    private static readonly SearchValues<char> EndOfName = SearchValues.Create("}${: \t");

    private readonly List<SiblingReference> _found = [];

    public static bool Mentions(string text) => text.Contains("{sibling.", StringComparison.Ordinal);

    /// <summary>Most trees name no sibling; looking is far cheaper than rebuilding.</summary>
    public static bool Mentions(ConfigNode node)
    {
        switch (node)
        {
            case ConfigNode.Scalar scalar: return Mentions(scalar.Text);
            case ConfigNode.Sequence list:
                foreach (var item in list.Items)
                    if (Mentions(item)) return true;
                return false;
            case ConfigNode.Mapping map:
                foreach (var entry in map.Entries)
                    if (Mentions(entry.Value)) return true;
                return false;
            default: return false;
        }
    }

    /// <summary>Whether what a point sets refers to siblings.</summary>
    public static bool Mentions(SweepPoint point)
    {
        foreach (var setting in point.Settings)
            if (setting.MentionsSibling) return true;
        foreach (var setting in point.Defaults)
            if (setting.MentionsSibling) return true;
        return false;
    }

    public static IReadOnlyList<SiblingReference> References(params ReadOnlySpan<ConfigNode.Mapping> trees)
    {
        var scan = new SiblingScan();
        foreach (var tree in trees)
            if (Mentions(tree)) scan.Walk(tree, 0, "", SiblingEdge.After);
        return scan._found;
    }

    /// <param name="above">The top-level section that the node lies in; empty at the top.</param>
    private void Walk(ConfigNode node, int depth, string above, SiblingEdge edge)
    {
        switch (node)
        {
            case ConfigNode.Scalar scalar when Mentions(scalar.Text): Read(scalar, edge); break;
            case ConfigNode.Sequence list:
                foreach (var item in list.Items) Walk(item, depth + 1, above, edge);
                break;
            case ConfigNode.Mapping map:
                foreach (var entry in map.Entries) Walk(entry.Value, depth + 1, depth == 0 ? entry.Key : above, EdgeOf(entry.Key, depth, above, edge));
                break;
        }
    }

    private static SiblingEdge EdgeOf(string key, int depth, string above, SiblingEdge edge) => (depth, key) switch
    {
        (0, "metadata") => SiblingEdge.None,
        (0, "monitoring") => SiblingEdge.Watches,
        (0, _) when Conditions.Keys.Contains(key) => SiblingEdge.Watches,
        (1, _) when Conditions.StandIn(above) && Conditions.Keys.Contains(key) => SiblingEdge.Watches,
        _ => edge,
    };

    private void Read(ConfigNode.Scalar scalar, SiblingEdge edge)
    {
        foreach (var name in PlaceholderText.Parse(scalar.Text).Names)
            if (name.StartsWith(Siblings.Prefix, StringComparison.Ordinal)) Add(name[Siblings.Prefix.Length..], edge, scalar.At);
        var text = scalar.Text;
        for (var open = text.IndexOf(Interpolation, StringComparison.Ordinal); open >= 0; open = text.IndexOf(Interpolation, open + 1, StringComparison.Ordinal))
        {
            var start = open + Interpolation.Length;
            var end = text.AsSpan(start).IndexOfAny(EndOfName);
            // A name that is itself an interpolation is known only when that is resolved: then it is found in the resolved tree.
            if (end >= 0 && text[start + end] is not '$') Add(text.Substring(start, end).Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal), edge, scalar.At);
        }
    }

    private void Add(string name, SiblingEdge edge, SourceSpan at)
    {
        var cut = name.IndexOf('.', StringComparison.Ordinal);
        var reference = new SiblingReference(cut < 0 ? name : name[..cut], cut < 0 ? "" : name[(cut + 1)..], edge, at);
        if (!_found.Contains(reference)) _found.Add(reference);
    }

    /// <summary>Whether a tree has a start condition of its own, so that what it uses of siblings orders nothing.</summary>
    public static bool HasStartCondition(ConfigNode.Mapping tree) => Conditions.Of(tree, Conditions.StartKeys).Any();
}
