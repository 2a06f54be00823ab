using System.Buffers.Binary;
using System.Text.Json;

namespace Vigil.Logs.Checkpoints;

/// <summary>A safetensors file begins with the length of its header, then the header as JSON, then the numbers that the header places.</summary>
internal static class SafetensorsHeader
{
    /// <summary>The format's own limit.</summary>
    private const ulong LongestHeader = 100_000_000;

    public static string? Fault(long length, ReadAt read)
    {
        Span<byte> head = stackalloc byte[8];
        if (read(0, head) != 8) return "is cut: its header's length is missing";
        var size = BinaryPrimitives.ReadUInt64LittleEndian(head);
        if (size is 0 or > LongestHeader) return "does not begin as safetensors";
        if ((long)size > length - 8) return "is cut inside its header";
        if (size > CheckpointBytes.MostHeader) return null;
        var header = new byte[size];
        if (read(8, header) != header.Length) return "became shorter while it was read";
        try
        {
            var wanted = 8 + (long)size + DataEnd(header);
            return length < wanted ? $"is cut: {length} of {wanted} bytes" : length > wanted ? "is longer than its header says" : null;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or FormatException) { return "has a header that is no JSON of tensors"; }
    }

    /// <summary>Where the last tensor ends.</summary>
    private static long DataEnd(ReadOnlySpan<byte> header)
    {
        var reader = new Utf8JsonReader(header);
        long end = 0;
        reader.Read();
        if (reader.TokenType is not JsonTokenType.StartObject) throw new FormatException();
        while (reader.Read())
        {
            if (reader.TokenType is not JsonTokenType.PropertyName || reader.CurrentDepth != 2 || !reader.ValueTextEquals("data_offsets"u8)) continue;
            reader.Read();
            reader.Read();
            var from = reader.GetInt64();
            reader.Read();
            var to = reader.GetInt64();
            if (from < 0 || to < from) throw new FormatException();
            end = Math.Max(end, to);
        }
        return end;
    }
}
