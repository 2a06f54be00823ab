using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>Text of a log as it may leave the machine: no secrets, no colours, nothing that drives a terminal or changes how text reads.</summary>
public static partial class SafeText
{
    public const int MostLines = 20;
    private const int LongestLine = 300;

    /// <summary>So much of a line is looked at: what is cut off first cannot leave half a secret in sight.</summary>
    private const int LongestRead = 4000;

    /// <summary>The last lines, oldest first; empty ones are left out.</summary>
    public static ImmutableArray<string> Excerpt(IEnumerable<string> lines, SecretValues secrets)
    {
        var clean = lines.TakeLast(MostLines).Select(static line => Plain(Shown(line))).Where(static line => line.Length > 0);
        // Together: a key that is written over several lines is one secret.
        return [.. Secrets.MaskText(secrets.Hide(string.Join('\n', clean))).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Cut)];
    }

    /// <summary>One line, whatever stood in it.</summary>
    public static string Line(string text) => Line(text, SecretValues.None);

    /// <summary>The same without these values.</summary>
    public static string Line(string text, SecretValues secrets) => Cut(Secrets.MaskText(secrets.Hide(Plain(text.Trim().ReplaceLineEndings(" ")))));

    /// <summary>Of a progress bar that was drawn over and over, what stood there at last.</summary>
    private static string Shown(string line) => line.TrimEnd('\r', '\n') is var text && text.LastIndexOf('\r') is >= 0 and var at ? text[(at + 1)..] : text;

    private static string Plain(string text)
    {
        if (text.Length > LongestRead) text = text[..LongestRead];
        text = Escapes.Replace(text, "");
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            if (rune.Value == '\t') plain.Append(' ');
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse))
                plain.Append(rune.ToString());
        return plain.ToString().TrimEnd();
    }

    private static string Cut(string line)
    {
        if (line.Length <= LongestLine) return line;
        var end = char.IsHighSurrogate(line[LongestLine - 1]) ? LongestLine - 1 : LongestLine;
        return $"{line.AsSpan(0, end)}…";
    }

    // CSI, OSC and the two-byte ones.
    [GeneratedRegex(@"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]|\x9b[0-?]*[ -/]*[@-~]", RegexOptions.CultureInvariant)]
    private static partial Regex Escapes { get; }
}
