using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Vigil.Logs;

namespace Vigil.Monitor;

/// <summary>
/// Follows one log file that others write. Each look opens, asks, reads and closes: watchers do not see remote writers, and a kept handle
/// would miss a file that took the name over. The identity of the file is device, inode and first bytes; another identity, or a file
/// that stays shorter than what was read of it, is a new generation, read from its beginning.
/// </summary>
/// <param name="path">Absolute. May be a symlink: its target counts.</param>
/// <param name="known">The journaled cursor: findings that lie before it, in the first generation, are known already and not told again.</param>
internal sealed partial class LogTail(string path, long known = 0)
{
    /// <summary>The most that one look reads.</summary>
    public const int MaxBytesPerRead = 4 << 20;

    /// <summary>How far before the cursor reading begins, so that the last step and its metrics are known again after a restart of the monitor.</summary>
    private const int WarmUp = 64 << 10;

    private const int HeadBytes = 64;
    private const int BlockBytes = 256 << 10;

    [ThreadStatic] private static byte[]? _block;

    private readonly byte[] _path = [.. Encoding.UTF8.GetBytes(path), 0];
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
        var file = Native.Open(_path, Native.ReadOnly | Native.CloseOnExec | Native.NonBlocking);
        if (file < 0) return Marshal.GetLastPInvokeError() is Native.NoEntry or Native.NotFolder ? TailRead.Nothing : Trouble("open");
        try
        {
            if (!Native.TryStat(file, out var identity, out var length)) return Trouble("stat");
            if (identity == _identity && length == _lines.Position)
            {
                _wasShorter = false;
                return TailRead.Nothing;
            }
            return Follow(file, identity, length, now);
        }
        finally
        {
            _ = Native.Close(file);
        }
    }

    private TailRead Follow(int file, FileIdentity identity, long length, DateTimeOffset now)
    {
        if (!identity.IsRegular) return new TailRead(0, More: false, [], $"{Path} is not a regular file");
        if (!TryRead(file, 0, stackalloc byte[HeadBytes], out var head)) return Trouble("read");
        if (head.IndexOf((byte)0) is >= 0 and var hole) head = head[..hole];   // still to be written
        if (_identity is null && length >= _known) Begin(identity, length);
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
    private void Begin(FileIdentity identity, long length)
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

    private static bool TryRead(int file, long offset, Span<byte> into, out Span<byte> read)
    {
        var count = Native.ReadAt(file, ref MemoryMarshal.GetReference(into), into.Length, offset);
        read = count > 0 ? into[..(int)count] : default;
        return count >= 0;
    }

    private TailRead Trouble(string call) => new(0, More: false, [], Reason(call));

    private string Reason(string call) => $"cannot {call} {Path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";

    private readonly record struct FileIdentity(ulong Device, ulong Inode, bool IsRegular);

    /// <summary>What .NET's file handles do not tell: the inode. Also a third of their cost, at thousands of looks a second.</summary>
    private static partial class Native
    {
        public const int ReadOnly = 0, NonBlocking = 0x800, CloseOnExec = 0x80000, NoEntry = 2, NotFolder = 20;
        private const int EmptyPath = 0x1000;
        private const uint TypeInodeSize = 0x001 | 0x100 | 0x200;

        /// <summary>By statx, whose layout is the same on every architecture and which old glibc exports (plain fstat it does not).</summary>
        public static bool TryStat(int file, out FileIdentity identity, out long length)
        {
            Span<byte> answer = stackalloc byte[256];
            (identity, length) = (default, 0);
            if (StatX(file, in MemoryMarshal.GetReference("\0"u8), EmptyPath, TypeInodeSize, ref MemoryMarshal.GetReference(answer)) != 0) return false;
            var mode = MemoryMarshal.Read<ushort>(answer[28..]);
            length = MemoryMarshal.Read<long>(answer[40..]);
            identity = new FileIdentity(MemoryMarshal.Read<ulong>(answer[136..]), MemoryMarshal.Read<ulong>(answer[32..]), (mode & 0xF000) == 0x8000);
            return true;
        }

        public static int Open(byte[] path, int flags) => Open(in path[0], flags, 0);

        [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
        private static partial int Open(in byte path, int flags, int mode);

        [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
        private static partial int StatX(int folder, in byte path, int flags, uint mask, ref byte answer);

        [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
        public static partial nint ReadAt(int file, ref byte into, nint count, long offset);

        [LibraryImport("libc", EntryPoint = "close")]
        public static partial int Close(int file);
    }
}

/// <summary>What one look at a log brought.</summary>
/// <param name="Bytes">How much was new; above 0 means that the log has grown.</param>
/// <param name="More">Whether it stopped at its limit and should be asked again soon.</param>
/// <param name="Trouble">Why the file could not be read, for the operator; null when it could, or does not exist yet. Trouble is no proof that a run stands still.</param>
internal readonly record struct TailRead(long Bytes, bool More, ImmutableArray<LogFinding> Findings, string? Trouble)
{
    public static TailRead Nothing { get; } = new(0, More: false, [], null);
}
