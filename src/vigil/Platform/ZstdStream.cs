namespace Vigil.Platform;

/// <summary>What is packed with zstd, unpacked while it is read.</summary>
internal sealed class ZstdStream(Stream packed) : Stream
{
    private readonly ZstdContext _context = Zstd.Open();
    private readonly byte[] _taken = new byte[16 << 10];
    private int _at, _end;
    private bool _isInFrame, _isFull;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <exception cref="InvalidDataException">It is no zstd, or was cut.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            // Where the last piece had no more room there may be something left inside.
            if (_at == _end && !_isFull)
            {
                (_at, _end) = (0, packed.Read(_taken));
                if (_end == 0) return _isInFrame ? throw new InvalidDataException("zstd that was cut") : 0;
            }
            _isInFrame = Zstd.Unpack(_context, _taken.AsSpan(_at, _end - _at), buffer, out var taken, out var given) != 0;
            _at += taken;
            _isFull = _isInFrame && given == buffer.Length;
            if (given > 0) return given;
            if (taken == 0 && _at < _end) throw new InvalidDataException("zstd that does not go on");
        }
        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _context.Dispose();
            packed.Dispose();
        }
        base.Dispose(disposing);
    }
}
