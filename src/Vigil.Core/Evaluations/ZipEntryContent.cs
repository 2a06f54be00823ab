using System.Buffers.Binary;
using System.IO.Compression;
using Vigil.Logs;
using Vigil.Logs.Zips;

namespace Vigil.Evaluations;

/// <summary>The content of one file within a zip, unpacked while it is read and never beyond the length that it was given: a bomb stays small.</summary>
internal sealed class ZipEntryContent : IDisposable
{
    /// <summary>A larger header is none of inspect's.</summary>
    public const long MostBytes = 64L << 20;

    private const ushort Stored = 0, Deflated = 8, Zstd = 93;

    private readonly ZipEntry _entry;
    private readonly Stream _stream;
    private long _bytes;
    private uint _checksum = Crc32.Start;

    private ZipEntryContent(ZipEntry entry, Stream stream) => (_entry, _stream) = (entry, stream);

    /// <summary>Null while nothing is wrong.</summary>
    public EvalTrouble? Trouble { get; private set; }

    /// <summary>Null: nothing is wrong so far.</summary>
    public static EvalTrouble? Open(ZipEntry entry, ReadOnlySpan<byte> name, long length, ReadAt read, ZstdSupport zstd, out ZipEntryContent? content)
    {
        content = null;
        if (entry.IsEncrypted) return new EvalTrouble.Damaged("is encrypted, as inspect writes no log");
        if (entry.Bytes is < 0 or > MostBytes) return new EvalTrouble.Damaged($"has a header of more than {MostBytes >> 20} MB");
        if (ContentAt(entry, name, read) is not { } at) return new EvalTrouble.Damaged("is a zip with an entry that is not where its list of contents says");
        if (entry.PackedBytes < 0 || entry.PackedBytes > length - at) return new EvalTrouble.Cut("is a zip that was cut inside its header");
        var piece = new FilePiece(read, at, entry.PackedBytes);
        switch (entry.Method, zstd)
        {
            case (Stored, _): content = new(entry, piece); return null;
            case (Deflated, _): content = new(entry, new DeflateStream(piece, CompressionMode.Decompress)); return null;
            case (Zstd, ZstdSupport.Here here): content = new(entry, here.Open(piece)); return null;
            case (Zstd, ZstdSupport.Missing missing): return new EvalTrouble.ZstdMissing(missing.Why);
            default: return new EvalTrouble.Damaged($"is a zip with a header compressed by method {entry.Method}, which inspect does not use");
        }
    }

    /// <summary>0 at its end and where something is wrong.</summary>
    public int Read(Span<byte> into)
    {
        if (Trouble is not null) return 0;
        try
        {
            var got = _stream.Read(into);
            _bytes += got;
            _checksum = Crc32.Add(_checksum, into[..got]);
            if (_bytes > _entry.Bytes || got == 0 && (_bytes < _entry.Bytes || Crc32.End(_checksum) != _entry.Checksum)) Trouble = Damage;
            return Trouble is null ? got : 0;
        }
        catch (InvalidDataException)
        {
            Trouble = Damage;
            return 0;
        }
    }

    public void Dispose() => _stream.Dispose();

    private static EvalTrouble Damage { get; } = new EvalTrouble.Damaged("is a zip with a damaged header: length or checksum do not fit");

    /// <summary>Null: there is no such entry.</summary>
    private static long? ContentAt(ZipEntry entry, ReadOnlySpan<byte> name, ReadAt read)
    {
        Span<byte> header = stackalloc byte[ZipEntry.HeaderLength];
        if (entry.HeaderAt < 0 || entry.HeaderAt > long.MaxValue / 2 || read(entry.HeaderAt, header) != header.Length || !header.StartsWith(ZipEntry.HeaderStart)) return null;
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]), extraLength = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        Span<byte> written = stackalloc byte[name.Length];   // one of the two names that are looked for
        var isIt = nameLength == name.Length && read(entry.HeaderAt + header.Length, written) == name.Length && written.SequenceEqual(name);
        return isIt ? entry.HeaderAt + header.Length + nameLength + extraLength : null;
    }
}
