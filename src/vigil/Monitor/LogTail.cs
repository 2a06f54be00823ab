using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Vigil.Logs;
using Vigil.Monitoring;
using Vigil.Platform;

namespace Vigil.Monitor;

/// <summary>
/// Follows one log file that others write. Each look opens, asks, reads and closes: watchers do not see remote writers, and a kept handle
/// would miss a file that took the name over. On a file system of this machine asking by name is as good, and opening waits until there is news. The identity
/// of the file is device, inode and first bytes; another identity, or a file that stays shorter than what was read of it, is a new generation, read from its beginning.
/// </summary>
/// <param name="path">Absolute. May be a symlink: its target counts.</param>
/// <param name="wanted">What is looked for beside progress and checkpoints.</param>
/// <param name="start">Where the attempt's part begins, in the first generation: a requeued job appends to its log.</param>
/// <param name="known">The journaled cursor: what lies before it is known already and not told again.</param>
/// <param name="file">The file in which that cursor counts; null: the first one.</param>
internal sealed class LogTail(string path, WantedOfLog wanted, long start, long known, LogFile? file)
{
    /// <summary>The most that one look reads.</summary>
    public const int MaxBytesPerRead = 4 << 20;

    /// <summary>How far before the cursor reading begins, so that the last step and its metrics are known again after a restart of the monitor.</summary>
    private const int WarmUp = 64 << 10;

    private const int HeadBytes = 64, JournaledHeadBytes = 24;
    private const int BlockBytes = 256 << 10;

    // Used for one look only.
    [ThreadStatic] private static byte[]? _block;
    [ThreadStatic] private static FoundLines? _found;

    private LogScanner _scanner = new(wanted.Patterns.Set);
    private FileIdentity? _identity;
    private byte[] _head = [];
    private long _known = Math.Max(start, known);
    private bool _wasShorter, _wasMissing, _wasQuiet;
    private LogFile? _file;

    /// <summary>For progress and checkpoints alone.</summary>
    public LogTail(string path, long known = 0) : this(path, ProgressPacks.BuiltIn, known) { }

    /// <summary>The same of a trainer that these packs know.</summary>
    public LogTail(string path, ProgressPacks packs, long known) : this(path, new WantedOfLog(RulePatterns.None, [], packs), 0, known, null) { }

    public string Path { get; } = path;

    /// <summary>By which it is looked at.</summary>
    public ILogFiles Files { get; init; } = KernelFiles.Instance;

    /// <summary>Who keeps the metrics.</summary>
    public KeptPoints Points { get; init; }

    /// <summary>Whether nothing stood under the name at the last look.</summary>
    public bool IsMissing => _wasMissing;

    /// <summary>Whether the file that was seen last lies on a file system of this machine, where a look is never waited for.</summary>
    public bool IsLocal { get; private set; }

    /// <summary>Counts the files that this name has stood for, from 0.</summary>
    public int Generation { get; private set; } = file?.Generation ?? 0;

    /// <summary>Everything before it was read and told, in this generation.</summary>
    public long Cursor => Math.Max(_scanner.Cursor, _known);

    /// <summary>How much of the file was read, in this generation.</summary>
    public long Position => _scanner.Position;

    /// <summary>What this generation says of the training.</summary>
    public RunProgress Progress { get; private set; } = new(wanted.Packs);

    /// <summary>Reads what is new, at most <see cref="MaxBytesPerRead"/>. A file that is not there yet is no news and no trouble.</summary>
    public TailRead Read(DateTimeOffset now)
    {
        // A log that has just grown has mostly grown again: it is opened without asking first.
        if (IsLocal && _wasQuiet && Files.TryAsk(Path, out var glance) && IsAsItWas(glance)) return Silence();
        _wasQuiet = false;
        var handle = Files.Open(Path);
        if (handle < 0) return Marshal.GetLastPInvokeError() is Libc.ErrorNoEntry or Libc.ErrorNotFolder ? Missing() : Trouble("open");
        try
        {
            if (!Files.TryAsk(handle, out var sight)) return Trouble("stat");
            if (IsAsItWas(sight)) return Silence();
            return sight.IsRegular ? Follow(handle, new(sight.Device, sight.Inode), sight.Size, now) : new TailRead(0, More: false, [], $"{Path} is not a regular file");
        }
        finally
        {
            Files.Close(handle);
        }
    }

    private bool IsAsItWas(LogFileSight sight) => !_wasMissing && sight.Size == _scanner.Position && new FileIdentity(sight.Device, sight.Inode) == _identity;

    private TailRead Silence()
    {
        (_wasShorter, _wasQuiet) = (false, true);
        return TailRead.Nothing;
    }

    /// <summary>The job is over, and nobody writes on: what stands behind the last line's end is a line.</summary>
    public TailRead End()
    {
        if (_scanner.Cursor == _scanner.Position) return TailRead.Nothing;
        var found = Gather();
        Scan("\n"u8, found);
        return new TailRead(0, More: false, Lines(found), null);
    }

    /// <summary>What comes back under the name may be another file with the same inode; a network file system also loses sight of the same one for a moment.</summary>
    private TailRead Missing()
    {
        _wasMissing = true;
        return TailRead.Nothing;
    }

    private TailRead Follow(int handle, FileIdentity identity, long length, DateTimeOffset now)
    {
        if (!TryRead(handle, 0, stackalloc byte[HeadBytes], out var head)) return Trouble("read");
        if (head.IndexOf((byte)0) is >= 0 and var hole) head = head[..hole];   // still to be written
        if (identity != _identity) IsLocal = Files.IsLocal(handle);
        var isSame = _identity is null ? IsJournaled(identity, head) : identity == _identity && !IsRewritten(head, length);
        if (!isSame) Restart(identity);
        else if (length >= (_identity is null ? _known : _scanner.Position))
        {
            if (_identity is null) Begin(identity);
        }
        else
        {
            // Network file systems show an old, smaller size for a moment: believe it when it is seen twice.
            if (!_wasShorter)
            {
                _wasShorter = true;
                return TailRead.Nothing;
            }
            Restart(identity);
        }
        _wasShorter = _wasMissing = false;
        if (head.Length > _head.Length) (_head, _file) = (head.ToArray(), null);
        return Take(handle, length, now);
    }

    /// <summary>Whether the file begins otherwise than it did, as far as can be seen. What seems shorter than it was is judged by that first.</summary>
    private bool IsRewritten(ReadOnlySpan<byte> head, long length) =>
        length >= Math.Min(_head.Length, _scanner.Position) && !head.StartsWith(_head) && !_head.AsSpan().StartsWith(head);

    /// <summary>Whether this is the file that the journal's cursor counts in. Devices have other numbers on other hosts, so inode and first bytes decide, as far as they can be seen.</summary>
    private bool IsJournaled(FileIdentity identity, ReadOnlySpan<byte> head)
    {
        if (file is null) return true;
        var cut = file.Identity.IndexOf(':', StringComparison.Ordinal);
        if (cut <= 0 || !file.Identity.AsSpan(0, cut).SequenceEqual(identity.Inode.ToString(CultureInfo.InvariantCulture))) return false;
        var begins = Convert.ToHexString(head);
        var began = file.Identity.AsSpan(cut + 1);
        return begins.AsSpan().StartsWith(began, StringComparison.Ordinal) || began.StartsWith(begins, StringComparison.Ordinal);
    }

    /// <summary>The file as the journal knows it; null before it was seen.</summary>
    public LogFile? File => _identity is null ? null : Named();

    private LogFile Named() =>
        _file ??= new(Generation, string.Create(CultureInfo.InvariantCulture, $"{_identity!.Value.Inode}:{Convert.ToHexString(_head.AsSpan(0, Math.Min(_head.Length, JournaledHeadBytes)))}"));

    /// <summary>The first sight of the file: a little before the cursor, or at its beginning.</summary>
    private void Begin(FileIdentity identity)
    {
        _identity = identity;
        // The metrics may be kept less far than the journal: what is missing is read again, and fires nothing again.
        var from = Math.Max(Generation == 0 ? Math.Min(start, _known) : 0, Math.Min(_known - WarmUp, Points.EndOf(Generation)));
        _scanner = new LogScanner(wanted.Patterns.Set, from, from > 0 && from != start ? LineStart.Anywhere : LineStart.Line);
        Watch();
    }

    private void Restart(FileIdentity identity)
    {
        if (_identity is not null || _known > 0 || file is not null) Generation++;
        _identity = identity;
        (_head, _file) = ([], null);
        _known = 0;
        _scanner = new LogScanner(wanted.Patterns.Set);
        Progress = new RunProgress(wanted.Packs);
        Watch();
    }

    private void Watch()
    {
        if (!wanted.Metrics.IsEmpty) Progress.Watch = new MetricWatch(wanted.Metrics);
        Points.Follow(Progress, Generation);
    }

    private TailRead Take(int handle, long length, DateTimeOffset now)
    {
        var block = _block ??= new byte[BlockBytes];
        var found = Gather();
        long taken = 0;
        while (taken < MaxBytesPerRead)
        {
            if (!TryRead(handle, _scanner.Position, block, out var bytes)) return new TailRead(taken, More: false, Lines(found), Reason("read"));
            if (bytes is [.., 0] && EndsInHole(handle, length)) bytes = bytes[..LogLines.WrittenPart(bytes).Length];
            if (bytes.IsEmpty) break;
            taken += bytes.Length;
            Scan(bytes, found);
            if (_scanner.Position >= length) break;   // what came since is the next look's
        }
        var more = taken >= MaxBytesPerRead;
        if (!more && taken > 0) Progress.Seen(now);
        return new TailRead(taken, more, Lines(found), null);
    }

    private FoundLines Gather()
    {
        var found = _found ??= new FoundLines();
        found.Begin(wanted.Patterns, _known);
        return found;
    }

    private void Scan(ReadOnlySpan<byte> bytes, FoundLines found)
    {
        foreach (var hit in _scanner.Scan(bytes, Progress, found.Findings)) found.Add(hit);
        if (Progress.Watch is not { Hits.Count: > 0 } watch) return;
        foreach (var hit in watch.Hits) found.Add(hit);
        watch.Hits.Clear();
    }

    private ImmutableArray<FoundLine> Lines(FoundLines found) => found.IsEmpty ? [] : found.InOrder(Named());

    /// <summary>Whether NULs end the whole file: they are then still to be written, however long; inside it they are a hole that stays.</summary>
    private bool EndsInHole(int handle, long length) => !TryRead(handle, length - 1, stackalloc byte[1], out var last) || last is [] or [0];

    private bool TryRead(int handle, long offset, Span<byte> into, out Span<byte> read)
    {
        var count = Files.Read(handle, into, offset);
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
/// <param name="Lines">Lines with consequences, in order.</param>
/// <param name="Trouble">Why the file could not be read, for the operator; null when it could, or does not exist yet. Trouble is no proof that a run stands still.</param>
internal readonly record struct TailRead(long Bytes, bool More, ImmutableArray<FoundLine> Lines, string? Trouble)
{
    public static TailRead Nothing { get; } = new(0, More: false, [], null);

    public IEnumerable<LogFinding.Checkpoint> Checkpoints => Lines.Select(static l => l.Checkpoint).OfType<LogFinding.Checkpoint>();
}

/// <summary>What is wanted of one log.</summary>
/// <param name="Packs">What is known of trainers' lines.</param>
internal sealed record WantedOfLog(RulePatterns Patterns, ImmutableArray<WatchedMetric> Metrics, ProgressPacks Packs);
