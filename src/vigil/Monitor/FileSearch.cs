using System.Text;
using Vigil.Logs;
using Vigil.Monitoring;
using Vigil.Platform;
using Vigil.Spec;

namespace Vigil.Monitor;

/// <summary>
/// Looks one file through for one pattern, again and again: its last lines at first, what came since afterwards, so that nothing passes by between two looks.
/// What was found once stays found, as long as it is the same file.
/// </summary>
/// <param name="lines">How many last lines count at the first look.</param>
internal sealed class FileSearch(string path, LinePattern pattern, int lines)
{
    /// <summary>All of its lines count.</summary>
    public const int WholeFile = int.MaxValue;

    private const int BlockBytes = 256 << 10, LongestText = 200;

    private readonly PatternSet _set = PatternSet.Of([pattern]);
    private LogScanner? _scanner;
    private (ulong Device, ulong Inode)? _file;
    private string? _found;

    public ProbeAnswer Look()
    {
        if (!File.Exists(path)) return new ProbeAnswer.Absent();
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var length = RandomAccess.GetLength(handle);
        var status = Statx.Call((int)handle.DangerousGetHandle(), "", Statx.OfDescriptor, Statx.Basic, out var about) == 0 ? (about.Device, about.Inode) : ((ulong, ulong)?)null;
        if (_scanner is null || _file != status || length < _scanner.Position) Begin(handle, length, status);
        if (_found is null) Read(handle);
        return _found is { } line ? new ProbeAnswer.Matched(line) : new ProbeAnswer.Unmatched();
    }

    private void Begin(Microsoft.Win32.SafeHandles.SafeFileHandle handle, long length, (ulong, ulong)? status)
    {
        var start = lines == WholeFile ? 0 : StartOfLast(handle, length);
        (_scanner, _file, _found) = (new LogScanner(_set, start), status, null);
    }

    private void Read(Microsoft.Win32.SafeHandles.SafeFileHandle handle)
    {
        var block = new byte[BlockBytes];
        while (RandomAccess.Read(handle, block, _scanner!.Position) is > 0 and var read)
            foreach (var hit in _scanner.Scan(block.AsSpan(0, read)))
                _found ??= Encoding.UTF8.GetString(hit.Line.Bytes[..Math.Min(hit.Line.Bytes.Length, LongestText)]);
    }

    /// <summary>Where the last lines begin.</summary>
    private long StartOfLast(Microsoft.Win32.SafeHandles.SafeFileHandle handle, long length)
    {
        var (block, left) = (new byte[BlockBytes], lines);
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
