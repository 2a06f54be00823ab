using System.Text;

namespace Vigil.Monitoring;

/// <summary>A line of a log as evidence: not longer than people read.</summary>
public static class LineText
{
    private const int Longest = 400;

    public static string Shortened(ReadOnlySpan<byte> line)
    {
        var text = Encoding.UTF8.GetString(line[..Math.Min(line.Length, Longest * 4)]);
        return text.Length <= Longest ? text : $"{text[..Longest]}…";
    }
}
