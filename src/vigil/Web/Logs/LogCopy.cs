using Vigil.Logs;

namespace Vigil.Web.Logs;

/// <summary>Sends a part of a log as it is, or only its lines that match.</summary>
internal static class LogCopy
{
    private const int Block = 256 << 10;

    public static async Task RunAsync(OpenLog log, long from, long to, SearchAsked? filter, Stream into, CancellationToken stop)
    {
        var block = new byte[Block];
        var scanner = filter is null ? null : new LogScanner(filter.Patterns, from);
        for (var at = from; at < to && log.Read(block.AsSpan(0, (int)Math.Min(Block, to - at)), at) is > 0 and var read; at += read)
            await into.WriteAsync(scanner is null ? block.AsMemory(0, read) : Matching(scanner, block.AsSpan(0, read)), stop);
        if (scanner is not null) await into.WriteAsync(Matching(scanner, "\n"u8), stop);
    }

    private static ReadOnlyMemory<byte> Matching(LogScanner scanner, ReadOnlySpan<byte> bytes)
    {
        using var lines = new MemoryStream();
        foreach (var hit in scanner.Scan(bytes))
        {
            lines.Write(hit.Line.Bytes);
            lines.WriteByte((byte)'\n');
        }
        return lines.ToArray();
    }
}
