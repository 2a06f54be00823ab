using System.Buffers.Binary;

namespace Vigil.Logs.Zips;

/// <summary>A zip's list of contents, read in pieces: however much it claims to hold, no more memory is taken than for one piece.</summary>
internal static class ZipDirectory
{
    /// <summary>A longer list is not read.</summary>
    public const long MostBytes = 256L << 20;

    private const int EntryLength = 46, PieceBytes = 256 << 10;
    private const string Damaged = "is a zip with a damaged list of contents";

    /// <summary>Tells of each entry in order. Null: the list is whole; else what is wrong with it, and what was told so far may be wrong as well.</summary>
    public static string? Visit(ZipEnd end, ReadAt read, ZipVisit visit)
    {
        if (end.Size > MostBytes) return $"is a zip whose list of contents has more than {MostBytes >> 20} MB";
        // The list lies within the file, so this is no larger than the file is.
        var piece = new byte[Math.Min(end.Size, PieceBytes)];
        var (at, stop, seen) = (end.At, end.At + end.Size, 0UL);
        var rest = piece.AsSpan(0, 0);
        while (true)
        {
            var length = LengthOf(rest);
            if (length < 0 || length > rest.Length)
            {
                // Only the beginning of an entry: the rest of it is in the next piece.
                if (at == stop) return rest.IsEmpty && seen == end.Count ? null : Damaged;
                rest.CopyTo(piece);
                var more = (int)Math.Min(piece.Length - rest.Length, stop - at);
                if (more == 0) return Damaged;
                if (read(at, piece.AsSpan(rest.Length, more)) != more) return "became shorter while it was read";
                rest = piece.AsSpan(0, rest.Length + more);
                at += more;
                continue;
            }
            if (!rest.StartsWith("PK\u0001\u0002"u8)) return Damaged;
            Tell(rest[..length], visit);
            rest = rest[length..];
            seen++;
        }
    }

    /// <summary>Negative: too little of it is there.</summary>
    private static int LengthOf(ReadOnlySpan<byte> entry) => entry.Length < EntryLength ? -1 : EntryLength + Length(entry, 28) + Length(entry, 30) + Length(entry, 32);

    private static void Tell(ReadOnlySpan<byte> entry, ZipVisit visit)
    {
        var name = entry.Slice(EntryLength, Length(entry, 28));
        var wide = new WideNumbers(entry.Slice(EntryLength + name.Length, Length(entry, 30)));
        var bytes = wide.Instead(Number(entry, 24));
        var packed = wide.Instead(Number(entry, 20));
        var headerAt = wide.Instead(Number(entry, 42));
        visit(name, new((ushort)Length(entry, 10), (ushort)Length(entry, 8), Number(entry, 16), packed, bytes, headerAt));
    }

    private static int Length(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint Number(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
