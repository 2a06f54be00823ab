using System.Collections.Immutable;
using System.Text;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>Reads a table of pipes as GitHub does, but tells what GitHub repairs in silence: a row with other cells than the header, a missing rule.</summary>
internal static class MarkdownTable
{
    public static bool Begins(MarkdownSection section, int at)
    {
        var line = section.Lines[at].TrimStart();
        if (!line.Contains('|', StringComparison.Ordinal)) return false;
        return line[0] == '|' || at + 1 < section.Lines.Length && IsRule(section.Lines[at + 1]) && section.Lines[at + 1].Contains('|', StringComparison.Ordinal) && !line.StartsWith("- ", StringComparison.Ordinal);
    }

    /// <summary>The table, null when it is none, and the line behind it.</summary>
    public static (MarkdownBlock.Table? Table, int Next) Read(MarkdownSection section, int at, DiagnosticBag report)
    {
        var header = Row(section, at);
        var next = at + 1;
        if (next == section.Lines.Length || !IsRule(section.Lines[next]))
        {
            report.Error("DOC003", header.At, "this table has no rule below its header, so its columns are not known", $"put this below the header: {Rule(header.Cells.Length)}");
            while (next < section.Lines.Length && IsRow(section.Lines[next])) next++;
            return (null, next);
        }
        CheckWidth(Row(section, next), header, "the rule below the header", report);
        var rows = ImmutableArray.CreateBuilder<MarkdownRow>();
        for (next++; next < section.Lines.Length && IsRow(section.Lines[next]); next++)
        {
            var row = Row(section, next);
            CheckWidth(row, header, "this row", report);
            rows.Add(Fit(row, header.Cells.Length));
        }
        return (new(header.At, header.Cells, rows.ToImmutable()), next);
    }

    /// <summary>The line below a header of so many columns.</summary>
    public static string Rule(int columns) => $"|{string.Concat(Enumerable.Repeat("---|", columns))}";

    /// <summary>A row as it is written.</summary>
    public static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells.Select(static c => c.Replace("|", "\\|", StringComparison.Ordinal)))} |";

    private static bool IsRow(string line) => line.Contains('|', StringComparison.Ordinal) && line.TrimStart() is not ['-' or '*' or '+', ' ', ..];

    private static bool IsRule(string line)
    {
        if (!line.Contains('-', StringComparison.Ordinal)) return false;
        foreach (var c in line)
            if (c is not ('|' or '-' or ':' or ' ' or '\t')) return false;
        return true;
    }

    private static void CheckWidth(MarkdownRow row, MarkdownRow header, string what, DiagnosticBag report)
    {
        if (row.Cells.Length == header.Cells.Length) return;
        report.Error("DOC003", row.At, $"{what} has {Count(row.Cells.Length)}, and the table's header {Count(header.Cells.Length)} ({header.At})", "a '|' inside of a cell is written '\\|'; an empty cell needs its own '|', too");
    }

    private static string Count(int cells) => cells == 1 ? "1 cell" : $"{cells} cells";

    private static MarkdownRow Fit(MarkdownRow row, int width)
    {
        if (row.Cells.Length == width) return row;
        return row with { IsWhole = false, Cells = [.. row.Cells.Take(width), .. Enumerable.Repeat(new MarkdownCell("", row.At), Math.Max(0, width - row.Cells.Length))] };
    }

    private static MarkdownRow Row(MarkdownSection section, int at)
    {
        var (line, number) = (section.Lines[at], section.FirstLine + at);
        var cells = ImmutableArray.CreateBuilder<MarkdownCell>();
        var (text, start, first) = (new StringBuilder(), 0, line.Length - line.TrimStart().Length);
        var end = line.TrimEnd().Length;
        for (var i = first; i <= end; i++)
        {
            if (i < end && line[i] == '\\' && i + 1 < end && line[i + 1] == '|') { text.Append('|'); i++; continue; }
            if (i < end && line[i] != '|') { text.Append(line[i]); continue; }
            // Nothing stands before the pipe that opens a row, or behind the one that closes it.
            if (!(i == first && i < end) && !(i == end && end > 0 && start == end)) cells.Add(Cell(section, number, text.ToString(), line, start, i));
            text.Clear();
            start = i + 1;
        }
        return new(new(section.At.File, number, first + 1), cells.ToImmutable());
    }

    private static MarkdownCell Cell(MarkdownSection section, int number, string text, string line, int from, int to)
    {
        while (from < to && char.IsWhiteSpace(line[from])) from++;
        return new(text.Trim(), new(section.At.File, number, from + 1));
    }
}
