using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Vigil.Logs;

/// <summary>
/// How a set of literals is searched for at once. Each literal is found by its window, the four bytes of it that the text holds most seldom.
/// The windows lie in eight buckets; two tables for each of the four places tell from a byte's halves in which buckets it may stand there,
/// so that a few shuffles judge as many places of the text as a vector has bytes. What passes meets a filter of 64 K bits, then the literals of its slot.
/// The method is known as Teddy (Hyperscan; <see href="https://github.com/BurntSushi/aho-corasick/tree/master/src/packed/teddy"/>).
/// </summary>
internal sealed class LiteralPlan
{
    /// <summary>How many bytes of a literal the vectors look at.</summary>
    public const int Window = 4;

    private const int Buckets = 8;
    private const int Slots = 1 << 16;

    private readonly Literal[] _literals;
    private readonly int[] _windows;              // where in each literal its window begins
    private readonly ulong[] _filter = new ulong[Slots / 64];
    private readonly ulong[]? _shortFilter;       // the same for literals shorter than a window, by two bytes; null: there are none
    private readonly Dictionary<int, int[]> _byWindow = [];
    private readonly Dictionary<int, int[]> _byShort = [];

    public LiteralPlan(Literal[] literals, ByteFrequencies text)
    {
        _literals = literals;
        _windows = new int[literals.Length];
        for (var i = 0; i < literals.Length; i++)
        {
            _windows[i] = RarestWindow(literals[i], text);
            var isShort = literals[i].Length < Window;
            if (isShort) _shortFilter ??= new ulong[Slots / 64];
            var key = isShort ? FoldedPair(literals[i].Bytes, _windows[i]) : (int)Folded(literals[i].Bytes, _windows[i]);
            var slot = isShort ? key : Hash((uint)key);
            (isShort ? _shortFilter! : _filter)[slot >> 6] |= 1UL << (slot & 63);
            var table = isShort ? _byShort : _byWindow;
            table[key] = table.TryGetValue(key, out var others) ? [.. others, i] : [i];
        }
        FillBuckets(text);
    }

    /// <summary>Sixteen bytes for the low half of the byte at each place of a window: the buckets it may belong to.</summary>
    public byte[] Low { get; } = new byte[16 * Window];

    /// <summary>The same for the high half.</summary>
    public byte[] High { get; } = new byte[16 * Window];

    /// <summary>Whether a literal is shorter than a window, so that one may begin within the last bytes of a text.</summary>
    public bool HasShort => _shortFilter is not null;

    public int Count => _literals.Length;

    public int WindowOf(int literal) => _windows[literal];

    /// <summary>The four bytes from a place, letters of either case as small ones; other bytes may change too, in literals and text alike.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Folded(ReadOnlySpan<byte> text, int at) => BinaryPrimitives.ReadUInt32LittleEndian(text[at..]) | 0x20202020;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Hash(uint folded) => (int)((folded * 0x9E3779B1u) >> 16);

    private static int FoldedPair(ReadOnlySpan<byte> text, int at) => BinaryPrimitives.ReadUInt16LittleEndian(text[at..]) | 0x2020;

    /// <summary>Whether a window of a literal may begin here; the vectors have said so already, with less care.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayBeginAt(ReadOnlySpan<byte> text, int at)
    {
        if (at + Window <= text.Length)
        {
            var slot = Hash(Folded(text, at));
            if ((_filter[slot >> 6] >> (slot & 63) & 1) != 0) return true;
        }
        if (_shortFilter is null || at + 2 > text.Length) return false;
        var pair = FoldedPair(text, at);
        return (_shortFilter[pair >> 6] >> (pair & 63) & 1) != 0;
    }

    /// <summary>Adds the literals whose window begins here; true: there are some.</summary>
    public bool Collect(ReadOnlySpan<byte> text, int at, List<int> into)
    {
        var before = into.Count;
        if (at + Window <= text.Length && _byWindow.TryGetValue((int)Folded(text, at), out var some)) Collect(some, text, at, into);
        if (_shortFilter is not null && at + 2 <= text.Length && _byShort.TryGetValue(FoldedPair(text, at), out some)) Collect(some, text, at, into);
        return into.Count > before;
    }

    private void Collect(int[] some, ReadOnlySpan<byte> text, int at, List<int> into)
    {
        foreach (var literal in some)
            if (_literals[literal].IsAt(text, at - _windows[literal])) into.Add(literal);
    }

    private static int RarestWindow(Literal literal, ByteFrequencies text)
    {
        var width = Math.Min(Window, literal.Length < Window ? 2 : Window);
        var (best, least) = (0, double.MaxValue);
        for (var start = 0; start + width <= literal.Length; start++)
        {
            double expected = 1e6;
            for (var i = start; i < start + width; i++) expected *= text.Share(literal.Bytes[i], literal.Either[i]);
            if (width == Window) expected += text.Seen(Folded(literal.Bytes, start));
            if (expected < least) (best, least) = (start, expected);
        }
        return best;
    }

    /// <summary>
    /// Each window goes into the bucket that lets the fewest places of such a text pass once it is there:
    /// a bucket passes every mixture of its windows' halves of bytes.
    /// </summary>
    private void FillBuckets(ByteFrequencies text)
    {
        var buckets = new Bucket[Buckets];
        for (var b = 0; b < Buckets; b++) buckets[b] = new Bucket(text);
        for (var i = 0; i < _literals.Length; i++)
        {
            var (best, least) = (0, double.MaxValue);
            for (var b = 0; b < Buckets; b++)
            {
                var added = buckets[b].With(_literals[i], _windows[i]) - buckets[b].Passes;
                if (added < least) (best, least) = (b, added);
            }
            buckets[best].Add(_literals[i], _windows[i]);
        }
        for (var b = 0; b < Buckets; b++) buckets[b].Write((byte)(1 << b), Low, High);
    }

    /// <summary>The halves of bytes that stand at each place of some windows.</summary>
    private sealed class Bucket(ByteFrequencies text)
    {
        private readonly int[] _low = new int[Window], _high = new int[Window];   // bit sets
        private readonly double[] _shares = new double[Window];

        /// <summary>The share of places that pass.</summary>
        public double Passes { get; private set; }

        public double With(Literal literal, int window)
        {
            double passes = 1;
            for (var place = 0; place < Window; place++)
            {
                var (low, high) = Halves(literal, window + place);
                passes *= (low | _low[place]) == _low[place] && (high | _high[place]) == _high[place] ? _shares[place] : Share(low | _low[place], high | _high[place]);
            }
            return passes;
        }

        public void Add(Literal literal, int window)
        {
            Passes = With(literal, window);
            for (var place = 0; place < Window; place++)
            {
                var (low, high) = Halves(literal, window + place);
                _low[place] |= low;
                _high[place] |= high;
                _shares[place] = Share(_low[place], _high[place]);
            }
        }

        public void Write(byte bit, byte[] low, byte[] high)
        {
            for (var place = 0; place < Window; place++)
                for (var half = 0; half < 16; half++)
                {
                    if ((_low[place] >> half & 1) != 0) low[16 * place + half] |= bit;
                    if ((_high[place] >> half & 1) != 0) high[16 * place + half] |= bit;
                }
        }

        // A literal that ends before its window does lets every byte pass there.
        private static (int Low, int High) Halves(Literal literal, int at)
        {
            if (at >= literal.Length) return (0xFFFF, 0xFFFF);
            var value = literal.Bytes[at];
            return (1 << (value & 15), 1 << (value >> 4) | 1 << ((value & ~literal.Either[at]) >> 4));
        }

        private double Share(int low, int high)
        {
            if ((low & high) == 0xFFFF) return 1;
            double sum = 0;
            for (var h = 0; h < 16; h++)
            {
                if ((high >> h & 1) == 0) continue;
                for (var l = 0; l < 16; l++)
                    if ((low >> l & 1) != 0) sum += text.Share((byte)(h << 4 | l), 0);
            }
            return sum;
        }
    }
}
