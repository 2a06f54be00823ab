namespace Vigil.Documents;

/// <summary>What hides lines from a reader of Markdown: a block of code, or a comment.</summary>
/// <param name="Name">As a message calls it.</param>
/// <param name="Close">What ends it.</param>
internal sealed record MarkdownVeil(string Name, string Close)
{
    private const string CommentStart = "<!--", CommentEnd = "-->";

    public bool IsComment => Close == CommentEnd;

    /// <summary>What begins in a line and lasts beyond it; null when nothing does.</summary>
    public static MarkdownVeil? Begin(string line)
    {
        var text = line.TrimStart(' ');
        if (line.Length - text.Length > 3) return null;
        if (text.StartsWith(CommentStart, StringComparison.Ordinal)) return text.Contains(CommentEnd, StringComparison.Ordinal) ? null : new("this comment", CommentEnd);
        if (text is not ['`' or '~', ..]) return null;
        var length = text.Length - text.TrimStart(text[0]).Length;
        return length < 3 || text[0] == '`' && text.IndexOf('`', length) >= 0 ? null : new("this block of code", new string(text[0], length));
    }

    public bool EndsWith(string line)
    {
        if (IsComment) return line.Contains(CommentEnd, StringComparison.Ordinal);
        var text = line.Trim(' ');
        return text.Length >= Close.Length && text.Trim(Close[0]).Length == 0;
    }

    /// <summary>Whether a line is a comment of its own.</summary>
    public static bool IsCommentLine(string line) => line.TrimStart(' ').StartsWith(CommentStart, StringComparison.Ordinal) && line.TrimEnd(' ').EndsWith(CommentEnd, StringComparison.Ordinal);
}
