using System.Text;
using Vigil.Logs;

namespace Vigil.Core.Tests.Logs;

/// <summary>Hands bytes to the readers in given pieces and collects what they say.</summary>
internal static class LogReading
{
    public sealed record Line(long Offset, string Text, long Dropped);

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static List<Line> Lines(byte[] log, IEnumerable<int>? pieces = null, LogLines? lines = null)
    {
        lines ??= new LogLines();
        List<Line> seen = [];
        foreach (var piece in Pieces(log, pieces ?? [log.Length]))
            foreach (var line in lines.Cut(piece.Span)) seen.Add(new Line(line.Offset, Convert.ToHexString(line.Bytes), line.Dropped));
        return seen;
    }

    public static List<string> Texts(string log) => Lines(Bytes(log)).ConvertAll(static l => Encoding.UTF8.GetString(Convert.FromHexString(l.Text)));

    public static (RunProgress Progress, List<LogFinding> Findings) Progress(byte[] log, IEnumerable<int>? pieces = null, RunProgress? progress = null)
    {
        progress ??= new RunProgress();
        var (lines, findings) = (new LogLines(), new List<LogFinding>());
        foreach (var piece in Pieces(log, pieces ?? [log.Length]))
            foreach (var line in lines.Cut(piece.Span))
                if (progress.Read(line) is { } finding) findings.Add(finding);
        return (progress, findings);
    }

    public static (RunProgress Progress, List<LogFinding> Findings) Progress(string log) => Progress(Bytes(log));

    /// <summary>The log cut into pieces of these sizes, the last one taking what is left.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Pieces(byte[] log, IEnumerable<int> sizes)
    {
        var at = 0;
        foreach (var size in sizes)
        {
            var length = Math.Min(Math.Max(0, size), log.Length - at);
            yield return log.AsMemory(at, length);
            at += length;
        }
        yield return log.AsMemory(at);
    }
}
