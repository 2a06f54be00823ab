using System.Text;

namespace Vigil.Planning;

/// <summary>Texts with <c>\${…}</c> and <c>$${…}</c>: interpolations that are kept for a later time.</summary>
internal static class DeferredText
{
    /// <summary>The text one time later: what was deferred is an interpolation now. <c>\\${…}</c> was none and stays.</summary>
    public static string Undefer(string text) => Undefer(text, "${");

    /// <summary>The same for those interpolations alone that begin with <paramref name="opening"/>.</summary>
    public static string Undefer(string text, string opening)
    {
        var open = text.IndexOf(opening, StringComparison.Ordinal);
        if (open < 0) return text;
        StringBuilder? changed = null;
        var kept = 0;
        for (; open >= 0; open = text.IndexOf(opening, open + 1, StringComparison.Ordinal))
        {
            if (!IsDeferred(text, open)) continue;
            (changed ??= new()).Append(text, kept, open - 1 - kept);
            kept = open;
        }
        return changed is null ? text : changed.Append(text, kept, text.Length - kept).ToString();
    }

    /// <summary>The text with all interpolations deferred, whether they were before or not.</summary>
    public static string Defer(string text, string opening)
    {
        var changed = new StringBuilder();
        var kept = 0;
        for (var open = text.IndexOf(opening, StringComparison.Ordinal); open >= 0; open = text.IndexOf(opening, open + 1, StringComparison.Ordinal))
        {
            changed.Append(text, kept, open - kept);
            if (!IsDeferred(text, open)) changed.Append('\\');
            kept = open;
        }
        return changed.Append(text, kept, text.Length - kept).ToString();
    }

    /// <summary>Whether an odd number of backslashes, or one more dollar sign, stands before the <c>${</c>.</summary>
    public static bool IsDeferred(string text, int open)
    {
        var slashes = 0;
        while (open - slashes > 0 && text[open - slashes - 1] == '\\') slashes++;
        return slashes % 2 == 1 || slashes == 0 && open > 0 && text[open - 1] == '$';
    }
}
