namespace Vigil.Logs;

/// <summary>How often each byte, and each four bytes in a row, stand in a text like the one to be searched.</summary>
internal sealed class ByteFrequencies
{
    private const int GramSlots = 1 << 16;

    private readonly double[] _share = new double[256];
    private readonly int[]? _grams;

    /// <summary>What logs are like before one was seen.</summary>
    public static ByteFrequencies Usual { get; } = new();

    private ByteFrequencies()
    {
        double all = 0;
        for (var b = 0; b < 256; b++) all += _share[b] = Math.Pow(2, -UsualRarity((byte)b));
        for (var b = 0; b < 256; b++) _share[b] /= all;
    }

    public ByteFrequencies(ReadOnlySpan<byte> sample)
    {
        var counts = new int[256];
        foreach (var b in sample) counts[b]++;
        // A byte that the sample lacks may still come.
        for (var b = 0; b < 256; b++) _share[b] = (counts[b] + 0.25) / (sample.Length + 64.0);
        _grams = new int[GramSlots];
        for (var i = 0; i + 4 <= sample.Length; i++) _grams[LiteralPlan.Hash(LiteralPlan.Folded(sample, i))]++;
    }

    /// <summary>The share of bytes that are this one; of a letter of either case, of both.</summary>
    public double Share(byte value, byte either) => either == 0 ? _share[value] : _share[value] + _share[value & ~0x20];

    /// <summary>How often four bytes stand in the sample, at most: others may share the count.</summary>
    public int Seen(uint folded) => _grams is null ? 0 : _grams[LiteralPlan.Hash(folded)];

    /// <summary>In bits. Logs are small letters, digits and blanks; capitals and signs tell more.</summary>
    public static double UsualRarity(byte value) => value switch
    {
        (byte)' ' => 3,
        (byte)'e' or (byte)'t' or (byte)'a' or (byte)'i' or (byte)'o' or (byte)'n' or (byte)'r' or (byte)'s' => 4.2,
        (byte)'0' or (byte)'1' => 4.2,
        >= (byte)'2' and <= (byte)'9' => 5,
        (byte)'j' or (byte)'q' or (byte)'x' or (byte)'z' => 8,
        >= (byte)'a' and <= (byte)'z' => 5.2,
        (byte)'.' or (byte)':' or (byte)'/' or (byte)'_' or (byte)'-' or (byte)'|' or (byte)',' => 5.5,
        >= (byte)'A' and <= (byte)'Z' => 7.5,
        >= 0x80 => 9,
        _ => 8,
    };
}
