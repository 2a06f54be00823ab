using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>Fills <c>{sibling.…}</c> in a run's tree and learns which runs it comes after and which it only watches.</summary>
internal sealed class SiblingTexts(Siblings siblings, NamedRun run, ConfigNode.Mapping tree)
{
    private static readonly string[] Conditions = ["cancel_conditions", "start_conditions", "start_condition_cmd"];
    private static readonly string[] StartConditions = ["start_conditions", "start_condition_cmd"];

    private readonly List<string> _after = [];
    private readonly List<string> _watches = [];

    public IReadOnlyList<string> After => _after;
    public IReadOnlyList<string> Watches => _watches;

    /// <summary>The tree with the siblings' values in it. The command keeps its placeholders: they are quoted when it is rendered.</summary>
    public ConfigNode.Mapping Fill() => Mentions(tree) ? (ConfigNode.Mapping)Fill(tree, [], Edge.After) : tree;

    /// <summary>Notes an edge that does not come from a text of the tree.</summary>
    public void NoteAfter(NamedRun other) => Note(other, Edge.After);

    /// <summary>Notes an edge from a placeholder of the command: it orders, unless the run has a start condition of its own.</summary>
    public void NoteReference(NamedRun other) => Note(other, HasStartCondition ? Edge.Watches : Edge.After);

    private enum Edge { None, After, Watches }

    private bool HasStartCondition => field = field || StartConditions.Any(c =>
        new[] { Merging.Find(tree, [c]), Merging.Find(tree, ["job", c]), Merging.Find(tree, ["monitoring", c]) }.Any(static n => n is not null && !ScalarValue.IsNull(n)));

    private ConfigNode Fill(ConfigNode node, ImmutableArray<string> path, Edge edge)
    {
        switch (node)
        {
            case ConfigNode.Scalar scalar: return Mentions(scalar) ? Fill(scalar, edge) : scalar;
            case ConfigNode.Sequence list:
                var items = list.Items.Select(i => Fill(i, path, edge)).ToImmutableArray();
                return Same(items, list.Items) ? list : new ConfigNode.Sequence(list.At, items);
            case ConfigNode.Mapping map:
                var entries = map.Entries.Select(e => e with { Value = FillEntry(e, path, edge) }).ToImmutableArray();
                return Same(entries.Select(static e => e.Value), map.Entries.Select(static e => e.Value)) ? map : new ConfigNode.Mapping(map.At, entries);
            default: return node;
        }
    }

    /// <summary>Most trees name no sibling; looking is far cheaper than rebuilding.</summary>
    private static bool Mentions(ConfigNode node)
    {
        switch (node)
        {
            case ConfigNode.Scalar scalar: return scalar.Text.Contains("{" + Siblings.Prefix, StringComparison.Ordinal);
            case ConfigNode.Sequence list:
                foreach (var item in list.Items)
                    if (Mentions(item)) return true;
                return false;
            case ConfigNode.Mapping map:
                foreach (ref readonly var entry in map.Entries.AsSpan())
                    if (Mentions(entry.Value)) return true;
                return false;
            default: return false;
        }
    }

    private ConfigNode FillEntry(ConfigEntry entry, ImmutableArray<string> path, Edge edge)
    {
        if (path is ["backend"] && entry.Key == "command") return entry.Value;
        var inner = path.Length == 0 ? entry.Key switch { "metadata" => Edge.None, "monitoring" => Edge.Watches, _ => edge } : edge;
        if (Conditions.Contains(entry.Key) && (path.Length == 0 || path is ["job"] or ["monitoring"])) inner = Edge.Watches;
        return Fill(entry.Value, path.Add(entry.Key), inner);
    }

    private ConfigNode.Scalar Fill(ConfigNode.Scalar scalar, Edge edge) => new(scalar.At, PlaceholderText.Fill(scalar.Text, name =>
    {
        if (!name.StartsWith(Siblings.Prefix, StringComparison.Ordinal) || siblings.Find(name, run, scalar.At) is not { } found) return null;
        Note(found.Run, edge is Edge.After && HasStartCondition ? Edge.Watches : edge);
        return found.Value;
    }), ScalarStyle.Quoted);

    private void Note(NamedRun other, Edge edge)
    {
        var edges = edge switch { Edge.After => _after, Edge.Watches => _watches, _ => null };
        if (edges?.Contains(other.Name) is false) edges.Add(other.Name);
    }

    private static bool Same(IEnumerable<ConfigNode> a, IEnumerable<ConfigNode> b) => a.SequenceEqual(b, ReferenceEqualityComparer.Instance);
}
