using System.Collections.Immutable;
using Vigil.Platform;

namespace Vigil.Reports;

/// <summary>The files of a report.</summary>
internal static class ReportFiles
{
    /// <summary>Each appears whole, readable by its owner alone; those of a report before are replaced.</summary>
    /// <returns>Their paths.</returns>
    public static ImmutableArray<string> Write(ExperimentReport report, string folder)
    {
        PrivateFolder.Create(folder);
        (string Name, string Text)[] files =
        [
            ("summary.md", MarkdownReport.Write(report)), ("report.html", HtmlReport.Write(report)), ("report.json", ReportDocument.Write(report)),
            ("training.csv", CsvReport.Training(report)), ("evaluations.csv", CsvReport.Evaluations(report)),
        ];
        foreach (var (name, text) in files) AtomicFile.Write(Path.Join(folder, name), text);
        return [.. files.Select(f => Path.Join(folder, f.Name))];
    }
}
