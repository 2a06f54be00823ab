using System.Globalization;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>The keys that some <c>${…}</c> or <c>{…}</c> of a tree refers to: such a key is never unknown.</summary>
internal sealed class References
{
    private readonly HashSet<string> _keys = [];
    private readonly HashSet<string> _anyUnder = [];
    private readonly TemplateCache _templates;

    private References(TemplateCache templates) => _templates = templates;

    public static References Of(ConfigNode tree, TemplateCache templates)
    {
        var references = new References(templates);
        references.Scan(tree, []);
        return references;
    }

    public bool Contains(string key) => _keys.Contains(key) || key.LastIndexOf('.') is > 0 and var cut && _anyUnder.Contains(key[..cut]);

    private void Scan(ConfigNode node, List<string> path)
    {
        switch (node)
        {
            case ConfigNode.Scalar scalar: ScanText(scalar.Text, path); break;
            case ConfigNode.Mapping map:
                foreach (var entry in map.Entries) ScanChild(entry.Value, path, entry.Key);
                break;
            case ConfigNode.Sequence list:
                for (var i = 0; i < list.Items.Length; i++) ScanChild(list.Items[i], path, i.ToString(CultureInfo.InvariantCulture));
                break;
        }
    }

    private void ScanChild(ConfigNode child, List<string> path, string key)
    {
        path.Add(key);
        Scan(child, path);
        path.RemoveAt(path.Count - 1);
    }

    private void ScanText(string text, List<string> path)
    {
        if (!text.Contains('{', StringComparison.Ordinal)) return;
        foreach (var name in PlaceholderText.Parse(text).Names) Add(name.Split('.'));
        if (TemplateParser.MayInterpolate(text) && _templates.Parse(text, out _) is { } template)
            foreach (var part in template.Parts) ScanPart(part, path);
    }

    private void ScanPart(TemplatePart part, List<string> path)
    {
        if (part is TemplatePart.Invocation call)
            foreach (var inner in call.Arguments.SelectMany(static a => a.Parts)) ScanPart(inner, path);
        if (part is not TemplatePart.Reference reference) return;
        var keys = reference.Dots == 0 ? [] : path.Take(Math.Max(0, path.Count - reference.Dots)).ToList();
        foreach (var key in reference.Keys)
        {
            if (key.Inner is { } inner)
            {
                ScanPart(inner, path);
                _anyUnder.Add(string.Join('.', keys));
                break;
            }
            keys.Add(key.Word);
        }
        Add(keys);
    }

    private void Add(IReadOnlyList<string> keys)
    {
        for (var n = 1; n <= keys.Count; n++) _keys.Add(string.Join('.', keys.Take(n)));
    }
}
