using System.Text.RegularExpressions;
using Vigil.Configuration;

namespace Vigil.Logs.Signatures;

/// <summary>One text to look for in a line: a regex, or the text as it stands.</summary>
public abstract record SignaturePattern
{
    private SignaturePattern(SourceSpan at) => At = at;

    public SourceSpan At { get; }

    public abstract bool Matches(string line);

    public sealed record Substring(string Text, SourceSpan At) : SignaturePattern(At)
    {
        public override bool Matches(string line) => line.Contains(Text, StringComparison.Ordinal);
    }

    /// <summary>Runs in the engine that does not backtrack: no line can hold it up.</summary>
    public sealed record Expression : SignaturePattern
    {
        private readonly Regex _regex;

        private Expression(Regex regex, SourceSpan at) : base(at) => _regex = regex;

        public string Text => _regex.ToString();

        public override bool Matches(string line) => _regex.IsMatch(line);

        /// <summary>Null, with a diagnostic, when it is no regex or one that only a backtracking engine can run.</summary>
        public static Expression? Compile(string text, SourceSpan at, DiagnosticBag report)
        {
            try
            {
                return new(new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), at);
            }
            catch (RegexParseException wrong)
            {
                report.Error("RUL074", at, $"this pattern is no regular expression: {wrong.Message}");
            }
            catch (NotSupportedException)
            {
                report.Error("RUL074", at, "this pattern needs backtracking, which could hold up the watch", "leave out lookarounds, backreferences and atomic groups; or make it several patterns");
            }
            return null;
        }
    }
}
