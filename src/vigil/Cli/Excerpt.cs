using System.Text;

namespace Vigil.Cli;

/// <summary>One line of a source as a terminal shows it, and the line of <c>^</c> under a part of it.</summary>
internal sealed record Excerpt(string Line, string Underline)
{
    private const string Cut = "…";

    /// <summary>What stands before the offending text when a line is cut around it.</summary>
    private const int Before = 40;

    /// <param name="start">0-based.</param>
    /// <param name="width">So many columns are shown; the offending text is always among them, at least its beginning.</param>
    public static Excerpt Of(string line, int start, int length, int width)
    {
        start = Math.Clamp(start, 0, line.Length);
        var marked = line.AsSpan(start, Math.Min(length, line.Length - start));
        var (before, part, after) = (Show(line.AsSpan(0, start)), Show(marked), Show(line.AsSpan(start + marked.Length).TrimEnd()));
        if (CellWidth.Of(before) + CellWidth.Of(part) + CellWidth.Of(after) > width)
        {
            if (CellWidth.Of(before) > Before) before = Cut + Last(before, Before - 1);
            var left = width - CellWidth.Of(before);
            if (CellWidth.Of(part) > left - 1) (part, after) = (First(part, left - 1), Cut);
            else if (CellWidth.Of(part) + CellWidth.Of(after) > left) after = First(after, left - CellWidth.Of(part) - 1) + Cut;
        }
        var carets = Math.Max(1, Math.Max(CellWidth.Of(part), marked.Length == 0 ? 1 : 0));
        return new(before + part + after, new string(' ', CellWidth.Of(before)) + new string('^', carets));
    }

    /// <summary>Tabs become spaces, and nothing in a file drives the terminal.</summary>
    private static string Show(ReadOnlySpan<char> text) => LogText.Safe(text.ToString().Replace("\t", "    ", StringComparison.Ordinal));

    private static string First(string text, int columns)
    {
        var (kept, used) = (new StringBuilder(), 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if ((used += CellWidth.Of(rune)) > columns) break;
            kept.Append(rune);
        }
        return kept.ToString();
    }

    private static string Last(string text, int columns)
    {
        var left = CellWidth.Of(text);
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (left <= columns) break;
            left -= CellWidth.Of(rune);
            at += rune.Utf16SequenceLength;
        }
        return text[at..];
    }
}
