using System.Buffers.Binary;

namespace Vigil.Logs.Checkpoints;

/// <summary>What torch.save writes: a zip without compression. It is whole when its list of contents, which is written last, is there and fits.</summary>
internal static class TorchZip
{
    public enum Layout
    {
        One,

        /// <summary>Zips one behind the other, as distributed checkpoints have them: places count from where the last one begins.</summary>
        Several,
    }

    private const int EndLength = 22, Locator64Length = 20, End64Length = 56, EntryLength = 46, LongestComment = 1 << 10;
    private const int MostContents = 4 << 20;

    public static string? Fault(long length, ReadAt read, Layout layout)
    {
        var tail = new byte[Math.Min(length, EndLength + Locator64Length + End64Length + LongestComment)];
        if (read(length - tail.Length, tail) != tail.Length) return "became shorter while it was read";
        var end = tail.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (end < 0 || end + EndLength > tail.Length) return "is a zip that was cut: its list of contents is missing";
        if (Contents(tail, end) is not { } contents) return "is a zip whose end does not fit together";
        var at = length - tail.Length + contents.EndsAt - contents.Size;
        if (at < 0 || (layout is Layout.One ? contents.Offset != at : contents.Offset > at)) return "is a zip whose list of contents is not where it says";
        return EntriesFault(at, contents, read);
    }

    /// <param name="EndsAt">Within the tail.</param>
    private readonly record struct ContentsPlace(ulong Count, long Size, long Offset, int EndsAt);

    /// <summary>Large files carry a second end with wide numbers right before the first.</summary>
    private static ContentsPlace? Contents(ReadOnlySpan<byte> tail, int end)
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
        return size > long.MaxValue / 4 || offset > long.MaxValue / 4 ? null : new(count, (long)size, (long)offset, endsAt);
    }

    private static string? EntriesFault(long at, ContentsPlace contents, ReadAt read)
    {
        if (contents.Count == 0) return "is an empty zip";
        var bytes = new byte[Math.Min(contents.Size, MostContents)];
        if (read(at, bytes) != bytes.Length) return "became shorter while it was read";
        ulong seen = 0;
        var i = 0;
        while (i + EntryLength <= bytes.Length)
        {
            if (!bytes.AsSpan(i).StartsWith("PK\u0001\u0002"u8)) return "is a zip with a damaged list of contents";
            i += EntryLength + Length(bytes, i + 28) + Length(bytes, i + 30) + Length(bytes, i + 32);
            seen++;
        }
        return bytes.Length == contents.Size && (seen != contents.Count || i != bytes.Length) ? "is a zip with a damaged list of contents" : null;
    }

    private static int Length(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));
}
