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

    /// <summary>Reports every text that does not follow the grammar, whether or not something asks for it: such a node could not even be made.</summary>
    public void CheckGrammar(ConfigNode node, DiagnosticBag report)
    {
        switch (node)
        {
            case ConfigNode.Scalar { Interpolates: true } scalar when Parse(scalar.Text, out var mistake) is null: report.Add(Mistake(scalar, mistake)); break;
            case ConfigNode.Mapping map:
                foreach (ref readonly var entry in map.Entries.AsSpan()) CheckGrammar(entry.Value, report);
                break;
            case ConfigNode.Sequence list:
                foreach (var item in list.Items) CheckGrammar(item, report);
                break;
        }
    }

    internal Diagnostic Mistake(ConfigNode.Scalar scalar, string? mistake) => new("CFG020", Severity.Error, scalar.At,
        $"'{TextRules.Shorten(Around(scalar.Text), 80)}' is not a valid interpolation: {mistake}", @"a '${' that is meant as text is written '\${'");

    /// <summary>Of a text of many lines, such as a script, the line that is wrong; all of it where no line is wrong by itself.</summary>
    private string Around(string text) => text.Split('\n').FirstOrDefault(line => line.Length < text.Length && Parse(line, out _) is null)?.Trim() ?? text;

    /// <summary>Remembers the parts of a tree that points will share.</summary>
    public void Learn(ConfigNode tree) => Judge(tree, remember: Remember.Yes);

    /// <summary>Whether resolving gives the node itself.</summary>
    public bool IsConstant(ConfigNode node) => Judge(node, Remember.No);

    private enum Remember { No, Yes }

    private bool Judge(ConfigNode node, Remember remember)
    {
        if (node is ConfigNode.Scalar scalar) return !scalar.Interpolates && scalar.Text != "???";
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
