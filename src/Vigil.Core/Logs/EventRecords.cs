using System.Buffers.Binary;
using System.Numerics;

namespace Vigil.Logs;

/// <summary>What became of the next record of an event file.</summary>
public enum EventRead
{
    Record,

    /// <summary>The rest of it is not written yet.</summary>
    Unfinished,

    /// <summary>It is not what its checksum says: nothing behind it can be trusted.</summary>
    Broken,
}

/// <summary>
/// Walks the records of a TensorBoard event file: a length of eight bytes and its checksum, the content and its checksum, where a checksum is
/// a masked CRC-32C.
/// </summary>
/// <param name="offset">Where in the file the first of these bytes lies.</param>
public ref struct EventRecords(ReadOnlySpan<byte> bytes, long offset = 0)
{
    private const int Header = 12, Trailer = 4;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Where the next record begins: reading is taken up here.</summary>
    public long Position { get; private set; } = offset;

    /// <summary>Where the record that was read begins.</summary>
    public long Offset { get; private set; }

    /// <summary>Its content.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>The length of the whole record that is not finished, as far as it is known; 0: not known.</summary>
    public long Needed { get; private set; }

    public EventRead Next()
    {
        Needed = 0;
        if (_rest.Length < Header) return EventRead.Unfinished;
        var length = BinaryPrimitives.ReadUInt64LittleEndian(_rest);
        if (!IsSound(_rest[..8], _rest[8..]) || length > 1L << 40) return EventRead.Broken;
        Needed = Header + (long)length + Trailer;
        if (_rest.Length < Needed) return EventRead.Unfinished;
        var content = _rest.Slice(Header, (int)length);
        if (!IsSound(content, _rest[(Header + (int)length)..])) return EventRead.Broken;
        Content = content;
        Offset = Position;
        Position += Needed;
        _rest = _rest[(int)Needed..];
        return EventRead.Record;
    }

    private static bool IsSound(ReadOnlySpan<byte> content, ReadOnlySpan<byte> check)
    {
        var crc = uint.MaxValue;
        for (; content.Length >= sizeof(ulong); content = content[sizeof(ulong)..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(content));
        foreach (var b in content) crc = BitOperations.Crc32C(crc, b);
        crc = ~crc;
        return BinaryPrimitives.ReadUInt32LittleEndian(check) == BitOperations.RotateRight(crc, 15) + 0xA282EAD8u;
    }
}
