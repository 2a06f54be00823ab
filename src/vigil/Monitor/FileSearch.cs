using System.Buffers;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Vigil.Logs;
using Vigil.Monitoring;
using Vigil.Platform;
using Vigil.Spec;

namespace Vigil.Monitor;

/// <summary>
/// Looks one file through for one pattern, again and again: its last lines at first, what came since afterwards, so that nothing passes by between two looks.
/// What was found once stays found, as long as it is the same file. Of a whole file its present content counts: one that was touched is read again.
/// </summary>
/// <param name="lines">How many last lines count at the first look.</param>
internal sealed class FileSearch(string path, LinePattern pattern, int lines)
{
    /// <summary>All of its lines count.</summary>
    public const int WholeFile = int.MaxValue;

    /// <summary>A whole file that is larger is a log, which only grows: it is not read again for every line that it gets.</summary>
    private const int MostReadAgain = 16 << 20;

    private const int BlockBytes = 256 << 10, LongestText = 200;

    private readonly PatternSet _set = PatternSet.Of([pattern]);
    private LogScanner? _scanner;
    private Sight _seen;
    private string? _found;

    private readonly record struct Sight((ulong Device, ulong Inode) File, long Length, DateTime Modified);

    public ProbeAnswer Look()
    {
        if (!File.Exists(path)) return new ProbeAnswer.Absent();
        using var handle = RegularFile.Open(path);
        var file = Statx.Call((int)handle.DangerousGetHandle(), "", Statx.OfDescriptor, Statx.Basic, out var about) == 0 ? (about.Device, about.Inode) : throw Libc.LastError("look at", path);
        var now = new Sight(file, RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle));
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            if (_scanner is null || IsAnother(now, _scanner)) (_scanner, _found) = (new LogScanner(_set, lines == WholeFile ? 0 : StartOfLast(handle, now.Length, block)), null);
            _seen = now;
            if (_found is null) Read(handle, _scanner, block);
            return (_found ?? Unfinished(handle, _scanner, block)) is { } line ? new ProbeAnswer.Matched(line) : new ProbeAnswer.Unmatched();
        }
        finally { ArrayPool<byte>.Shared.Return(block); }
    }

    private bool IsAnother(Sight now, LogScanner scanner)
    {
        if (now.File != _seen.File || now.Length < scanner.Position) return true;
        // A small file costs nothing; its time may be too coarse to show that it was written twice.
        return lines == WholeFile && (now.Length <= BlockBytes || now.Length <= MostReadAgain && now != _seen);
    }

    private void Read(SafeFileHandle handle, LogScanner scanner, byte[] block)
    {
        while (scanner.Position < _seen.Length && RandomAccess.Read(handle, block.AsSpan(0, BlockBytes), scanner.Position) is > 0 and var read)
            foreach (var hit in scanner.Scan(block.AsSpan(0, read)))
                _found ??= Text(hit.Line.Bytes);
    }

    /// <summary>Many files end without a line end. Such a last line counts as it stands, but it is not kept: it may go on to say something else.</summary>
    private string? Unfinished(SafeFileHandle handle, LogScanner scanner, byte[] block)
    {
        var length = (int)Math.Min(scanner.Position - scanner.Cursor, LogLines.MaxLineBytes);
        if (length == 0) return null;
        ReadOnlySpan<byte> line = LogLines.WrittenPart(block.AsSpan(0, RandomAccess.Read(handle, block.AsSpan(0, length), scanner.Cursor)));
        List<int> matches = [];
        _set.Match(line, matches);
        return matches.Count > 0 ? Text(line) : null;
    }

    private static string Text(ReadOnlySpan<byte> line) => Encoding.UTF8.GetString(line[..Math.Min(line.Length, LongestText)]);

    /// <summary>Where the last lines begin.</summary>
    private long StartOfLast(SafeFileHandle handle, long length, byte[] block)
    {
        var left = lines;
        for (var end = length; end > 0;)
        {
            var begin = Math.Max(0, end - BlockBytes);
            var part = block.AsSpan(0, RandomAccess.Read(handle, block.AsSpan(0, (int)(end - begin)), begin));
            for (var i = part.Length - 1; i >= 0; i--)
                if (part[i] == '\n' && begin + i < length - 1 && --left == 0) return begin + i + 1;
            end = begin;
        }
        return 0;
    }
}
