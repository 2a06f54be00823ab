namespace Vigil.Configuration;

/// <summary>
/// What resolving a composed tree gave, kept with what each text looked at, so that a tree which differs in a few keys resolves only what
/// those keys touch. The law: resolving with what is settled gives the same as resolving without.
/// </summary>
internal sealed class SettledTree
{
    /// <summary>Points of one sweep come in a few shapes; where each is another, keeping them would keep a tree a point.</summary>
    private const int MostKept = 64;

    private readonly ConfigNode.Mapping _tree;
    private readonly ConfigNode.Mapping _resolved;
    private readonly KeyReads _reads = new();
    private readonly TemplateCache _templates;
    private readonly HashSet<ConfigNode> _repeated = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, IReadOnlyDictionary<ConfigNode, ConfigNode>> _byKeys = [];

    public SettledTree(ConfigNode.Mapping tree, TemplateCache templates, ResolverFunctions functions)
    {
        (_tree, _templates) = (tree, templates);
        // What the composed tree lacks, a point may set: mistakes are told when the points are resolved.
        var resolver = new Resolver(tree, templates, functions, new DiagnosticBag(), _reads);
        var resolved = resolver.ResolveAll();
        _resolved = resolver.IsExhausted ? new ConfigNode.Mapping(tree.At, []) : resolved;
        FindRepeated(tree, new(ReferenceEqualityComparer.Instance));
    }

    /// <summary>Nodes of the composed tree with their resolved ones, as far as none of these dotted keys touches them.</summary>
    public IReadOnlyDictionary<ConfigNode, ConfigNode> Without(IReadOnlyCollection<string> keys)
    {
        var name = string.Join('\n', keys);
        if (_byKeys.TryGetValue(name, out var known)) return known;
        if (_byKeys.Count >= MostKept) _byKeys.Clear();
        var settled = new Dictionary<ConfigNode, ConfigNode>(ReferenceEqualityComparer.Instance);
        Settle(_tree, _resolved, [.. keys.Select(static k => k.Replace('.', KeyReads.Separator))], settled);
        return _byKeys[name] = settled;
    }

    private bool Settle(ConfigNode node, ConfigNode? resolved, string[] keys, Dictionary<ConfigNode, ConfigNode> settled)
    {
        if (_templates.IsConstant(node)) return true;
        var clean = (node, resolved) switch
        {
            (_, null) => false,
            (ConfigNode.Scalar scalar, _) => IsClean(scalar, keys),
            (ConfigNode.Mapping map, ConfigNode.Mapping made) => SettleAll(map, made, keys, settled),
            (ConfigNode.Sequence list, ConfigNode.Sequence made) => SettleAll(list, made, keys, settled),
            _ => false,
        };
        clean &= !_repeated.Contains(node);
        if (clean) settled[node] = resolved!;
        return clean;
    }

    private bool SettleAll(ConfigNode.Mapping map, ConfigNode.Mapping resolved, string[] keys, Dictionary<ConfigNode, ConfigNode> settled)
    {
        var clean = true;
        foreach (var entry in map.Entries) clean &= Settle(entry.Value, resolved[entry.Key], keys, settled);
        return clean;
    }

    private bool SettleAll(ConfigNode.Sequence list, ConfigNode.Sequence resolved, string[] keys, Dictionary<ConfigNode, ConfigNode> settled)
    {
        var clean = list.Items.Length == resolved.Items.Length;
        for (var i = 0; i < list.Items.Length && i < resolved.Items.Length; i++) clean &= Settle(list.Items[i], resolved.Items[i], keys, settled);
        return clean;
    }

    private bool IsClean(ConfigNode.Scalar scalar, string[] keys)
    {
        if (!_reads.TryGet(scalar, out var reads)) return false;
        foreach (var read in reads)
            foreach (var key in keys)
                if (KeyReads.Touch(read, key)) return false;
        return true;
    }

    /// <summary>What hangs at two places may mean two things: relative references differ.</summary>
    private void FindRepeated(ConfigNode node, HashSet<ConfigNode> seen)
    {
        if (_templates.IsConstant(node)) return;
        if (!seen.Add(node)) _repeated.Add(node);
        if (node is ConfigNode.Mapping map)
            foreach (var entry in map.Entries) FindRepeated(entry.Value, seen);
        else if (node is ConfigNode.Sequence list)
            foreach (var item in list.Items) FindRepeated(item, seen);
    }
}
