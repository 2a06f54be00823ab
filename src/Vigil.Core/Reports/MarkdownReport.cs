using System.Collections.Immutable;
using System.Text;

namespace Vigil.Reports;

/// <summary>The report as <c>summary.md</c>.</summary>
public static class MarkdownReport
{
    public static string Write(ExperimentReport report)
    {
        var text = new StringBuilder();
        text.Append("# ").Append(ReportText.Markdown(report.Experiment ?? "experiment")).Append("\n\n");
        text.Append("**Generated:** ").Append(ReportText.Time(report.Generated)).Append(" · **Status:** ").Append(Line(ReportSections.Header(report))).Append('\n');
        foreach (var section in ReportSections.Of(report)) Append(text, section);
        return text.ToString();
    }

    private static void Append(StringBuilder text, ReportSection section)
    {
        text.Append('\n').Append('#', section.Level).Append(' ').Append(ReportText.Markdown(section.Title)).Append('\n');
        if (!section.Lines.IsEmpty) text.Append('\n');
        foreach (var line in section.Lines) text.Append(section.Lines.Length > 1 ? "- " : "").Append(Line(line)).Append('\n');
        if (section.Table is { } table) Append(text.Append('\n'), table);
        foreach (var excerpt in section.Excerpts) Append(text, excerpt);
    }

    private static void Append(StringBuilder text, ReportTable table)
    {
        Append(text, table.Columns.Select(static c => ReportText.Markdown(c.Name)));
        Append(text, table.Columns.Select(static c => c.IsNumber ? "---:" : "---"));
        foreach (var row in table.Rows) Append(text, row.Select(Cell));
    }

    private static void Append(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static void Append(StringBuilder text, ReportExcerpt excerpt)
    {
        // A fence is longer than any that stands in the lines.
        var fence = new string('`', Math.Max(3, 1 + excerpt.Lines.Max(LongestTicks)));
        text.Append('\n').Append(Line(excerpt.Title)).Append(":\n\n").Append(fence).Append("text\n");
        foreach (var line in excerpt.Lines) text.Append(ReportText.OneLine(line)).Append('\n');
        text.Append(fence).Append('\n');
    }

    private static int LongestTicks(string line)
    {
        var (longest, length) = (0, 0);
        foreach (var c in line) longest = Math.Max(longest, length = c == '`' ? length + 1 : 0);
        return longest;
    }

    private static string Line(ImmutableArray<ReportCell> cells) => ReportLine.Join(cells, Cell);

    private static string Cell(ReportCell cell) => cell.Form switch
    {
        _ when cell.Text.Length == 0 => "",
        CellForm.Name => ReportText.Code(cell.Text),
        CellForm.Best => $"**{ReportText.Markdown(cell.Text)}**",
        _ => ReportText.Markdown(cell.Text),
    };
}

/// <summary>Puts the pieces of a sentence together.</summary>
internal static class ReportLine
{
    /// <summary>With a blank between them, but before a sign that ends something.</summary>
    public static string Join(ImmutableArray<ReportCell> cells, Func<ReportCell, string> show)
    {
        var text = new StringBuilder();
        foreach (var cell in cells)
        {
            if (cell.Text.Length == 0) continue;
            if (text.Length > 0 && cell.Text[0] is not (',' or ';' or ':' or '.')) text.Append(' ');
            text.Append(show(cell));
        }
        return text.ToString();
    }
}
