using System.Text;

namespace Vigil.Configuration;

/// <summary>Writes a tree as YAML: block style, the order of the tree, quotes only where reading back would differ.</summary>
public sealed class YamlEmitter
{
    private readonly StringBuilder _text = new();
    private readonly Dictionary<(string Text, ScalarStyle Style), string> _scalars = [];
    private readonly Dictionary<string, string> _keys = [];

    /// <summary>One emitter may write many trees; it remembers how it wrote each scalar.</summary>
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
            _text.Append(Key(entry.Key)).Append(':');
            if (entry.Value is ConfigNode.Mapping { Entries.Length: > 0 } inner) { _text.Append('\n'); Mapping(inner, indent + 2); }
            else if (entry.Value is ConfigNode.Sequence { Items.Length: > 0 } list) { _text.Append('\n'); Sequence(list, indent); }
            else _text.Append(' ').Append(Leaf(entry.Value)).Append('\n');
        }
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
        if (_scalars.TryGetValue((scalar.Text, scalar.Style), out var known)) return known;
        return _scalars[(scalar.Text, scalar.Style)] = YamlText.Of(scalar);
    }

    private string Key(string key) => _keys.TryGetValue(key, out var known) ? known : _keys[key] = YamlText.OfKey(key);
}
