using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Vigil.Logs;
using Vigil.Platform;

namespace Vigil.Monitor;

/// <summary>
/// Follows one log file that others write. Each look opens, asks, reads and closes: watchers do not see remote writers, and a kept handle
/// would miss a file that took the name over. The identity of the file is device, inode and first bytes; another identity, or a file
/// that stays shorter than what was read of it, is a new generation, read from its beginning.
/// </summary>
/// <param name="path">Absolute. May be a symlink: its target counts.</param>
/// <param name="known">The journaled cursor: findings that lie before it, in the first generation, are known already and not told again.</param>
internal sealed class LogTail(string path, long known = 0)
{
    /// <summary>The most that one look reads.</summary>
    public const int MaxBytesPerRead = 4 << 20;

    /// <summary>How far before the cursor reading begins, so that the last step and its metrics are known again after a restart of the monitor.</summary>
    private const int WarmUp = 64 << 10;

    private const int HeadBytes = 64;
    private const int BlockBytes = 256 << 10;

    [ThreadStatic] private static byte[]? _block;

    private LogLines _lines = new();
    private FileIdentity? _identity;
    private byte[] _head = [];
    private long _known = known;
    private bool _wasShorter;

    public string Path { get; } = path;

    /// <summary>Counts the files that this name has stood for, from 0.</summary>
    public int Generation { get; private set; }

    /// <summary>Everything before it was read and told, in this generation: the cursor to keep in the journal beside the findings.</summary>
    public long Cursor => Math.Max(_lines.Cursor, _known);

    /// <summary>What this generation says of the training.</summary>
    public RunProgress Progress { get; private set; } = new();

    /// <summary>Reads what is new, at most <see cref="MaxBytesPerRead"/>. A file that is not there yet is no news and no trouble.</summary>
    public TailRead Read(DateTimeOffset now)
    {
        // Not .NET's file handles: they do not tell the inode, and cost three times as much, at thousands of looks a second.
        var file = Libc.Open(Path, Libc.OpenReadOnly | Libc.OpenCloseOnExec | Libc.OpenNonBlocking, 0);
        if (file < 0) return Marshal.GetLastPInvokeError() is Libc.ErrorNoEntry or Libc.ErrorNotFolder ? TailRead.Nothing : Trouble("open");
        try
        {
            if (Statx.Call(file, "", Statx.OfDescriptor, Statx.Basic, out var status) != 0) return Trouble("stat");
            var (identity, length) = (new FileIdentity(status.Device, status.Inode), (long)status.Size);
            if (identity == _identity && length == _lines.Position)
            {
                _wasShorter = false;
                return TailRead.Nothing;
            }
            return FileStatus.IsRegularMode(status.Mode) ? Follow(file, identity, length, now) : new TailRead(0, More: false, [], $"{Path} is not a regular file");
        }
        finally
        {
            _ = Libc.Close(file);
        }
    }

    private TailRead Follow(int file, FileIdentity identity, long length, DateTimeOffset now)
    {
        if (!TryRead(file, 0, stackalloc byte[HeadBytes], out var head)) return Trouble("read");
        if (head.IndexOf((byte)0) is >= 0 and var hole) head = head[..hole];   // still to be written
        if (_identity is null && length >= _known) Begin(identity);
        else if (identity != _identity || !head.StartsWith(_head) && length >= _head.Length) Restart(identity);
        else if (length < _lines.Position)
        {
            // Network file systems show an old, smaller size for a moment: believe it when it is seen twice.
            if (!_wasShorter)
            {
                _wasShorter = true;
                return TailRead.Nothing;
            }
            Restart(identity);
        }
        _wasShorter = false;
        if (head.Length > _head.Length) _head = head.ToArray();
        return Take(file, length, now);
    }

    /// <summary>The first sight of the file: a little before the cursor, or at its beginning.</summary>
    private void Begin(FileIdentity identity)
    {
        _identity = identity;
        var start = Math.Max(0, _known - WarmUp);
        _lines = new LogLines(start, start > 0 ? LineStart.Anywhere : LineStart.Line);
    }

    private void Restart(FileIdentity identity)
    {
        if (_identity is not null || _known > 0) Generation++;
        _identity = identity;
        _head = [];
        _known = 0;
        _lines = new LogLines();
        Progress = new RunProgress();
    }

    private TailRead Take(int file, long length, DateTimeOffset now)
    {
        var block = _block ??= new byte[BlockBytes];
        var findings = ImmutableArray.CreateBuilder<LogFinding>();
        long taken = 0;
        while (taken < MaxBytesPerRead)
        {
            if (!TryRead(file, _lines.Position, block, out var bytes)) return new TailRead(taken, More: false, findings.DrainToImmutable(), Reason("read"));
            if (bytes is [.., 0] && EndsInHole(file, length)) bytes = bytes[..LogLines.WrittenPart(bytes).Length];
            if (bytes.IsEmpty) break;
            taken += bytes.Length;
            foreach (var line in _lines.Cut(bytes))
                if (Progress.Read(line) is { } finding && finding.Offset >= _known) findings.Add(finding);
        }
        var more = taken >= MaxBytesPerRead;
        if (!more && taken > 0) Progress.Seen(now);
        return new TailRead(taken, more, findings.DrainToImmutable(), null);
    }

    /// <summary>Whether NULs end the whole file: they are then still to be written, however long; inside it they are a hole that stays.</summary>
    private static bool EndsInHole(int file, long length) => !TryRead(file, length - 1, stackalloc byte[1], out var last) || last is [] or [0];

    private static unsafe bool TryRead(int file, long offset, Span<byte> into, out Span<byte> read)
    {
        nint count;
        fixed (byte* start = into) count = Libc.ReadAt(file, start, into.Length, offset);
        read = count > 0 ? into[..(int)count] : default;
        return count >= 0;
    }

    private TailRead Trouble(string call) => new(0, More: false, [], Reason(call));

    private string Reason(string call) => $"cannot {call} {Path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";

    private readonly record struct FileIdentity(ulong Device, ulong Inode);
}

/// <summary>What one look at a log brought.</summary>
/// <param name="Bytes">How much was new; above 0 means that the log has grown.</param>
/// <param name="More">Whether it stopped at its limit and should be asked again soon.</param>
/// <param name="Trouble">Why the file could not be read, for the operator; null when it could, or does not exist yet. Trouble is no proof that a run stands still.</param>
internal readonly record struct TailRead(long Bytes, bool More, ImmutableArray<LogFinding> Findings, string? Trouble)
{
    public static TailRead Nothing { get; } = new(0, More: false, [], null);
}
