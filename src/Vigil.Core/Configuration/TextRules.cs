using System.Globalization;

namespace Vigil.Configuration;

/// <summary>What a text must be to become a file name, a command word or JSON, and how much of it a message shows.</summary>
public static class TextRules
{
    /// <summary>The beginning of a text that is longer than a message should be.</summary>
    internal static string Shorten(string text, int most) => text.Length <= most ? text : text[..most] + "…";

    /// <summary>The first names, and how many more there are: <c>a, b and 3 more</c>.</summary>
    public static string Names(IReadOnlyCollection<string> names, int most) =>
        names.Count <= most ? string.Join(", ", names) : string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", names.Take(most))} and {names.Count - most} more");

    /// <summary>Whether every surrogate has its other half.</summary>
    public static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) return false;
            i++;
        }
        return true;
    }
}
