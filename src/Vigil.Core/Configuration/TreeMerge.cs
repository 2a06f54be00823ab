namespace Vigil.Configuration;

/// <summary>
/// Merges one tree onto another by OmegaConf's rules: mappings merge, lists and scalars replace, <c>???</c> never overwrites.
/// Where the lower tree has an interpolation that leads to a section, that section is copied in before anything is merged into it.
/// </summary>
internal sealed class TreeMerge
{
    private readonly DiagnosticBag _report;
    private readonly TemplateCache _templates;
    private readonly List<Level> _levels = [];
    private bool _failed;

    private TreeMerge(TemplateCache templates, DiagnosticBag report) => (_templates, _report) = (templates, report);

    /// <summary>One mapping on the way down while it is being merged.</summary>
    private sealed record Level(ConfigNode.Mapping Lower, EntryList Entries) { public int Open { get; set; } = -1; }

    /// <summary>Null, with a report, when a list meets a mapping.</summary>
    public static ConfigNode? Merge(ConfigNode below, ConfigNode above, TemplateCache templates, DiagnosticBag report)
    {
        var merge = new TreeMerge(templates, report);
        var merged = merge.Value(below, above);
        return merge._failed ? null : merged;
    }

    private ConfigNode Value(ConfigNode below, ConfigNode above)
    {
        switch (below, above)
        {
            case (_, ConfigNode.Scalar { Text: "???" }): return below;
            case (ConfigNode.Mapping lower, ConfigNode.Mapping upper): return Mapping(lower, upper);
            case (ConfigNode.Sequence, ConfigNode.Mapping) or (ConfigNode.Mapping, ConfigNode.Sequence):
                _failed = true;
                var path = string.Join('.', _levels.Select(static l => l.Entries[l.Open].Key));
                var (old, made) = below is ConfigNode.Sequence ? ("list", "mapping") : ("mapping", "list");
                _report.Error("CFG115", above.At, $"{(path.Length == 0 ? "the file" : $"'{path}'")} is a {old} at {below.At} and would become a {made} here", "give both the same form, or remove the lower one first");
                return below;
            default: return above;
        }
    }

    private ConfigNode.Mapping Mapping(ConfigNode.Mapping lower, ConfigNode.Mapping upper)
    {
        if (upper.Entries.IsEmpty) return lower;
        var level = new Level(lower, new EntryList(lower.Entries));
        _levels.Add(level);
        foreach (ref readonly var entry in upper.Entries.AsSpan())
        {
            var at = level.Open = level.Entries.IndexOf(entry);
            if (at < 0) level.Entries.Add(entry);
            else
            {
                var below = level.Entries[at].Value;
                if (below is ConfigNode.Scalar { Interpolates: true } text && Section(text, level.Entries[at].Key) is { } section)
                {
                    level.Entries.Replace(at, level.Entries[at] with { Value = section });
                    below = section;
                }
                var merged = Value(below, entry.Value);
                if (!ReferenceEquals(merged, level.Entries[at].Value)) level.Entries.Replace(at, entry with { Value = merged });
            }
        }
        _levels.RemoveAt(_levels.Count - 1);
        return new ConfigNode.Mapping(lower.At, level.Entries.ToImmutable());
    }

    /// <summary>The section or list that an interpolation leads to in the tree as merged so far; null when it leads to a value or nowhere.</summary>
    private ConfigNode? Section(ConfigNode.Scalar text, string key)
    {
        ConfigNode tree = text;
        var containers = new ConfigNode.Mapping[_levels.Count];
        for (var i = _levels.Count - 1; i >= 0; i--)
        {
            var level = _levels[i];
            level.Entries.Replace(level.Open, level.Entries[level.Open] with { Value = tree });
            tree = containers[i] = new ConfigNode.Mapping(level.Lower.At, level.Entries.ToImmutable());
        }
        Trail? at = null;
        for (var i = 0; i < containers.Length; i++) at = new Trail(at, containers[i], i == containers.Length - 1 ? key : _levels[i].Entries[_levels[i].Open].Key);
        var resolver = new Resolver((ConfigNode.Mapping)tree, _templates, new ResolverFunctions(new ConfigWorld(static _ => null, default)), new DiagnosticBag()) { Missing = MissingRule.Kept };
        return resolver.Settle(new Found(text, at)) is { IsLive: true, Node: not ConfigNode.Scalar } found ? found.Node : null;
    }
}
