using System.Text;
using Vigil.Configuration;

namespace Vigil.Cli;

/// <summary>Reads a text a user wrote, as UTF-8 and nothing else: a guessed character would run another command than the one that was written.</summary>
internal static class StrictText
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="IOException">It cannot be read, or is too large.</exception>
    /// <exception cref="DecoderFallbackException">Its <c>Index</c> is the byte that is not UTF-8.</exception>
    public static string Read(string path)
    {
        var bytes = Bytes(path).AsSpan();
        if (bytes.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[Encoding.UTF8.Preamble.Length..];
        return Utf8.GetString(bytes);
    }

    /// <summary>No file that people write is larger, and some that are no files never end.</summary>
    private const int Most = 64 << 20;

    private static byte[] Bytes(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        var block = new byte[1 << 16];
        for (int read; (read = file.Read(block)) > 0;)
        {
            if (bytes.Length + read > Most) throw new IOException($"it is larger than {Most >> 20} MB");
            bytes.Write(block, 0, read);
        }
        return bytes.ToArray();
    }

    public static SourceSpan PlaceOf(string path, int index)
    {
        var before = File.ReadAllBytes(path).AsSpan(0, Math.Max(0, index));
        return new SourceSpan(path, before.Count((byte)'\n') + 1, index - (before.LastIndexOf((byte)'\n') + 1) + 1);
    }
}
