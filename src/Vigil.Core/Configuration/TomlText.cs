using System.Globalization;
using System.Text;

namespace Vigil.Configuration;

/// <summary>Writes a mapping as TOML 1.0: its values first, then a table for each mapping, an array of tables for each list of mappings. Null has no form there and is left out.</summary>
public static class TomlText
{
    public static string Of(ConfigNode.Mapping map, DiagnosticBag report)
    {
        var text = new StringBuilder();
        Table(text, map, [], report);
        return text.ToString();
    }

    private static void Table(StringBuilder text, ConfigNode.Mapping map, string[] path, DiagnosticBag report)
    {
        foreach (var entry in map.Entries)
            if (!IsTable(entry.Value) && !ScalarValue.IsNull(entry.Value)) text.Append(Key(entry.Key)).Append(" = ").Append(Value(entry.Value, report)).Append('\n');
        foreach (var entry in map.Entries)
            if (entry.Value is ConfigNode.Mapping table) Headed(text, table, [.. path, Key(entry.Key)], "[", "]", report);
            else if (IsTable(entry.Value))
                foreach (var item in ((ConfigNode.Sequence)entry.Value).Items) Headed(text, (ConfigNode.Mapping)item, [.. path, Key(entry.Key)], "[[", "]]", report);
    }

    private static void Headed(StringBuilder text, ConfigNode.Mapping table, string[] path, string open, string close, DiagnosticBag report)
    {
        if (text.Length > 0) text.Append('\n');
        text.Append(open).AppendJoin('.', path).Append(close).Append('\n');
        Table(text, table, path, report);
    }

    /// <summary>A list of mappings alone: one that holds other things too is written in line.</summary>
    private static bool IsTable(ConfigNode node) => node is ConfigNode.Mapping or ConfigNode.Sequence { Items: [ConfigNode.Mapping, ..] } && (node is not ConfigNode.Sequence list || list.Items.All(static i => i is ConfigNode.Mapping));

    private static string Value(ConfigNode node, DiagnosticBag report)
    {
        switch (node)
        {
            case ConfigNode.Sequence list when list.Items.Any(ScalarValue.IsNull):
                report.Error("CFG044", list.At, "TOML knows no null, and this list holds one", "leave it out, or write another form (.yaml, .json)");
                return "[]";
            case ConfigNode.Sequence list: return $"[{string.Join(", ", list.Items.Select(item => Value(item, report)))}]";
            case ConfigNode.Mapping map: return $"{{{string.Join(", ", map.Entries.Where(static e => !ScalarValue.IsNull(e.Value)).Select(e => $"{Key(e.Key)} = {Value(e.Value, report)}"))}}}";
            default: return Scalar(ScalarValue.Of((ConfigNode.Scalar)node));
        }
    }

    private static string Scalar(ScalarValue value) => value switch
    {
        ScalarValue.Bool { Value: var flag } => flag ? "true" : "false",
        ScalarValue.Whole { Value: var whole } => whole.ToString(CultureInfo.InvariantCulture),
        ScalarValue.Real { Value: var real } => PythonText.Of(real),
        ScalarValue.Text { Value: var text } => Quoted(text),
        _ => Quoted(PythonText.Of(value)),
    };

    private static string Key(string key) => key.Length > 0 && key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? key : Quoted(key);

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                < ' ' or '\u007f' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        return quoted.Append('"').ToString();
    }
}
