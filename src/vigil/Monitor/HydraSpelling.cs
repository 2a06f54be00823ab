using System.Text.RegularExpressions;
using Vigil.Configuration;

namespace Vigil.Monitor;

/// <summary>Writes a key and a value as an override that reads back as the same value.</summary>
internal static partial class HydraSpelling
{
    /// <param name="value">As the sweep wrote it: a word, or a list or mapping in brackets.</param>
    public static string Override(string key, string value) => $"{key}={Value(value)}";

    /// <summary>The key of an override as typed, without its sign.</summary>
    public static string KeyOf(string typed) => typed.Split('=')[0].TrimStart('+', '~');

    private static string Value(string value) =>
        value.Length == 0 || Plain.IsMatch(value) || value is ['[', .., ']'] or ['{', .., '}'] || Whole.IsMatch(value)
            ? value : new HydraValue.Quoted(SourceSpan.None, value, '\'').Text;

    [GeneratedRegex(@"^[A-Za-z0-9_\-/.+%@?|*]+(?::[A-Za-z0-9_\-/.+%@?|*]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain { get; }

    [GeneratedRegex(@"^\$\{[^{}]*\}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Whole { get; }
}
