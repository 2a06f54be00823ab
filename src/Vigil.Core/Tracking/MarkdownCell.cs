using System.Text;

namespace Vigil.Tracking;

/// <summary>Texts of others in Markdown, as they are: nothing in a name is a mark.</summary>
internal static class MarkdownCell
{
    public static string Of(string text)
    {
        var cell = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsControl(c)) { cell.Append(' '); continue; }
            if (c is '|' or '\\' or '`' or '*' or '<' or '>' or '[' or ']' or '~' or '&' or '#' || c == '_' && !IsWithinAWord(text, i)) cell.Append('\\');
            cell.Append(c);
        }
        return cell.ToString();
    }

    private static bool IsWithinAWord(string text, int at) => at > 0 && at + 1 < text.Length && char.IsLetterOrDigit(text[at - 1]) && char.IsLetterOrDigit(text[at + 1]);
}
