using System.Numerics;
using System.Text;

namespace Vigil.Planning;

/// <summary>Random numbers that are the same on every machine: xoshiro256** (Blackman and Vigna), its state filled by SplitMix64 from a seed and a key.</summary>
internal sealed class SampleStream
{
    private ulong _a, _b, _c, _d;

    /// <param name="seed">Null: the key alone decides.</param>
    public SampleStream(string key, BigInteger? seed)
    {
        // FNV-1a: two axes with one seed must not draw the same numbers.
        var state = 14695981039346656037UL;
        foreach (var part in Encoding.UTF8.GetBytes(seed is { } given ? $"{key}\0{given}" : key)) state = (state ^ part) * 1099511628211UL;
        _a = Fill(ref state);
        _b = Fill(ref state);
        _c = Fill(ref state);
        _d = Fill(ref state);
    }

    /// <summary>At least 0 and below 1.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>At least 0 and below the bound, each equally likely.</summary>
    public ulong Below(ulong bound)
    {
        var rest = (ulong.MaxValue % bound + 1) % bound;   // so many numbers at the end would favour the small ones
        ulong drawn;
        do drawn = Next();
        while (drawn > ulong.MaxValue - rest);
        return drawn % bound;
    }

    /// <summary>Mean 0, standard deviation 1.</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Unit())) * Math.Cos(2 * Math.PI * Unit());

    private ulong Next()
    {
        var drawn = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return drawn;
    }

    private static ulong Fill(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9UL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
        return mixed ^ (mixed >> 31);
    }
}
