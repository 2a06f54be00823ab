namespace Vigil.Cli;

/// <summary>Swallows what is written once nobody reads it any more.</summary>
/// <param name="before">Called before each write; null: nothing is.</param>
internal sealed class PatientStream(Stream inner, Action? before = null) : Stream
{
    public bool IsGone { get; private set; }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (IsGone) return;
        before?.Invoke();
        try
        {
            inner.Write(buffer);
        }
        catch (IOException)
        {
            IsGone = true;
        }
    }
}
