using System.Text.RegularExpressions;

namespace Vigil.Cli;

/// <summary>Finds the text that a diagnostic is about, from the place where it begins and from what the message quotes.</summary>
internal static partial class OffendingText
{
    /// <param name="Line">0-based.</param>
    /// <param name="Start">0-based.</param>
    public readonly record struct Found(int Line, int Start, int Length);

    /// <param name="line">0-based.</param>
    /// <param name="start">0-based; may lie behind the end of the line.</param>
    public static Found In(string[] lines, int line, int start, string message)
    {
        var text = lines[line];
        if (start >= text.Length) return new(line, text.TrimEnd().Length, 1);
        var quoted = Quoted(message);
        foreach (var word in quoted)
            if (text.AsSpan(start).StartsWith(word, StringComparison.Ordinal)) return new(line, start, word.Length);
        if (text[start] is '|' or '>' && InBlock(lines, line, quoted) is { } below) return below;
        var length = TokenLength(text, start);
        foreach (var word in quoted)
            if (IsTelling(word) && text.AsSpan(start, length).IndexOf(word, StringComparison.Ordinal) is >= 0 and var within) return new(line, start + within, word.Length);
        return new(line, start, length);
    }

    /// <summary>What the message quotes, the longest first.</summary>
    private static List<string> Quoted(string message) =>
        [.. QuotedForm.Matches(message).Select(static m => m.Groups["in"] is { Success: true } inner ? inner.Value : m.Value).Where(static w => w.Length > 0).OrderByDescending(static w => w.Length)];

    /// <summary>Whether a quotation found somewhere inside the text is surely the place that is meant.</summary>
    private static bool IsTelling(string word) => word[0] is '$' or '{' || word.Length > 3;

    /// <summary>In the lines of a block scalar, which begin under its <c>|</c>.</summary>
    private static Found? InBlock(string[] lines, int header, List<string> quoted)
    {
        var (indent, end) = (Indent(lines[header]), header + 1);
        while (end < lines.Length && (lines[end].AsSpan().IsWhiteSpace() || Indent(lines[end]) > indent)) end++;
        foreach (var word in quoted.Where(IsTelling))
            for (var i = header + 1; i < end; i++)
                if (lines[i].IndexOf(word, StringComparison.Ordinal) is >= 0 and var at) return new(i, at, word.Length);
        return null;
    }

    private static int Indent(string line) => line.Length - line.AsSpan().TrimStart(' ').Length;

    private static int TokenLength(string text, int start) => text[start] switch
    {
        '"' or '\'' => QuoteEnd(text, start) - start,
        '[' or '{' => BracketEnd(text, start) - start,
        '$' when text.AsSpan(start).StartsWith("${", StringComparison.Ordinal) => BracketEnd(text, start + 1) - start,
        _ => PlainLength(text, start),
    };

    private static int QuoteEnd(string text, int start)
    {
        var quote = text[start];
        for (var i = start + 1; i < text.Length; i++)
            if (quote == '"' && text[i] == '\\') i++;
            else if (text[i] == quote && quote == '\'' && i + 1 < text.Length && text[i + 1] == quote) i++;
            else if (text[i] == quote) return i + 1;
        return text.TrimEnd().Length;
    }

    private static int BracketEnd(string text, int start)
    {
        var open = 0;
        for (var i = start; i < text.Length; i++)
            switch (text[i])
            {
                case '"' or '\'': i = QuoteEnd(text, i) - 1; break;
                case '[' or '{': open++; break;
                case ']' or '}' when --open == 0: return i + 1;
            }
        return text.TrimEnd().Length;
    }

    /// <summary>A plain scalar or a key: to the colon, comma, bracket or comment that ends it.</summary>
    private static int PlainLength(string text, int start)
    {
        var i = start;
        for (; i < text.Length; i++)
        {
            if (text[i] == '$' && i + 1 < text.Length && text[i + 1] == '{') { i = BracketEnd(text, i + 1) - 1; continue; }
            if (text[i] == ':' && (i + 1 == text.Length || text[i + 1] is ' ' or '\t')) break;
            if (text[i] == '#' && i > start && text[i - 1] is ' ' or '\t') break;
            if (text[i] is ',' or ']' or '}' && IsInFlow(text, start)) break;
        }
        return Math.Max(1, text.AsSpan(start, i - start).TrimEnd().TrimEnd(',').Length);
    }

    private static bool IsInFlow(string text, int before)
    {
        var open = 0;
        for (var i = 0; i < before; i++)
            if (text[i] is '[' or '{') open++;
            else if (text[i] is ']' or '}') open--;
        return open > 0;
    }

    [GeneratedRegex(@"'(?<in>[^']+)'|\$\{[^{}]*\}|\{[^{}\s]+\}", RegexOptions.CultureInvariant)]
    private static partial Regex QuotedForm { get; }
}
