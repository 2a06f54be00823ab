using System.Buffers.Binary;

namespace Vigil.Logs.Zips;

/// <summary>What the end of a zip, which is written last, says of its list of contents.</summary>
/// <param name="Offset">Where the list begins by the zip's own word.</param>
/// <param name="At">Where it begins if nothing lies between it and the end.</param>
internal readonly record struct ZipEnd(ulong Count, long Size, long Offset, long At)
{
    private const int EndLength = 22, Locator64Length = 20, End64Length = 56, LongestComment = 1 << 10;

    /// <summary>Null: the end was found; else what is wrong.</summary>
    public static string? Find(long length, ReadAt read, out ZipEnd found)
    {
        found = default;
        var tail = new byte[Math.Min(length, EndLength + Locator64Length + End64Length + LongestComment)];
        if (read(length - tail.Length, tail) != tail.Length) return "became shorter while it was read";
        var end = tail.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (end < 0 || end + EndLength > tail.Length) return "is a zip that was cut: its list of contents is missing";
        if (Read(tail, end, length - tail.Length) is not { } contents) return "is a zip whose end does not fit together";
        found = contents;
        return contents.At < 0 ? "is a zip whose list of contents is not where it says" : null;
    }

    /// <summary>Large files carry a second end with wide numbers right before the first.</summary>
    private static ZipEnd? Read(ReadOnlySpan<byte> tail, int end, long tailAt)
    {
        var record = tail[end..];
        ulong count = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        ulong size = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]), offset = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        var endsAt = end;
        var wide = end - Locator64Length - End64Length;
        if (wide >= 0 && tail[(end - Locator64Length)..].StartsWith("PK\u0006\u0007"u8) && tail[wide..].StartsWith("PK\u0006\u0006"u8))
        {
            count = BinaryPrimitives.ReadUInt64LittleEndian(tail[(wide + 32)..]);
            size = BinaryPrimitives.ReadUInt64LittleEndian(tail[(wide + 40)..]);
            offset = BinaryPrimitives.ReadUInt64LittleEndian(tail[(wide + 48)..]);
            endsAt = wide;
        }
        else if (size == uint.MaxValue || offset == uint.MaxValue || count == ushort.MaxValue) return null;
        return size > long.MaxValue / 4 || offset > long.MaxValue / 4 ? null : new(count, (long)size, (long)offset, tailAt + endsAt - (long)size);
    }
}
