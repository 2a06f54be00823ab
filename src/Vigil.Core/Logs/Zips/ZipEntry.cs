using System.Buffers.Binary;

namespace Vigil.Logs.Zips;

/// <summary>One file within a zip, as the list of contents or its own header tells it. What it tells may be wrong.</summary>
/// <param name="Method">By which it was compressed.</param>
/// <param name="Checksum">The CRC-32 of its content.</param>
/// <param name="PackedBytes">Negative: the number is missing.</param>
/// <param name="Bytes">Its length when it is unpacked. Negative: the number is missing.</param>
/// <param name="HeaderAt">Where its own header begins. Negative: the number is missing.</param>
internal readonly record struct ZipEntry(ushort Method, ushort Flags, uint Checksum, long PackedBytes, long Bytes, long HeaderAt)
{
    public const int HeaderLength = 30;
    private const int EncryptedFlag = 1, LengthsFollowFlag = 8;

    public static ReadOnlySpan<byte> HeaderStart => "PK\u0003\u0004"u8;

    public bool IsEncrypted => (Flags & EncryptedFlag) != 0;

    /// <summary>Its lengths were not known when its header was written: they stand behind its content.</summary>
    public bool HasLengthsBehind => (Flags & LengthsFollowFlag) != 0;
}

/// <summary>Is told of one file within a zip; the name is only there during the call.</summary>
internal delegate void ZipVisit(ReadOnlySpan<byte> name, ZipEntry entry);

/// <summary>The wide numbers of an entry, in the order of the narrow ones that they stand for.</summary>
internal ref struct WideNumbers
{
    private const ushort Id = 1;

    private ReadOnlySpan<byte> _rest;

    /// <param name="extra">The fields behind an entry's name.</param>
    public WideNumbers(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (4 + length > extra.Length) return;
            if (BinaryPrimitives.ReadUInt16LittleEndian(extra) == Id)
            {
                _rest = extra.Slice(4, length);
                return;
            }
            extra = extra[(4 + length)..];
        }
    }

    /// <summary>The narrow number unless it only says that there is a wide one. Negative: there is none.</summary>
    public long Instead(uint narrow)
    {
        if (narrow != uint.MaxValue) return narrow;
        if (_rest.Length < 8) return -1;
        var wide = BinaryPrimitives.ReadInt64LittleEndian(_rest);
        _rest = _rest[8..];
        return wide;
    }
}
