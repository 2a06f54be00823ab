using System.Text;

namespace Vigil.Cli;

/// <summary>Standard output and error. A terminal that went away, or a pipe whose reader left, swallows what is written: the watch matters more.</summary>
internal static class Terminal
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Whether standard output is a terminal that understands cursor movement.</summary>
    public static bool IsCapable => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    public static TextWriter Output() => new StreamWriter(new PatientStream(Console.OpenStandardOutput()), Utf8) { AutoFlush = !Console.IsOutputRedirected };

    public static TextWriter Talk() => TextWriter.Synchronized(new StreamWriter(new PatientStream(Console.OpenStandardError()), Utf8) { AutoFlush = true });

    private sealed class PatientStream(Stream inner) : Stream
    {
        private bool _gone;

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
            if (_gone) return;
            try
            {
                inner.Write(buffer);
            }
            catch (IOException)
            {
                _gone = true;
            }
        }
    }
}
