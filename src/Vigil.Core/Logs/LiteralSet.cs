using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Vigil.Logs;

/// <summary>
/// Finds the first of a few short texts in a line with one pass over its bytes: two table look-ups a byte pair, sixteen pairs at once, tell
/// which texts can begin there (the idea of Hyperscan's Teddy); only then are bytes compared.
/// </summary>
internal sealed class LiteralSet
{
    private const int Buckets = 8;

    private readonly byte[][] _literals;
    private readonly int[][] _buckets = new int[Buckets][];
    private readonly byte[] _first = new byte[256], _second = new byte[256];   // which buckets hold a text with this byte first, second
    private readonly Vector128<byte> _firstLow, _firstHigh, _secondLow, _secondHigh;

    /// <param name="literals">Different from each other, each of two bytes at least.</param>
    public LiteralSet(ImmutableArray<byte[]> literals)
    {
        _literals = [.. literals];
        // Texts with a common beginning share a bucket: what looks like one looks like all.
        var heads = literals.Select(static l => (l[0], l[1])).Distinct().Order().ToList();
        for (var b = 0; b < Buckets; b++)
            _buckets[b] = [.. Enumerable.Range(0, _literals.Length).Where(i => heads.IndexOf((_literals[i][0], _literals[i][1])) % Buckets == b).OrderByDescending(i => _literals[i].Length)];
        var tables = new byte[4][];
        for (var t = 0; t < 4; t++) tables[t] = new byte[16];
        for (var b = 0; b < Buckets; b++)
            foreach (var i in _buckets[b])
            {
                var (x, y, bit) = (_literals[i][0], _literals[i][1], (byte)(1 << b));
                _first[x] |= bit;
                _second[y] |= bit;
                tables[0][x & 15] |= bit;
                tables[1][x >> 4] |= bit;
                tables[2][y & 15] |= bit;
                tables[3][y >> 4] |= bit;
            }
        (_firstLow, _firstHigh, _secondLow, _secondHigh) = (Vector128.Create(tables[0]), Vector128.Create(tables[1]), Vector128.Create(tables[2]), Vector128.Create(tables[3]));
    }

    public int Count => _literals.Length;

    /// <summary>The next place at or after <paramref name="from"/> where a text stands, and which: the longest there.</summary>
    public bool TryFind(ReadOnlySpan<byte> line, int from, out int at, out int literal)
    {
        (at, literal) = (-1, -1);
        if (_literals.Length == 0) return false;
        if (_literals.Length == 1)
        {
            at = line[from..].IndexOf(_literals[0]);
            literal = 0;
            if (at >= 0) at += from;
            return at >= 0;
        }
        if (HasShuffle)
            for (; from + 17 <= line.Length; from += 16)
                for (var places = Candidates(line, from); places != 0; places &= places - 1)
                    if (Check(line, from + BitOperations.TrailingZeroCount(places), ref at, ref literal)) return true;
        for (; from + 1 < line.Length; from++)
            if (Check(line, from, ref at, ref literal)) return true;
        return false;
    }

    private static bool HasShuffle => Ssse3.IsSupported || AdvSimd.Arm64.IsSupported;

    private uint Candidates(ReadOnlySpan<byte> line, int from)
    {
        var low = Vector128.Create((byte)15);
        var x = Vector128.Create(line.Slice(from, 16));
        var y = Vector128.Create(line.Slice(from + 1, 16));
        var hits = Look(_firstLow, x & low) & Look(_firstHigh, Vector128.ShiftRightLogical(x, 4)) & Look(_secondLow, y & low) & Look(_secondHigh, Vector128.ShiftRightLogical(y, 4));
        return ~Vector128.Equals(hits, Vector128<byte>.Zero).ExtractMostSignificantBits() & 0xFFFF;
    }

    private static Vector128<byte> Look(Vector128<byte> table, Vector128<byte> places) =>
        Ssse3.IsSupported ? Ssse3.Shuffle(table, places) : Vector128.Shuffle(table, places);

    private bool Check(ReadOnlySpan<byte> line, int place, ref int at, ref int literal)
    {
        var buckets = _first[line[place]] & _second[line[place + 1]];
        for (; buckets != 0; buckets &= buckets - 1)
            foreach (var candidate in _buckets[BitOperations.TrailingZeroCount(buckets)])
                if (line[place..].StartsWith(_literals[candidate]))
                {
                    (at, literal) = (place, candidate);
                    return true;
                }
        return false;
    }
}
