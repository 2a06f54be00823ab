using System.Text.RegularExpressions;

namespace Vigil.Monitor;

/// <summary>Writes a key and a value as an override that reads back as the same value.</summary>
internal static partial class HydraSpelling
{
    /// <param name="value">As the sweep wrote it: a word, or a list or mapping in brackets.</param>
    public static string Override(string key, string value) => $"{key}={Value(value)}";

    public static string KeyOf(string typed) => typed.Split('=')[0].TrimStart('+', '~');

    private static string Value(string value) =>
        value.Length == 0 || Plain.IsMatch(value) || value is ['[', .., ']'] or ['{', .., '}'] || Whole.IsMatch(value) ? value : $"'{Escape(value)}'";

    // Only a backslash before the quote counts: https://hydra.cc/docs/advanced/override_grammar/basic/
    private static string Escape(string value) => BackslashesBeforeQuote.Replace(value, static m => $"{m.Groups["slashes"].Value}{m.Groups["slashes"].Value}{(m.Value.EndsWith('\'') ? "\\'" : "")}");

    [GeneratedRegex(@"^[A-Za-z0-9_\-/.+%@?|*]+(?::[A-Za-z0-9_\-/.+%@?|*]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain { get; }

    [GeneratedRegex(@"^\$\{[^{}]*\}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Whole { get; }

    [GeneratedRegex(@"(?<slashes>\\*)'|(?<slashes>\\+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex BackslashesBeforeQuote { get; }
}
