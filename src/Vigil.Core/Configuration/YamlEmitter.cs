using System.Text;

namespace Vigil.Configuration;

/// <summary>How a made text that holds <c>${</c> is written: as it stands, or so that reading and resolving it gives the text again.</summary>
public enum LiteralRule { Verbatim, Escaped }

/// <summary>Writes a tree as YAML: block style, the order of the tree, quotes only where reading back would differ.</summary>
public sealed class YamlEmitter(LiteralRule literals = LiteralRule.Verbatim)
{
    /// <summary>YAML takes no longer key without the sign for one.</summary>
    private const int MaxSimpleKey = 1000;

    private readonly StringBuilder _text = new();

    /// <summary>One emitter may write many trees; nodes remember how they are written.</summary>
    public string Emit(ConfigNode node)
    {
        _text.Clear();
        if (node is ConfigNode.Mapping { Entries.Length: > 0 } map) Mapping(map, 0);
        else if (node is ConfigNode.Sequence { Items.Length: > 0 } list) Sequence(list, 0);
        else _text.Append(Leaf(node)).Append('\n');
        return _text.ToString();
    }

    private void Mapping(ConfigNode.Mapping map, int indent)
    {
        for (var i = 0; i < map.Entries.Length; i++)
        {
            var entry = map.Entries[i];
            if (i > 0 || _text.Length == 0 || _text[^1] == '\n') _text.Append(' ', indent);
            AppendKey(entry.Written, indent);
            if (entry.Value is ConfigNode.Mapping { Entries.Length: > 0 } inner) { _text.Append('\n'); Mapping(inner, indent + 2); }
            else if (entry.Value is ConfigNode.Sequence { Items.Length: > 0 } list) { _text.Append('\n'); Sequence(list, indent); }
            else _text.Append(' ').Append(Leaf(entry.Value)).Append('\n');
        }
    }

    private void AppendKey(string key, int indent)
    {
        if (key.Length > MaxSimpleKey) _text.Append("? ").Append(key).Append('\n').Append(' ', indent).Append(':');
        else _text.Append(key).Append(':');
    }

    private void Sequence(ConfigNode.Sequence list, int indent)
    {
        for (var i = 0; i < list.Items.Length; i++)
        {
            if (i > 0 || _text.Length == 0 || _text[^1] == '\n') _text.Append(' ', indent);
            _text.Append("- ");
            if (list.Items[i] is ConfigNode.Mapping { Entries.Length: > 0 } map) Mapping(map, indent + 2);
            else if (list.Items[i] is ConfigNode.Sequence { Items.Length: > 0 } inner) Sequence(inner, indent + 2);
            else _text.Append(Leaf(list.Items[i])).Append('\n');
        }
    }

    private string Leaf(ConfigNode node)
    {
        if (node is not ConfigNode.Scalar scalar) return node is ConfigNode.Mapping ? "{}" : "[]";
        return scalar.Style is ScalarStyle.Literal && literals is LiteralRule.Escaped ? YamlText.Of(new ScalarValue.Text(Escape(scalar.Text))) : scalar.Written;
    }

    /// <summary>Puts a backslash before every <c>${</c> and doubles those that stand there.</summary>
    internal static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        var at = 0;
        while (text.IndexOf("${", at, StringComparison.Ordinal) is >= 0 and var open)
        {
            var slashes = 0;
            while (open - slashes > at && text[open - slashes - 1] == '\\') slashes++;
            escaped.Append(text, at, open - at).Append('\\', slashes + 1).Append("${");
            at = open + 2;
        }
        return escaped.Append(text, at, text.Length - at).ToString();
    }
}
