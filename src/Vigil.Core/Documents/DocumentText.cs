using System.Globalization;
using System.Text;

namespace Vigil.Documents;

/// <summary>How one text stands in a Markdown document: bare, in back-ticks, or in quotes with escapes when anything in it would read otherwise.</summary>
internal static class DocumentText
{
    /// <summary>What stands where there is nothing to say.</summary>
    public const string Nothing = "-";

    private const string Backtick = "`";

    public static bool IsNothing(string bare) => bare is "" or "-" or "–" or "—" || bare.Equals("N/A", StringComparison.OrdinalIgnoreCase);

    public static bool IsQuoted(string raw) => raw.StartsWith('"') && Unquote(raw) is not null;

    /// <summary>The text that is meant: without back-ticks, quotes, and a remark in brackets behind them.</summary>
    public static string Read(string raw)
    {
        if (raw.StartsWith('"')) return Unquote(raw) ?? raw;
        if (!raw.StartsWith('`') || raw.IndexOf('`', 1) is not (> 1 and var end)) return raw;
        return IsRemark(raw[(end + 1)..]) ? raw[1..end] : raw;
    }

    /// <summary>As short as reading allows.</summary>
    public static string Write(string text) => IsPlain(text) ? text : Quote(text);

    /// <summary>A path as documents show it.</summary>
    public static string Code(string text) =>
        text.Length > 0 && !text.Contains(Backtick, StringComparison.Ordinal) && !text.Any(char.IsControl) && !text.Contains('\u2028', StringComparison.Ordinal) ? $"`{text}`" : Quote(text);

    /// <summary>A part of a list with commas.</summary>
    public static string Part(string text) => IsPlain(text) && !text.Contains(',', StringComparison.Ordinal) ? text : Quote(text);

    /// <summary>A key between its stars.</summary>
    public static string KeyText(string key) => IsPlain(key) && key.IndexOfAny(['*', ':', '|']) < 0 ? key : Quote(key);

    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (c == '\n') quoted.Append("\\n");
            else if (c == '\t') quoted.Append("\\t");
            else if (char.IsControl(c) || c is '*' or '`' or '\u2028' or '\u2029' || char.IsWhiteSpace(c) && c != ' ') quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }

    /// <summary>The parts of a list with commas; a comma in quotes or brackets parts nothing. Each comes with its offset.</summary>
    public static IEnumerable<(string Raw, int Offset)> Parts(string list)
    {
        var (start, depth, quoted) = (0, 0, false);
        for (var i = 0; i <= list.Length; i++)
        {
            if (i < list.Length && quoted && list[i] == '\\') { i++; continue; }
            if (i < list.Length && list[i] == '"') quoted = !quoted && list[start..i].Trim().Length == 0;
            else if (i < list.Length && list[i] is '(' or '[' or '{' && !quoted) depth++;
            else if (i < list.Length && list[i] is ')' or ']' or '}' && !quoted) depth = Math.Max(0, depth - 1);
            if (i < list.Length && (list[i] != ',' || quoted || depth > 0)) continue;
            var raw = list[start..i];
            var offset = start + raw.Length - raw.TrimStart().Length;
            if (raw.Trim() is { Length: > 0 } part) yield return (part, offset);
            start = i + 1;
        }
    }

    private static bool IsPlain(string text) =>
        text.Length > 0 && text.Trim() == text && !IsNothing(text) && text[0] is not ('"' or '`' or '*' or '#' or '|' or '<' or '[' or '(' or '-' or '+' or '_') && text[^1] is not ('#' or '\\')
        && !text.Any(static c => char.IsControl(c) || c is '\u2028' or '\u2029' or '{' or '}' or '[' or ']') && text.Count(static c => c == '(') == text.Count(static c => c == ')') && !text.Contains("**", StringComparison.Ordinal);

    private static string? Unquote(string raw)
    {
        var text = new StringBuilder();
        for (var i = 1; i < raw.Length; i++)
        {
            if (raw[i] == '"') return IsRemark(raw[(i + 1)..]) ? text.ToString() : null;
            if (raw[i] != '\\' || i + 1 == raw.Length) { text.Append(raw[i]); continue; }
            switch (raw[++i])
            {
                case 'n': text.Append('\n'); break;
                case 't': text.Append('\t'); break;
                case '"' or '\\': text.Append(raw[i]); break;
                case 'u' when i + 4 < raw.Length && ushort.TryParse(raw.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                    text.Append((char)code);
                    i += 4;
                    break;
                default: text.Append('\\').Append(raw[i]); break;
            }
        }
        return null;
    }

    private static bool IsRemark(string rest) => rest.Trim() is "" or ['(', .., ')'];
}
