namespace Vigil.Configuration;

/// <summary>What is worked out once for all trees of a plan: parsed texts, and which subtrees hold nothing to resolve.</summary>
internal sealed class TemplateCache(DollarRule rule)
{
    private readonly Dictionary<string, (Template? Template, string? Mistake)> _templates = [];
    private readonly Dictionary<ConfigNode, bool> _constant = new(ReferenceEqualityComparer.Instance);

    public Template? Parse(string text, out string? mistake)
    {
        if (!_templates.TryGetValue(text, out var known))
        {
            known.Template = TemplateParser.Parse(text, rule, out known.Mistake);
            _templates[text] = known;
        }
        mistake = known.Mistake;
        return known.Template;
    }

    /// <summary>Remembers the parts of a tree that points will share.</summary>
    public void Learn(ConfigNode tree) => Judge(tree, remember: Remember.Yes);

    /// <summary>Whether resolving gives the node itself.</summary>
    public bool IsConstant(ConfigNode node) => Judge(node, Remember.No);

    private enum Remember { No, Yes }

    private bool Judge(ConfigNode node, Remember remember)
    {
        if (node is ConfigNode.Scalar scalar) return scalar.Text != "???" && !TemplateParser.MayInterpolate(scalar.Text);
        if (_constant.TryGetValue(node, out var known)) return known;
        var constant = true;
        if (node is ConfigNode.Mapping map)
            foreach (ref readonly var entry in map.Entries.AsSpan())
            {
                if (!Judge(entry.Value, remember)) constant = false;
                if (!constant && remember is Remember.No) return false;
            }
        else
            foreach (var item in ((ConfigNode.Sequence)node).Items) constant &= Judge(item, remember);
        if (remember is Remember.Yes) _constant[node] = constant;
        return constant;
    }
}
