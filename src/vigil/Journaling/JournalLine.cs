using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;

namespace Vigil.Journaling;

/// <summary>The form of a journal line on disk: <c>crc32c SP json LF</c>, the checksum of the JSON as 8 lower-case hex digits.</summary>
internal static class JournalLine
{
    private const int Prefix = 9;

    public static byte[] Write(ReadOnlySpan<byte> json) => Write(json, out _);

    public static byte[] Write(ReadOnlySpan<byte> json, out uint checksum)
    {
        checksum = Checksum(json);
        var line = new byte[Prefix + json.Length + 1];
        _ = Utf8Formatter.TryFormat(checksum, line, out _, new System.Buffers.StandardFormat('x', 8));
        line[Prefix - 1] = (byte)' ';
        json.CopyTo(line.AsSpan(Prefix));
        line[^1] = (byte)'\n';
        return line;
    }

    /// <summary>The JSON of a line (without its LF), or false when the line is not what was written.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> json, out uint checksum)
    {
        json = default;
        checksum = 0;
        if (line.Length < Prefix || line[Prefix - 1] != ' ') return false;
        json = line[Prefix..];
        checksum = Checksum(json);
        // Compared as written: a damaged digit may still be a digit of the same value (a, A).
        Span<byte> expected = stackalloc byte[Prefix - 1];
        return Utf8Formatter.TryFormat(checksum, expected, out _, new System.Buffers.StandardFormat('x', 8)) && line[..(Prefix - 1)].SequenceEqual(expected);
    }

    /// <summary>CRC-32C (Castagnoli), eight bytes a step.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
