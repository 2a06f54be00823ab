using System.Buffers;
using System.Text;

namespace Vigil.Logs;

/// <summary>One complete line of a log, without its end. Valid until the next line is asked for.</summary>
/// <param name="bytes">At most <see cref="LogLines.MaxLineBytes"/>, never cut inside a UTF-8 character.</param>
/// <param name="offset">Where the line's first byte lies in the file.</param>
/// <param name="dropped">How many bytes at the end of an overlong line are missing from <paramref name="bytes"/>.</param>
public readonly ref struct LogLine(ReadOnlySpan<byte> bytes, long offset, long dropped)
{
    public ReadOnlySpan<byte> Bytes { get; } = bytes;
    public long Offset { get; } = offset;
    public long Dropped { get; } = dropped;

    public override string ToString() => Encoding.UTF8.GetString(Bytes);
}

/// <summary>
/// Cuts a log into lines while it grows, whatever pieces its bytes arrive in. LF, CRLF and a lone CR (a progress bar) end a line;
/// empty lines are not reported, so that CRLF needs no look ahead. NULs before a line's first byte are a hole in the file and are skipped.
/// Memory is bounded by <see cref="MaxLineBytes"/>.
/// </summary>
public sealed class LogLines
{
    public const int MaxLineBytes = 64 << 10;

    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);

    private byte[] _carry = [];
    private int _carried;
    private long _unfinished;   // length of the unfinished line so far, dropped bytes included
    private bool _inside;       // whether the unfinished line's beginning was not seen

    /// <param name="start">Where in the file the first byte to come lies.</param>
    public LogLines(long start = 0, LineStart at = LineStart.Line)
    {
        Position = start;
        _inside = at is LineStart.Anywhere;
    }

    /// <summary>Where in the file the next byte to be handed in lies.</summary>
    public long Position { get; private set; }

    /// <summary>Everything before it has been reported; reading may be taken up again here.</summary>
    public long Cursor => Position - _unfinished;

    /// <summary>The lines that these bytes complete. Must be enumerated to the end, before anything else is asked.</summary>
    public Cutting Cut(ReadOnlySpan<byte> bytes) => new(this, bytes);

    /// <summary>Whether the next byte begins a line.</summary>
    internal bool AtLineStart => _unfinished == 0 && !_inside;

    /// <summary>Leaves out whole lines that somebody else has cut, from a line's start on.</summary>
    internal void Pass(int bytes) => Position += bytes;

    /// <summary>What is kept of a whole line.</summary>
    internal static ReadOnlySpan<byte> Capped(ReadOnlySpan<byte> line) => WholeCharacters(line, line.Length);

    /// <summary>
    /// The bytes without the NULs at their end. Several writers on a network file system leave such holes where bytes are still to come:
    /// what ends a file in NULs is not yet written.
    /// </summary>
    public static ReadOnlySpan<byte> WrittenPart(ReadOnlySpan<byte> tail) => tail[..(tail.LastIndexOfAnyExcept((byte)0) + 1)];

    /// <summary>Walks the lines of one piece.</summary>
    public ref struct Cutting(LogLines lines, ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public LogLine Current { get; private set; }

        public readonly Cutting GetEnumerator() => this;

        public bool MoveNext()
        {
            while (true)
            {
                if (lines._unfinished == 0 && !lines._inside) SkipHole();
                var end = _rest.IndexOfAny(LineEnds);
                if (end < 0)
                {
                    lines.Keep(_rest);
                    return false;
                }
                var part = _rest[..end];
                _rest = _rest[(end + 1)..];
                if (lines.Complete(part, out var line))
                {
                    Current = line;
                    return true;
                }
            }
        }

        private void SkipHole()
        {
            if (_rest is not [0, ..]) return;
            var written = _rest.IndexOfAnyExcept((byte)0);
            var hole = written < 0 ? _rest.Length : written;
            lines.Position += hole;
            _rest = _rest[hole..];
        }
    }

    private bool Complete(ReadOnlySpan<byte> part, out LogLine line)
    {
        var start = Cursor;
        var length = _unfinished + part.Length;
        Position += part.Length + 1;
        _unfinished = 0;
        var inside = _inside;
        _inside = false;
        if (_carried > 0)
        {
            Append(part);
            part = _carry.AsSpan(0, _carried);
            _carried = 0;
        }
        part = WholeCharacters(part, length);
        line = new LogLine(part, start, length - part.Length);
        return length > 0 && !inside;
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        Position += part.Length;
        if (_inside) return;
        _unfinished += part.Length;
        Append(part);
    }

    private void Append(ReadOnlySpan<byte> part)
    {
        part = part[..Math.Min(part.Length, MaxLineBytes - _carried)];
        if (_carried + part.Length > _carry.Length)
            Array.Resize(ref _carry, Math.Min(MaxLineBytes, Math.Max(256, (_carried + part.Length) * 2)));
        part.CopyTo(_carry.AsSpan(_carried));
        _carried += part.Length;
    }

    /// <summary>Caps a line; the cut moves back out of a character that it would halve.</summary>
    private static ReadOnlySpan<byte> WholeCharacters(ReadOnlySpan<byte> line, long length)
    {
        if (length <= MaxLineBytes) return line;
        var kept = line[..MaxLineBytes];
        var head = kept.Length - 1;
        while (head > kept.Length - 4 && (kept[head] & 0xC0) == 0x80) head--;
        var whole = Rune.DecodeFromUtf8(kept[head..], out _, out _) is not OperationStatus.NeedMoreData;
        return whole ? kept : kept[..head];
    }
}

/// <summary>Where reading begins: at a line's first byte, or possibly inside a line, whose rest is then left out.</summary>
public enum LineStart { Line, Anywhere }
