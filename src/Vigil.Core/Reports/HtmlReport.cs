using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Vigil.Reports;

/// <summary>
/// The report as one page that needs nothing else, and may reach nothing else: what it holds besides text is a library that draws plots, our
/// few lines that call it, and the plots' numbers. A policy in the page lets exactly that script run.
/// </summary>
public static class HtmlReport
{
    private static string Library => field ??= Resource("uPlot.iife.min.js");

    private static string Licence => field ??= Resource("uPlot.LICENSE.txt");

    private static string Style => field ??= Resource("uPlot.min.css") + Resource("report.css");

    /// <summary>The library and what calls it are one script.</summary>
    private static string Script => field ??= $"/*! uPlot\n{Licence.Trim()}\n*/\n{Library.Trim()}\n{Resource("report.js")}";

    private static string ScriptHash => field ??= Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script)));

    public static string Write(ExperimentReport report)
    {
        var title = ReportText.Html(report.Experiment ?? "experiment");
        var text = new StringBuilder();
        text.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        text.Append(CultureInfo.InvariantCulture, $"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{ScriptHash}'; base-uri 'none'; form-action 'none'\">\n");
        text.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n");
        text.Append(CultureInfo.InvariantCulture, $"<title>{title}</title>\n<style>\n{Style}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n");
        text.Append(CultureInfo.InvariantCulture, $"<p>Generated {ReportText.Html(ReportText.Time(report.Generated))}. {Line(ReportSections.Header(report))}</p>\n");
        var plots = Plot.Of(report);
        var tasks = 0;
        foreach (var section in ReportSections.Of(report)) Append(text, section, PartOf(section, ref tasks), plots);
        text.Append("</main>\n<script type=\"application/json\" id=\"plots\">").Append(JsonSerializer.Serialize(plots, PlotContext.Default.ImmutableArrayPlot)).Append("</script>\n");
        return text.Append("<script>").Append(Script).Append("</script>\n</body>\n</html>\n").ToString();
    }

    private static string? PartOf(ReportSection section, ref int tasks) =>
        section.Task is not null ? string.Create(CultureInfo.InvariantCulture, $"task{tasks++}") : section.Title == "Training" ? "training" : null;

    private static void Append(StringBuilder text, ReportSection section, string? part, ImmutableArray<Plot> plots)
    {
        text.Append(CultureInfo.InvariantCulture, $"<section>\n<h{section.Level}>{ReportText.Html(section.Title)}</h{section.Level}>\n");
        foreach (var line in section.Lines) text.Append(CultureInfo.InvariantCulture, $"<p>{Line(line)}</p>\n");
        if (part is not null && plots.Any(p => p.Part == part)) text.Append(CultureInfo.InvariantCulture, $"<div class=\"plots\" data-part=\"{part}\"></div>\n");
        if (section.Table is { } table) Append(text, table);
        foreach (var excerpt in section.Excerpts)
            text.Append(CultureInfo.InvariantCulture, $"<p>{Line(excerpt.Title)}:</p>\n<pre>{string.Join('\n', excerpt.Lines.Select(ReportText.Html))}</pre>\n");
        text.Append("</section>\n");
    }

    private static void Append(StringBuilder text, ReportTable table)
    {
        text.Append("<div class=\"table\"><table>\n<thead><tr>");
        foreach (var column in table.Columns) text.Append(CultureInfo.InvariantCulture, $"<th{(column.IsNumber ? " class=\"number\"" : "")}>{ReportText.Html(column.Name)}</th>");
        text.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            text.Append("<tr>");
            foreach (var (cell, column) in row.Zip(table.Columns))
                text.Append(CultureInfo.InvariantCulture, $"<td{(column.IsNumber ? " class=\"number\"" : "")}{(cell.Source is { } source ? $" title=\"{ReportText.Html(source)}\"" : "")}>{Cell(cell)}</td>");
            text.Append("</tr>\n");
        }
        text.Append("</tbody>\n</table></div>\n");
    }

    private static string Line(ImmutableArray<ReportCell> cells) => ReportLine.Join(cells, Cell);

    private static string Cell(ReportCell cell) => cell.Form switch
    {
        _ when cell.Text.Length == 0 => "",
        CellForm.Name => $"<code>{ReportText.Html(cell.Text)}</code>",
        CellForm.Best => $"<strong>{ReportText.Html(cell.Text)}</strong>",
        CellForm.Good => $"<span class=\"good\">{ReportText.Html(cell.Text)}</span>",
        CellForm.Bad => $"<span class=\"bad\">{ReportText.Html(cell.Text)}</span>",
        _ => ReportText.Html(cell.Text),
    };

    private static string Resource(string name)
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream($"report/{name}") ?? throw new InvalidOperationException($"the program was built without report/{name}");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
