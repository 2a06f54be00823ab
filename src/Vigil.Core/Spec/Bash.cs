using System.Text.RegularExpressions;

namespace Vigil.Spec;

/// <summary>The one place where text becomes shell.</summary>
public static partial class Bash
{
    /// <summary>The text as exactly one word of bash, whatever it holds. Plain words stay as they are, so that scripts can be read.</summary>
    public static string Quote(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal)) throw new ArgumentException("a NUL cannot be passed to any program", nameof(text));
        return IsPlain(text) ? text : QuoteAlways(text);
    }

    /// <summary>In quotes even where it need not be: a shell's text reads better so.</summary>
    internal static string QuoteAlways(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>Text that stays as it is between double quotes.</summary>
    internal static string InDoubleQuotes(string text) => SpecialInDoubleQuotes.Replace(text, "\\$&");

    [GeneratedRegex(@"[\\$`""]", RegexOptions.CultureInvariant)]
    private static partial Regex SpecialInDoubleQuotes { get; }

    /// <summary>Whether an environment variable may bear this name.</summary>
    public static bool IsVariableName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.AsSpan().IndexOfAnyExcept(NameLetters) < 0;

    // '=' is absent: "a=b" as the first word would be an assignment. So is '~'.
    private static bool IsPlain(string text) => text.Length > 0 && text.AsSpan().IndexOfAnyExcept(PlainLetters) < 0 && !Reserved.Contains(text);

    private static readonly System.Buffers.SearchValues<char> NameLetters = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
    private static readonly System.Buffers.SearchValues<char> PlainLetters = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+./:,%@");
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "if", "then", "else", "elif", "fi", "case", "esac", "for", "select", "while", "until", "do", "done", "in", "function", "time", "coproc",
    };
}
