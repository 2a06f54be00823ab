using System.Globalization;
using System.Text;

namespace Vigil.Configuration;

/// <summary>How a value is written in YAML so that YAML 1.1 and 1.2 readers read the same.</summary>
public static class YamlText
{
    public static string Of(ConfigNode.Scalar scalar) => Of(scalar.Value);

    public static string Of(ScalarValue value) => value switch
    {
        ScalarValue.Null => "null",
        ScalarValue.Missing => "???",
        ScalarValue.Bool { Value: var flag } => flag ? "true" : "false",
        ScalarValue.Whole { Value: var whole } => whole.ToString(CultureInfo.InvariantCulture),
        ScalarValue.Real { Value: var real } => Of(real),
        ScalarValue.Text { Value: var text } => YamlScalar.Read(text) is ScalarValue.Text && !YamlScalar.IsBroken(text) && text is not "=" and not "<<" ? OfText(text) : SingleQuoted(text),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A key with its type: a text that would read as something else is quoted.</summary>
    public static string OfKey(in ConfigEntry entry)
    {
        if (entry.Kind is not KeyKind.Text) return Of(entry.KeyValue);
        return entry.Key == "<<" || YamlScalar.Read(entry.Key) is not ScalarValue.Text || LosesReaders(entry.Key) ? SingleQuoted(entry.Key) : OfText(entry.Key);
    }

    /// <summary>Some readers lose their way in plain keys with signs in them, such as <c>1:30}</c> or <c>a *b#c</c>, although YAML allows them; none takes a plain key of more than 1024 characters.</summary>
    private static bool LosesReaders(string key) => key.Length > 100 || !key.All(static c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or '$' or '@' or '+' or ' ' or '=' or '(' or ')' or '%' or '~' or '^' or ';' or '\\');

    private static string Of(double value)
    {
        if (double.IsNaN(value)) return ".nan";
        if (double.IsInfinity(value)) return value > 0 ? ".inf" : "-.inf";
        var text = PythonText.Of(value);
        return text.Contains('.', StringComparison.Ordinal) ? text : text.Replace("e", ".0e", StringComparison.Ordinal);
    }

    private static string OfText(string text)
    {
        if (NeedsEscapes(text)) return DoubleQuoted(text);
        return IsPlainSafe(text) ? text : SingleQuoted(text);
    }

    private static bool IsPlainSafe(string text)
    {
        if (text[0] == ' ' || text[^1] == ' ' || text[^1] == ':') return false;
        if ("[]{},#&*!|>'\"%@`=".Contains(text[0], StringComparison.Ordinal)) return false;
        if (text[0] is '-' or '?' or ':' && (text.Length == 1 || text[1] == ' ')) return false;
        if (text.StartsWith("---", StringComparison.Ordinal) || text.StartsWith("...", StringComparison.Ordinal)) return false;
        return !text.Contains(": ", StringComparison.Ordinal) && !text.Contains(" #", StringComparison.Ordinal);
    }

    private static bool NeedsEscapes(string text)
    {
        foreach (var c in text)
            if (char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or '\uFEFF' or '\u00A0' or >= '\uFFFE') return true;
        return false;
    }

    private static string SingleQuoted(string text) => NeedsEscapes(text) ? DoubleQuoted(text) : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string DoubleQuoted(string text)
    {
        var quoted = new StringBuilder("\"");
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) =>
                    quoted.Append(CultureInfo.InvariantCulture, $"\\U{char.ConvertToUtf32(c, text[++i]):X8}"),
                _ when char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or '\uFEFF' or '\u00A0' or >= '\uFFFE' =>
                    quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => quoted.Append(c),
            };
        }
        return quoted.Append('"').ToString();
    }
}
