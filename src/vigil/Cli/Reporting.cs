using System.Globalization;
using Vigil.Configuration;

namespace Vigil.Cli;

/// <summary>Prints diagnostics: the place, the line with the offending text underlined, the remedy.</summary>
internal static class Reporting
{
    private const int WidthOfAFile = 160;
    private const string Gutter = "    | ";

    public static void Print(CliContext context, IEnumerable<Diagnostic> diagnostics, SourceTexts sources)
    {
        var errors = 0;
        foreach (var diagnostic in diagnostics.OrderBy(static d => d.Severity).ThenBy(static d => d.At.File, StringComparer.Ordinal).ThenBy(static d => d.At.Line).ThenBy(static d => d.At.Column))
        {
            if (diagnostic.Severity is Severity.Error) errors++;
            Print(context, diagnostic, sources);
        }
        if (errors > 0) context.Talk.WriteLine(errors == 1 ? "1 error; nothing was changed." : $"{errors} errors; nothing was changed.");
    }

    /// <summary>A folder that cannot be written is the world's refusal when nothing else is wrong.</summary>
    public static int Code(DiagnosticBag report) =>
        !report.HasErrors ? ExitCode.Done
        : report.All.All(static d => d.Severity is not Severity.Error || d.Code is Preflight.UnwritableCode or Preflight.UnwritableLogCode) ? ExitCode.BadFolder
        : ExitCode.UserMistake;

    private static void Print(CliContext context, Diagnostic diagnostic, SourceTexts sources)
    {
        var (kind, colour) = diagnostic.Severity is Severity.Error ? ("error", 31) : ("warning", 33);
        var place = diagnostic.At.File.Length > 0 ? $"{diagnostic.At}: " : "";
        context.Talk.WriteLine($"{Paint(context, place, 1)}{Paint(context, $"{kind} {diagnostic.Code}", colour)}: {LogText.Safe(diagnostic.Message)}");
        if (sources.Find(diagnostic) is var (text, at))
        {
            var excerpt = Excerpt.Of(text, at.Start, at.Length, context.TalkWidth() is { } width ? Math.Max(40, width - Gutter.Length - 1) : WidthOfAFile);
            // The place names another line only where a text begins above it: then the excerpt says its own.
            var gutter = diagnostic.At.Line == at.Line + 1 || diagnostic.At.File == Override.File ? Gutter : string.Create(CultureInfo.InvariantCulture, $"{at.Line + 1,4}| ");
            context.Talk.WriteLine(gutter + excerpt.Line);
            context.Talk.WriteLine(Gutter + Paint(context, excerpt.Underline, colour));
        }
        foreach (var line in diagnostic.Hint?.Split('\n') ?? []) context.Talk.WriteLine($"    {LogText.Safe(line)}");
    }

    private static string Paint(CliContext context, string text, int code) =>
        !context.TalkHasColour || text.Length == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"\e[{code}m{text}\e[0m");
}
