using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>The arguments of the trainer have two names, <c>backend.args</c> and <c>backend.megatron</c>: whoever changes one of them writes either, whatever the file says.</summary>
internal static class MegatronKeys
{
    private static readonly ImmutableArray<string> Names = ["megatron", "args"];

    /// <summary>Overrides of arguments under the name that the tree has for them; those of a tree that has none, under the name that is used first.</summary>
    public static ImmutableArray<Override> Spell(ConfigNode.Mapping tree, ImmutableArray<Override> overrides)
    {
        if (!overrides.Any(IsArgument)) return overrides;
        var first = overrides.First(IsArgument).Path[1];
        return [.. overrides.Select(o => IsArgument(o) && NameIn(tree, o, first) is var name && name != o.Path[1] ? Under(name, o) : o)];
    }

    private static bool IsArgument(Override change) => change is { Package: null, Path: ["backend", var name, _, ..] } && Names.Contains(name);

    private static string NameIn(ConfigNode.Mapping tree, Override change, string first)
    {
        var holders = Names.Where(name => Merging.Find(tree, ["backend", name]) is ConfigNode.Mapping).ToList();
        var own = change.Path[1];
        return holders switch
        {
            [] => first,
            [var only] => only,
            // The file has both, each with keys of its own.
            _ => holders.FirstOrDefault(name => Merging.Find(tree, ["backend", name, change.Path[2]]) is not null) ?? own,
        };
    }

    private static Override Under(string name, Override change) =>
        new(change.Kind, string.Join('.', change.Path.SetItem(1, name)), change.Package, change.Value, change.Text) { At = change.At };
}
