using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Vigil.Logs;

/// <summary>Reads words and numbers of a log line from its bytes, without allocating.</summary>
internal static class ByteScan
{
    private static readonly double[] PowersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    private static readonly int[] WholePowersOfTen = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    extension(ref ReadOnlySpan<byte> text)
    {
        public void SkipSpaces()
        {
            var i = 0;
            while (i < text.Length && text[i] is (byte)' ' or (byte)'\t') i++;
            text = text[i..];
        }

        public bool Skip(ReadOnlySpan<byte> word)
        {
            if (!text.StartsWith(word)) return false;
            text = text[word.Length..];
            return true;
        }

        /// <summary>A whole number of at most 18 digits.</summary>
        public bool TakeCount(out long count)
        {
            count = 0;
            var i = 0;
            for (; i < text.Length && i <= 18 && char.IsAsciiDigit((char)text[i]); i++) count = count * 10 + (text[i] - '0');
            if (i is 0 or > 18) return false;
            text = text[i..];
            return true;
        }
    }

    // Not MemoryExtensions.Trim: until it is compiled for good it boxes every element it looks at.
    public static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> text)
    {
        int start = 0, end = text.Length;
        while (start < end && text[start] == ' ') start++;
        while (start < end && text[end - 1] == ' ') end--;
        return text[start..end];
    }

    /// <summary>The whole text as a number, <c>nan</c> and <c>inf</c> in any case included.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> text, out double number)
    {
        if (TryPlainNumber(text, out number)) return true;
        if (text.Length is 0 or > 64) return false;
        var unsigned = text[0] is (byte)'+' or (byte)'-' ? text[1..] : text;
        if (Is(unsigned, "nan"u8)) number = double.NaN;
        else if (Is(unsigned, "inf"u8) || Is(unsigned, "infinity"u8)) number = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        else return unsigned.Length > 0 && (char.IsAsciiDigit((char)unsigned[0]) || unsigned[0] == '.')
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
        return true;
    }

    /// <summary>
    /// Digits with a point and a small exponent, the form that trainers print. Exact: mantissa and power of ten are both doubles
    /// without rounding (Clinger's fast path); everything else is left to the runtime's parser.
    /// </summary>
    private static bool TryPlainNumber(ReadOnlySpan<byte> text, out double number) => TryLeadingNumber(text, out number) is var length && length > 0 && length == text.Length;

    /// <summary>The number of that form that the text begins with; answers with its length, 0: none that is exact.</summary>
    public static int TryLeadingNumber(ReadOnlySpan<byte> text, out double number)
    {
        number = 0;
        long mantissa = 0;
        var negative = text.Length > 0 && text[0] == '-';
        var start = negative ? 1 : 0;
        var i = TakeDigits(text, start, ref mantissa);
        var (digits, scale) = (i - start, 0);
        if (i < text.Length && text[i] == '.')
        {
            start = ++i;
            i = TakeDigits(text, i, ref mantissa);
            scale = start - i;
            digits -= scale;
        }
        if (digits is 0 or > 15) return 0;
        if (i < text.Length && (text[i] | 0x20) == 'e')
        {
            var length = ExponentLength(text[(i + 1)..], out var exponent);
            if (length == 0) return 0;
            scale += exponent;
            i += length + 1;
        }
        if (scale is < -22 or > 22) return 0;
        number = scale < 0 ? mantissa / PowersOfTen[-scale] : mantissa * PowersOfTen[scale];
        if (negative) number = -number;
        return i;
    }

    /// <summary>Reads the digits from a place on, eight at a time while the text is long enough; answers with the place behind them.</summary>
    private static int TakeDigits(ReadOnlySpan<byte> text, int at, ref long number)
    {
        const ulong zeros = 0x3030303030303030, toHighest = 0x7676767676767676, highest = 0x8080808080808080, everyFourth = 0x000000FF000000FF;
        while (at + sizeof(ulong) <= text.Length)
        {
            // A digit becomes its value; anything else becomes more than nine, and its highest bit is set by adding 0x76.
            var eight = BinaryPrimitives.ReadUInt64LittleEndian(text[at..]) ^ zeros;
            var count = BitOperations.TrailingZeroCount((eight + toHighest | eight) & highest) >> 3;
            if (count == 0) return at;
            // As if zeros stood before them: then pairs, fours and all eight are added up by three multiplications.
            eight <<= 64 - 8 * count;
            eight = eight * 10 + (eight >> 8);
            eight = (eight & everyFourth) * (100 + (1_000_000UL << 32)) + (eight >> 16 & everyFourth) * (1 + (10_000UL << 32)) >> 32;
            number = number * WholePowersOfTen[count] + (long)eight;
            at += count;
            if (count < sizeof(ulong)) return at;
        }
        for (uint digit; at < text.Length && (digit = (uint)(text[at] - '0')) <= 9; at++) number = number * 10 + digit;
        return at;
    }

    /// <summary>Exact up to 10^22.</summary>
    public static double PowerOfTen(int power) => PowersOfTen[power];

    public static bool IsDigit(byte b) => (uint)(b - '0') <= 9;

    /// <summary>How long the exponent is that a text begins with, its sign included; 0: none, or one of more than three digits.</summary>
    public static int ExponentLength(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        var negative = text.Length > 0 && text[0] == '-';
        var start = text.Length > 0 && text[0] is (byte)'-' or (byte)'+' ? 1 : 0;
        var i = start;
        for (; i < text.Length && i - start < 3 && (uint)(text[i] - '0') <= 9; i++) exponent = exponent * 10 + text[i] - '0';
        if (i == start || i < text.Length && (uint)(text[i] - '0') <= 9) return 0;
        if (negative) exponent = -exponent;
        return i;
    }

    public static bool IsOfNumber(byte b) => (uint)(b - '0') <= 9 || b is (byte)'.' or (byte)'-' or (byte)'+';

    /// <summary>How long the number is that the text begins with: sign, digits (groups of three after commas included), point, exponent; <c>nan</c> and <c>inf</c> too. 0: none.</summary>
    public static int NumberLength(ReadOnlySpan<byte> text)
    {
        var i = text is [(byte)'-' or (byte)'+', ..] ? 1 : 0;
        if (i < text.Length && char.IsAsciiLetter((char)text[i])) return WordNumberLength(text, i);
        var digits = 0;
        for (; i < text.Length; i++)
        {
            if ((uint)(text[i] - '0') <= 9) digits++;
            else if (text[i] != ',' || digits == 0 || !IsGroup(text[(i + 1)..])) break;
        }
        if (i < text.Length && text[i] == '.')
            for (i++; i < text.Length && (uint)(text[i] - '0') <= 9; i++) digits++;
        if (digits == 0) return 0;
        if (text[i - 1] == '.') i--;   // the end of a sentence
        var exponent = i < text.Length && (text[i] | 0x20) == 'e' ? i + 1 : text.Length;
        if (exponent < text.Length && text[exponent] is (byte)'-' or (byte)'+') exponent++;
        if (exponent >= text.Length || (uint)(text[exponent] - '0') > 9) return i;
        while (exponent < text.Length && (uint)(text[exponent] - '0') <= 9) exponent++;
        return exponent;
    }

    private static int WordNumberLength(ReadOnlySpan<byte> text, int start)
    {
        var end = start;
        while (end < text.Length && char.IsAsciiLetterOrDigit((char)text[end])) end++;
        var word = text[start..end];
        return Is(word, "nan"u8) || Is(word, "inf"u8) || Is(word, "infinity"u8) ? end : 0;
    }

    /// <summary>As <see cref="TryNumber"/>, also with commas between groups of three digits.</summary>
    public static bool TryGroupedNumber(ReadOnlySpan<byte> text, out double number)
    {
        if (text.IndexOf((byte)',') < 0) return TryNumber(text, out number);
        number = 0;
        if (text.Length > 40) return false;
        Span<byte> plain = stackalloc byte[40];
        var length = 0;
        foreach (var b in text)
            if (b != ',') plain[length++] = b;
        return TryNumber(plain[..length], out number);
    }

    private static bool IsGroup(ReadOnlySpan<byte> text) =>
        text.Length >= 3 && !text[..3].ContainsAnyExceptInRange((byte)'0', (byte)'9') && (text.Length == 3 || (uint)(text[3] - '0') > 9);

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower)
    {
        if (text.Length != lower.Length) return false;
        for (var i = 0; i < text.Length; i++)
            if ((text[i] | 0x20) != lower[i]) return false;
        return true;
    }
}
