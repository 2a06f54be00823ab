using System.Buffers.Binary;

namespace Vigil.Logs.Zips;

/// <summary>
/// A walk from entry to entry through a zip whose list of contents is missing, because whoever wrote it was killed or is still writing.
/// Only entries that are there to their last byte are told.
/// </summary>
internal static class ZipWalk
{
    public const int MostEntries = 1_000_000;

    private const int PieceBytes = 64 << 10;

    /// <summary>A descriptor: its mark, the checksum, and both lengths, narrow or wide.</summary>
    private const int DescriptorLength = 16, WideDescriptorLength = 24;

    /// <summary>How everything in a zip begins.</summary>
    private static ReadOnlySpan<byte> Mark => "PK"u8;

    private static ReadOnlySpan<byte> DescriptorStart => "PK\u0007\u0008"u8;

    public static void Visit(long length, ReadAt read, ZipVisit visit)
    {
        Span<byte> header = stackalloc byte[ZipEntry.HeaderLength];
        long at = 0;
        for (var i = 0; i < MostEntries && read(at, header) == header.Length && header.StartsWith(ZipEntry.HeaderStart); i++)
        {
            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]), extraLength = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
            var names = new byte[nameLength + extraLength];   // at most 128 KB by the format
            var contentAt = at + header.Length + names.Length;
            if (contentAt > length || read(at + header.Length, names) != names.Length) return;
            if (Entry(header, names.AsSpan(nameLength), at) is not { PackedBytes: >= 0 } entry) return;
            var next = contentAt;
            if (entry is { HasLengthsBehind: true, PackedBytes: 0 })
            {
                if (LengthsBehind(entry, contentAt, length, read, out next) is not { } told) return;
                entry = told;
            }
            else
            {
                if (entry.PackedBytes > length - contentAt) return;
                next += entry.PackedBytes;
            }
            visit(names.AsSpan(0, nameLength), entry);
            at = next;
        }
    }

    private static ZipEntry Entry(ReadOnlySpan<byte> header, ReadOnlySpan<byte> extra, long at)
    {
        var wide = new WideNumbers(extra);
        var bytes = wide.Instead(BinaryPrimitives.ReadUInt32LittleEndian(header[22..]));
        var packed = wide.Instead(BinaryPrimitives.ReadUInt32LittleEndian(header[18..]));
        return new(BinaryPrimitives.ReadUInt16LittleEndian(header[8..]), BinaryPrimitives.ReadUInt16LittleEndian(header[6..]), BinaryPrimitives.ReadUInt32LittleEndian(header[14..]), packed, bytes, at);
    }

    /// <summary>A descriptor is known by its mark, and by its length being the way that was walked. Null: there is none.</summary>
    private static ZipEntry? LengthsBehind(ZipEntry entry, long contentAt, long length, ReadAt read, out long next)
    {
        var piece = new byte[(int)Math.Min(PieceBytes, length - contentAt)];
        next = contentAt;
        for (var at = contentAt; read(at, piece) is >= DescriptorLength and var got; at += Math.Max(1, got - (WideDescriptorLength + ZipEntry.HeaderStart.Length - 1)))
        {
            var rest = piece.AsSpan(0, got);
            for (int from = 0, step; (step = rest[from..].IndexOf(DescriptorStart)) >= 0; from += step + 1)
            {
                var mark = from + step;
                if (rest.Length - mark < DescriptorLength || Described(entry, rest[mark..], at + mark - contentAt, length - (at + got), out var taken) is not { } told) continue;
                next = at + mark + taken;
                return told;
            }
        }
        return null;
    }

    /// <param name="behind">How much of the file was not looked at yet.</param>
    private static ZipEntry? Described(ZipEntry entry, ReadOnlySpan<byte> descriptor, long walked, long behind, out int taken)
    {
        var told = entry with { Checksum = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[4..]), PackedBytes = walked };
        var narrow = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[12..]);
        var next = descriptor[DescriptorLength..Math.Min(descriptor.Length, DescriptorLength + Mark.Length)];
        taken = DescriptorLength;
        // A wide one begins as a narrow one of an empty file does: what tells them apart is the next mark, or that the file ends before it.
        if (BinaryPrimitives.ReadUInt32LittleEndian(descriptor[8..]) == walked && Mark.StartsWith(next) && (next.Length == Mark.Length || behind == 0 && narrow != 0)) return told with { Bytes = narrow };
        taken = WideDescriptorLength;
        return descriptor.Length >= WideDescriptorLength && BinaryPrimitives.ReadInt64LittleEndian(descriptor[8..]) == walked ? told with { Bytes = BinaryPrimitives.ReadInt64LittleEndian(descriptor[16..]) } : null;
    }
}
