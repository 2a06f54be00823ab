using System.Collections.Immutable;

namespace Vigil.Configuration.Composing;

/// <summary>One composition: from the primary file and the overrides to the tree.</summary>
internal sealed class Assembling(ConfigFiles files, ComposeRules rules, DiagnosticBag report)
{
    private const int MaxPackage = 64;

    private readonly GroupChoices _choices = new();

    /// <summary>The overrides that the configuration gives itself in <c>hydra.sweeper.params</c>.</summary>
    public ImmutableArray<Override> Parameters { get; private set; } = [];

    public Composed Compose(ConfigFile file, string name, ConfigNode.Mapping content, ImmutableArray<Override> overrides)
    {
        var before = report.All.Count;
        var implied = file.Defaults is null ? rules.Underneath : null;
        var sorted = OverridesByKind.Of(overrides, files.Library, rules.Sweeps, one => implied is { } groups && IsValue(one, content, groups), report);
        var primary = implied is { } underneath
            ? PrimaryEntries.Implied(content, underneath, sorted, rules.Switch, files.Library, report)
            : PrimaryEntries.Listed(file, content);
        foreach (var chosen in sorted.Chosen.Values.Where(static c => !c.IsUsed)) _choices.ChooseFromOutside(chosen);
        foreach (var (key, deleted) in sorted.Deleted) _choices.DeleteFromOutside(key, deleted);
        var tree = new DefaultsTree(files, _choices, rules.Sweeps, report);
        var nodes = tree.Walk(DefaultsNode.OfPrimary(name, file with { Content = primary.Content }), [.. primary.Entries, .. sorted.Added]);
        var layers = nodes.Select(LayerOf).OfType<Layer>().ToImmutableArray();
        var merged = WithoutHydra(Merge(layers), sorted, tree.Ignored);
        var values = sorted.Values.ToImmutableArray();
        return new(Change(merged, values, before), layers, Choices(),
            overrides, values, [.. sorted.SweepOverrides], [.. tree.Open]);
    }

    /// <summary>In a file without <c>defaults:</c>, a group's name may be an ordinary key: then a value that is no option is just that.</summary>
    private bool IsValue(Override one, ConfigNode.Mapping content, ImmutableArray<UnderlyingGroup> underneath)
    {
        if (one.Package is not null || one.Kind is OverrideKind.Delete || content[one.Key] is null || underneath.Any(g => g.Group == one.Key)) return false;
        var options = files.Library.Options(one.Key);
        return one.Value is OverrideValue.Element { Value: var value } && (value is HydraValue.List list ? list.Items : [value]).Any(v => v.Unquoted is not { } name || !options.Contains(name));
    }

    private ImmutableSortedDictionary<string, string?> Choices()
    {
        var choices = ImmutableSortedDictionary<string, string?>.Empty.WithComparers(StringComparer.Ordinal);
        foreach (var (key, node) in _choices.Known) choices = choices.SetItem(key, node.Name);
        return choices;
    }

    private Layer? LayerOf(DefaultsNode node)
    {
        var (package, content) = (node.Package, node.File!.Content);
        if (content is not ConfigNode.Mapping && (package.Length == 0 || content is ConfigNode.Scalar))
        {
            report.Error("CFG081", content.At, $"the config '{node.Config}' is {Binder.Describe(content)}, not a mapping", "a config file holds keys and values");
            return null;
        }
        var parts = package.Length == 0 ? [] : package.Split('.');
        if (parts.Length > MaxPackage)
        {
            report.Error("CFG077", node.At, $"the package of '{node.Config}' has {parts.Length} parts", $"at most {MaxPackage} parts, joined by dots");
            return null;
        }
        for (var i = parts.Length - 1; i >= 0; i--) content = new ConfigNode.Mapping(content.At, [new(parts[i], content.At, content)]);
        return new(node.Config, node.File.Source, package, (ConfigNode.Mapping)content, node.At, node.SaidBy);
    }

    private ConfigNode.Mapping Merge(ImmutableArray<Layer> layers)
    {
        var merged = layers.IsEmpty ? new ConfigNode.Mapping(SourceSpan.None, []) : layers[0].Tree;
        foreach (var layer in layers.AsSpan()[Math.Min(1, layers.Length)..])
        {
            if (Merging.Merge(merged, layer.Tree) is ConfigNode.Mapping both) merged = both;
            else if (MergeConflict.Find(merged, layer.Tree) is { } clash)
                report.Error("CFG080", clash.AboveAt, $"'{clash.Key}' is {clash.Above} in '{layer.Config}' and {clash.Below} before it ({clash.BelowAt})", "give both the same shape, or put one of them under another key or package");
            else report.Error("CFG080", layer.Tree.At, $"'{layer.Config}' cannot be merged: it puts a list where an interpolation leads to a mapping, or the other way round", "give both the same shape");
        }
        return merged;
    }

    private ConfigNode.Mapping WithoutHydra(ConfigNode.Mapping merged, OverridesByKind sorted, SourceSpan? ignored)
    {
        var hydra = merged["hydra"];
        if (hydra is not null || sorted.Hydra.Count > 0 || ignored is not null) Parameters = HydraSettings.Sweep(hydra, sorted.Hydra, ignored, report);
        return hydra is null ? merged : (ConfigNode.Mapping)Merging.Remove(merged, ["hydra"]);
    }

    /// <summary>Where files are missing, keys are as well: that is one mistake, not two.</summary>
    private ConfigNode.Mapping Change(ConfigNode.Mapping merged, ImmutableArray<Override> values, int before)
    {
        var isWhole = !report.All.Skip(before).Any(static d => d.Severity is Severity.Error);
        var mistakes = isWhole ? report : new DiagnosticBag();
        var changed = OverrideApplication.Apply(merged, rules.Spell(merged, values), rules.IsKnown, rules.KnownKeys, mistakes);
        if (!isWhole)
            foreach (var mistake in mistakes.All.Where(static d => d.Code != "CFG031")) report.Add(mistake);
        return changed;
    }
}
