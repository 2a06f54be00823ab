using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Turns what the user wrote as a pattern into a regex whose time grows with the line and no faster, or says why that cannot be.</summary>
public static class PatternText
{
    /// <summary>Null, with a diagnostic, where it cannot be used.</summary>
    public static Regex? Compile(LinePattern pattern, SourceSpan at, DiagnosticBag report)
    {
        var before = report.All.Count;
        var text = pattern.Text;
        if (text.Length == 0)
        {
            report.Error("RUL050", at, "the pattern is empty", "write the words that the line holds");
            return null;
        }
        if (pattern.Kind is PatternKind.Substring)
        {
            if (text.AsSpan().ContainsAny('\n', '\r')) SeveralLines(text, at, report);
            return report.All.Count == before ? Compile(pattern) : null;
        }
        var dialect = RegexDialect.Read(text);
        if (dialect.LineBreak) SeveralLines(text, at, report);
        if (dialect.Backtracks is { } needs)
        {
            report.Error("RUL052", at, $"the pattern {Quoted(text)} holds {needs}, which needs an engine that a line can keep busy without end",
                "say it without: list what may stand there, or let two patterns do the work");
            return null;
        }
        if (TryCompile(dialect.Text, text, at, report) is not { } regex) return null;
        if (regex.IsMatch(""))
            report.Error("RUL054", at, $"the pattern {Quoted(text)} matches even an empty line, so that it would fire on lines that say nothing", "let it require at least one character: + in place of *, no empty branch beside a |");
        return report.All.Count == before ? regex : null;
    }

    /// <summary>Of one that was checked before.</summary>
    public static Regex Compile(LinePattern pattern) =>
        Bounded(pattern.Kind is PatternKind.Substring ? Regex.Escape(pattern.Text) : RegexDialect.Read(pattern.Text).Text);

    /// <summary>.NET's names of the capturing groups, in the order in which Python counts them from 1.</summary>
    internal static ImmutableArray<string> Groups(LinePattern pattern) =>
        pattern.Kind is PatternKind.Substring ? [] : RegexDialect.Read(pattern.Text).Groups;

    /// <summary>A regex as .NET's engine reads it.</summary>
    internal static string Translated(LinePattern pattern) => RegexDialect.Read(pattern.Text).Text;

    private static Regex Bounded(string text) => new(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static Regex? TryCompile(string text, string written, SourceSpan at, DiagnosticBag report)
    {
        try
        {
            return Bounded(text);
        }
        catch (RegexParseException wrong)
        {
            report.Error("RUL051", at, $"the pattern {Quoted(written)} is no regular expression: {Reason(wrong)}", "a sign that stands for itself takes a backslash: \\( \\[ \\. \\*; or write pattern_type: substring");
        }
        catch (NotSupportedException)
        {
            report.Error("RUL053", at, $"the pattern {Quoted(written)} is too large: its repetitions multiply to more states than a search may have", "lower the counts in {…}, or write + in their place");
        }
        return null;
    }

    private static void SeveralLines(string text, SourceSpan at, DiagnosticBag report) =>
        report.Error("RUL055", at, $"the pattern {Quoted(text)} holds a line break, but each line is looked through by itself: it can never match",
            "leave it out ($ is the line's end); after a YAML block scalar that adds one, write |- or >-");

    private static string Reason(RegexParseException wrong)
    {
        // The runtime's sentence repeats the whole pattern first.
        var message = wrong.Message;
        var offset = message.IndexOf(" at offset ", StringComparison.Ordinal);
        return offset < 0 ? message : message[(offset + 1)..].TrimEnd('.');
    }

    private static string Quoted(string text)
    {
        var line = text.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return $"'{(line.Length > 120 ? string.Concat(line.AsSpan(0, 120), "…") : line)}'";
    }
}
