using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Turns what the user wrote as a pattern into a regex whose time grows with the line and no faster, or says why that cannot be.</summary>
public static partial class PatternText
{
    private const int SafeStates = 200;   // the engine takes some times as many
    private static readonly TimeSpan LongEnough = TimeSpan.FromMilliseconds(50);

    /// <summary>Null, with a diagnostic, where it cannot be used.</summary>
    public static Regex? Compile(LinePattern pattern, SourceSpan at, DiagnosticBag report) => Check(pattern, at, report) ? Compile(pattern) : null;

    /// <summary>
    /// False, with diagnostics, where it cannot be used. Does not make the regex of the non-backtracking engine where it can say without:
    /// the first one costs 30 ms and each further one some, more than all the rest of reading a file of rules.
    /// </summary>
    public static bool Check(LinePattern pattern, SourceSpan at, DiagnosticBag report)
    {
        var text = pattern.Text;
        if (text.Length == 0)
        {
            report.Error("RUL050", at, "the pattern is empty", "write the words that the line holds");
            return false;
        }
        var dialect = pattern.Kind is PatternKind.Regex ? RegexDialect.Read(text) : null;
        var lineBreak = dialect?.LineBreak ?? text.AsSpan().ContainsAny('\n', '\r');
        if (lineBreak)
            report.Error("RUL055", at, $"the pattern {Quoted(text)} holds a line break, but each line is looked through by itself: it can never match",
                "leave it out ($ is the line's end); after a YAML block scalar that adds one, write |- or >-");
        return (dialect is null || CheckRegex(dialect, text, at, report)) && !lineBreak;
    }

    private static bool CheckRegex(RegexDialect dialect, string written, SourceSpan at, DiagnosticBag report)
    {
        if (dialect.Backtracks is { } needs)
        {
            report.Error("RUL052", at, $"the pattern {Quoted(written)} holds {needs}, which needs an engine that a line can keep busy without end",
                "say it without: list what may stand there, or let two patterns do the work");
            return false;
        }
        try
        {
            if (MatchesNothing(dialect))
            {
                report.Error("RUL054", at, $"the pattern {Quoted(written)} matches even an empty line, so that it would fire on lines that say nothing",
                    "let it require at least one character: + in place of *, no empty branch beside a |");
                return false;
            }
            return true;
        }
        catch (RegexParseException wrong)
        {
            report.Error("RUL051", at, $"the pattern {Quoted(written)} is no regular expression: {Reason(wrong)}", "a sign that stands for itself takes a backslash: \\( \\[ \\. \\*; or write pattern_type: substring");
        }
        catch (NotSupportedException)
        {
            report.Error("RUL053", at, $"the pattern {Quoted(written)} is too large: its repetitions multiply to more states than a search may have", "lower the counts in {…}, or write + in their place");
        }
        return false;
    }

    /// <summary>Whether it matches the empty text. A small pattern is asked in the engine that is made at once; where that goes astray, and for a large one, in the other.</summary>
    private static bool MatchesNothing(RegexDialect dialect)
    {
        if (dialect.States > SafeStates) return Bounded(dialect.Text).IsMatch("");
        try
        {
            return new Regex(dialect.Text, RegexOptions.CultureInvariant, LongEnough).IsMatch("");
        }
        catch (RegexMatchTimeoutException)
        {
            return Bounded(dialect.Text).IsMatch("");
        }
    }

    /// <summary>Of one that was checked before.</summary>
    public static Regex Compile(LinePattern pattern) =>
        Bounded(pattern.Kind is PatternKind.Substring ? Regex.Escape(pattern.Text) : RegexDialect.Read(pattern.Text).Text);

    /// <summary>The same for the engine that is made at once, and gives up a line that keeps it too long.</summary>
    /// <exception cref="RegexMatchTimeoutException">When it is asked about such a line.</exception>
    internal static Regex Quick(LinePattern pattern) => new(RegexDialect.Read(pattern.Text).Text, RegexOptions.CultureInvariant, LongEnough);

    /// <summary>Whether a group of it may repeat, or be left out. False only where that is certain.</summary>
    internal static bool RepeatsGroup(LinePattern pattern) => RepeatedGroup.IsMatch(RegexDialect.Read(pattern.Text).Text);

    [GeneratedRegex(@"\)[*+?{]", RegexOptions.CultureInvariant)]
    private static partial Regex RepeatedGroup { get; }

    /// <summary>.NET's names of the capturing groups, in the order in which Python counts them from 1.</summary>
    internal static ImmutableArray<string> Groups(LinePattern pattern) =>
        pattern.Kind is PatternKind.Substring ? [] : RegexDialect.Read(pattern.Text).Groups;

    /// <summary>A regex as .NET's engine reads it.</summary>
    internal static string Translated(LinePattern pattern) => RegexDialect.Read(pattern.Text).Text;

    private static Regex Bounded(string text) => new(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

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
