using Microsoft.Win32.SafeHandles;

namespace Vigil.Journaling;

internal enum LineFound
{
    Line,
    /// <summary>Nothing more up to the limit.</summary>
    End,
    /// <summary>Bytes without a line end, or a last line that is not what was written: a write that was cut short.</summary>
    Torn,
    /// <summary>A line that is not what was written, with more after it.</summary>
    Damaged,
}

/// <summary>Walks the lines of one segment in bounded memory.</summary>
internal sealed class SegmentReader : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly long _limit;
    private byte[] _buffer;
    private long _bufferAt;
    private int _filled;
    private int _jsonStart, _jsonLength;

    /// <param name="limit">Bytes of the segment that count; null: all there are now.</param>
    public SegmentReader(string path, long start, long? limit)
    {
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Length = RandomAccess.GetLength(_file);
        _limit = Math.Min(limit ?? Length, Length);
        _bufferAt = Offset = End = start;
        _buffer = new byte[Math.Clamp(_limit - start, 0, 1 << 20)];
    }

    /// <summary>Bytes in the file when it was opened.</summary>
    public long Length { get; }

    /// <summary>Where the current line begins, or where the trouble is.</summary>
    public long Offset { get; private set; }

    /// <summary>Just after the current line.</summary>
    public long End { get; private set; }

    /// <summary>Whether any line end was seen: what is torn behind one is whole and wrong.</summary>
    public bool EndsInLineEnd { get; private set; }

    public ReadOnlySpan<byte> Json => _buffer.AsSpan(_jsonStart, _jsonLength);
    public uint Checksum { get; private set; }

    public LineFound Next()
    {
        Offset = End;
        if (Offset >= _limit) return LineFound.End;
        var length = FindLineEnd();
        if (length < 0) return LineFound.Torn;
        var start = (int)(Offset - _bufferAt);
        EndsInLineEnd = true;
        if (!JournalLine.TryRead(_buffer.AsSpan(start, length), out var json, out var checksum))
            return Offset + length + 1 == _limit ? LineFound.Torn : LineFound.Damaged;
        Checksum = checksum;
        _jsonStart = start + length - json.Length;
        _jsonLength = json.Length;
        End = Offset + length + 1;
        return LineFound.Line;
    }

    public void Dispose() => _file.Dispose();

    /// <summary>The length of the line at <c>Offset</c> without its LF; -1 when there is no LF before the limit.</summary>
    private int FindLineEnd()
    {
        var searched = 0;
        while (true)
        {
            var start = (int)(Offset - _bufferAt);
            var there = _buffer.AsSpan(start, _filled - start);
            var lf = there[searched..].IndexOf((byte)'\n');
            if (lf >= 0) return searched + lf;
            searched = there.Length;
            if (!Fill()) return -1;
        }
    }

    /// <summary>Reads further behind what is there; makes room by moving the current line to the front, then by growing.</summary>
    private bool Fill()
    {
        var start = (int)(Offset - _bufferAt);
        if (start > 0)
        {
            _buffer.AsSpan(start, _filled - start).CopyTo(_buffer);
            _filled -= start;
            _bufferAt = Offset;
        }
        if (_filled == _buffer.Length) Array.Resize(ref _buffer, Math.Max(4096, _buffer.Length * 2));
        var at = _bufferAt + _filled;
        var wanted = (int)Math.Min(_buffer.Length - _filled, _limit - at);
        var read = wanted > 0 ? RandomAccess.Read(_file, _buffer.AsSpan(_filled, wanted), at) : 0;
        _filled += read;
        return read > 0;
    }
}
