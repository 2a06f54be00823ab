namespace Vigil.Evaluations;

/// <summary>The checksum that zips carry; not the one of our journal, for which processors have an instruction.</summary>
internal static class Crc32
{
    public const uint Start = uint.MaxValue;

    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(static i => Of((uint)i))];

    /// <summary>Goes on with more bytes.</summary>
    public static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var next in bytes) crc = Table[(byte)(crc ^ next)] ^ crc >> 8;
        return crc;
    }

    public static uint End(uint crc) => ~crc;

    private static uint Of(uint value)
    {
        const uint polynomial = 0xEDB88320;
        for (var bit = 0; bit < 8; bit++) value = (value & 1) == 0 ? value >> 1 : value >> 1 ^ polynomial;
        return value;
    }
}
