using System.Text;

namespace Vigil.Monitoring;

/// <summary>A line of a log as evidence: not longer than people read.</summary>
public static class LineText
{
    private const int Longest = 400;
    private const char Cut = '…';

    public static string Shortened(ReadOnlySpan<byte> line)
    {
        return Shortened(Encoding.UTF8.GetString(line[..Math.Min(line.Length, Longest * 4)]));
    }

    public static string Shortened(string text)
    {
        if (text.Length <= Longest) return text;
        return $"{text[..(char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)]}{Cut}";
    }

    /// <summary>What is left of a line that was shortened; null for one that was not.</summary>
    public static string? Beginning(string shown) => shown.Length >= Longest && shown[^1] == Cut ? shown[..^1] : null;
}
