using System.Text.RegularExpressions;
using Vigil.Configuration;

namespace Vigil.Spec;

public static class PatternText
{
    public static Regex? Compile(LinePattern pattern, SourceSpan at, DiagnosticBag report)
    {
        try
        {
            return Compile(pattern);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            report.Error("RUL050", at, e.Message);
            return null;
        }
    }

    public static Regex Compile(LinePattern pattern) =>
        new(pattern.Kind is PatternKind.Substring ? Regex.Escape(pattern.Text) : pattern.Text.Replace("(?P<", "(?<", StringComparison.Ordinal), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
