using System.Text.Json;

namespace Vigil.Logs.Checkpoints;

/// <summary>
/// Whether the bytes of a checkpoint's file can be whole, from their ends and headers alone. Nothing in them is ever executed:
/// a pickle is a program, and is only looked at from outside.
/// </summary>
public static class CheckpointBytes
{
    /// <summary>Headers larger than this are not read; what is behind them counts as whole.</summary>
    public const int MostHeader = 16 << 20;

    private const byte PickleStart = 0x80, PickleStop = (byte)'.';

    /// <summary>How torch.save began its files before they were zips: a pickle of its magic number, with others and raw numbers behind it.</summary>
    private static ReadOnlySpan<byte> OldTorch => [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];

    /// <summary>Null: nothing speaks against it; else what is wrong.</summary>
    /// <param name="name">Its extension says what it should be.</param>
    public static string? Fault(string name, long length, ReadAt read)
    {
        var dot = name.LastIndexOf('.');
        return (dot < 0 ? "" : name[dot..]) switch
        {
            _ when length == 0 => "is empty",
            ".safetensors" => SafetensorsHeader.Fault(length, read),
            ".json" => JsonFault(length, read),
            ".pt" or ".pth" or ".ckpt" or ".pkl" => TorchFault(length, read),
            ".distcp" => StartsAsZip(read) ? TorchZip.Fault(length, read, TorchZip.Layout.Several) : null,
            ".bin" => Starts(read) is PickleStart or (byte)'P' ? TorchFault(length, read) : null,
            _ => null,
        };
    }

    private static string? TorchFault(long length, ReadAt read)
    {
        if (StartsAsZip(read)) return TorchZip.Fault(length, read, TorchZip.Layout.One);
        Span<byte> head = stackalloc byte[OldTorch.Length];
        var got = read(0, head);
        if (head[..got].SequenceEqual(OldTorch)) return null;
        Span<byte> last = stackalloc byte[1];
        return read(length - 1, last) == 1 && last[0] == PickleStop ? null : got > 0 && head[0] == PickleStart ? "is a pickle that was cut" : "is neither a zip of torch nor a pickle";
    }

    private static string? JsonFault(long length, ReadAt read)
    {
        if (length > MostHeader) return null;
        var bytes = new byte[length];
        if (read(0, bytes) != length) return "became shorter while it was read";
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            while (reader.Read()) { }
            return null;
        }
        catch (JsonException) { return IsPythonsJson(bytes) ? null : "is no JSON"; }
    }

    /// <summary>Python writes NaN and Infinity, which JSON does not know: such a file must at least end as it began.</summary>
    private static bool IsPythonsJson(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf("NaN"u8) < 0 && bytes.IndexOf("Infinity"u8) < 0) return false;
        var (first, last) = (bytes.IndexOfAnyExcept(" \t\r\n"u8), bytes.LastIndexOfAnyExcept(" \t\r\n"u8));
        return first >= 0 && (bytes[first], bytes[last]) is ((byte)'{', (byte)'}') or ((byte)'[', (byte)']');
    }

    private static bool StartsAsZip(ReadAt read)
    {
        Span<byte> head = stackalloc byte[4];
        return read(0, head) == 4 && head.SequenceEqual("PK\u0003\u0004"u8);
    }

    private static byte? Starts(ReadAt read)
    {
        Span<byte> head = stackalloc byte[1];
        return read(0, head) == 1 ? head[0] : null;
    }
}
