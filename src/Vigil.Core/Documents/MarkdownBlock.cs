using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>What stands below a heading, as far as plan documents need it.</summary>
internal abstract record MarkdownBlock(SourceSpan At)
{
    /// <summary>Every row has as many cells as the header.</summary>
    public sealed record Table(SourceSpan At, ImmutableArray<MarkdownCell> Header, ImmutableArray<MarkdownRow> Rows) : MarkdownBlock(At);

    public sealed record List(SourceSpan At, ImmutableArray<MarkdownItem> Items) : MarkdownBlock(At);

    /// <summary>Lines of prose, joined; or a block of code, with its lines.</summary>
    public sealed record Paragraph(SourceSpan At, string Text) : MarkdownBlock(At);
}

/// <param name="Text">As written, without the spaces around it and the backslashes before pipes.</param>
internal sealed record MarkdownCell(string Text, SourceSpan At);

internal sealed record MarkdownRow(SourceSpan At, ImmutableArray<MarkdownCell> Cells)
{
    /// <summary>Whether it had as many cells as the header; if not, that was told, and nobody knows which cell is which.</summary>
    public bool IsWhole { get; init; } = true;
}

/// <summary>One item of a list: <c>- **Key**: value</c>, or only a text.</summary>
/// <param name="Key">Null when the item is only a text.</param>
/// <param name="Value">As written; the whole text when there is no key.</param>
/// <param name="ValueAt">Where the value begins.</param>
internal sealed record MarkdownItem(SourceSpan At, string? Key, string Value, SourceSpan ValueAt, ImmutableArray<MarkdownItem> Children)
{
    private const int LongestBareKey = 80;

    /// <summary>Finds key and value; the colon may stand inside of the bold, outside of it, or the whole item may be bold.</summary>
    public static MarkdownItem Of(string text, SourceSpan at, ImmutableArray<MarkdownItem> children)
    {
        if (text.StartsWith("**", StringComparison.Ordinal))
        {
            if (text.IndexOf("**", 2, StringComparison.Ordinal) is not (> 2 and var end)) return new(at, null, text, at, children);
            var (inner, rest) = (text[2..end], end + 2);
            if (inner.EndsWith(':')) return Pair(text, at, inner[..^1], rest, children);
            if (text.AsSpan(rest).TrimStart() is [':', ..]) return Pair(text, at, inner, text.IndexOf(':', rest) + 1, children);
            if (rest == text.Length && inner.IndexOf(": ", StringComparison.Ordinal) is > 0 and var colon) return Pair(text[..end], at, inner[..colon], 2 + colon + 1, children);
            return new(at, null, text, at, children);
        }
        var bare = text.EndsWith(':') && !text.Contains(": ", StringComparison.Ordinal) ? text.Length - 1 : text.IndexOf(": ", StringComparison.Ordinal);
        return bare is > 0 and <= LongestBareKey && text.AsSpan(0, bare).IndexOfAny('"', '`', '|') < 0 ? Pair(text, at, text[..bare], bare + 1, children) : new(at, null, text, at, children);
    }

    private static MarkdownItem Pair(string text, SourceSpan at, string key, int from, ImmutableArray<MarkdownItem> children)
    {
        while (from < text.Length && char.IsWhiteSpace(text[from])) from++;
        return new(at, DocumentText.Read(key.Trim()), text[from..].TrimEnd(), at with { Column = at.Column + from }, children);
    }
}
