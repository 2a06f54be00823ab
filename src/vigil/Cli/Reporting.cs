using Vigil.Configuration;

namespace Vigil.Cli;

/// <summary>Prints diagnostics, the offending line under each where it can be shown.</summary>
internal static class Reporting
{
    public static void Print(TextWriter talk, IEnumerable<Diagnostic> diagnostics)
    {
        Dictionary<string, string[]> sources = new(StringComparer.Ordinal);
        var errors = 0;
        foreach (var diagnostic in diagnostics.OrderBy(static d => d.Severity).ThenBy(static d => d.At.File, StringComparer.Ordinal).ThenBy(static d => d.At.Line).ThenBy(static d => d.At.Column))
        {
            if (diagnostic.Severity is Severity.Error) errors++;
            talk.WriteLine(diagnostic with { Hint = null });
            if (Line(sources, diagnostic.At) is { } line)
            {
                talk.WriteLine($"    | {line.TrimEnd()}");
                talk.WriteLine($"    | {new string(' ', Math.Max(0, diagnostic.At.Column - 1))}^");
            }
            if (diagnostic.Hint is { } hint) talk.WriteLine($"    {hint}");
        }
        if (errors > 0) talk.WriteLine(errors == 1 ? "1 error; nothing was changed." : $"{errors} errors; nothing was changed.");
    }

    /// <summary>A folder that cannot be written is the world's refusal when nothing else is wrong.</summary>
    public static int Code(DiagnosticBag report) =>
        !report.HasErrors ? ExitCode.Done
        : report.All.All(static d => d.Severity is not Severity.Error || d.Code == Preflight.UnwritableCode) ? ExitCode.BadFolder
        : ExitCode.UserMistake;

    private static string? Line(Dictionary<string, string[]> sources, SourceSpan at)
    {
        if (at.Line <= 0 || at.File.Length == 0 || !File.Exists(at.File)) return null;
        if (!sources.TryGetValue(at.File, out var lines)) sources[at.File] = lines = File.ReadAllLines(at.File);
        return at.Line <= lines.Length && lines[at.Line - 1].Length <= 200 ? lines[at.Line - 1].Replace('\t', ' ') : null;
    }
}
