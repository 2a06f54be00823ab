using System.Globalization;
using System.Numerics;

namespace Vigil.Configuration.Expressions;

/// <summary>Python's arithmetic where it differs from .NET's: floors, exact quotients, banker's rounding, texts as numbers.</summary>
internal static class PythonNumbers
{
    public static BigInteger FloorDivide(BigInteger a, BigInteger b)
    {
        var quotient = BigInteger.DivRem(a, b, out var rest);
        return !rest.IsZero && rest.Sign != b.Sign ? quotient - 1 : quotient;
    }

    public static BigInteger Modulo(BigInteger a, BigInteger b)
    {
        var rest = BigInteger.Remainder(a, b);
        return !rest.IsZero && rest.Sign != b.Sign ? rest + b : rest;
    }

    public static (double Quotient, double Modulo) DivMod(double a, double b)
    {
        var rest = a % b;
        var quotient = (a - rest) / b;
        if (rest != 0)
        {
            if (b < 0 != rest < 0) { rest += b; quotient -= 1; }
        }
        else rest = Math.CopySign(0.0, b);
        if (quotient == 0) return (Math.CopySign(0.0, a / b), rest);
        var floor = Math.Floor(quotient);
        return (quotient - floor > 0.5 ? floor + 1 : floor, rest);
    }

    /// <summary>The double nearest to a quotient, ties to even; null when it is too large for one.</summary>
    public static double? Quotient(BigInteger a, BigInteger b)
    {
        if (a.IsZero) return b.Sign < 0 ? -0.0 : 0.0;
        if (BigInteger.Abs(a) <= Exact && BigInteger.Abs(b) <= Exact) return (double)(long)a / (long)b;
        var negative = a.Sign < 0 != b.Sign < 0;
        var (over, under) = (BigInteger.Abs(a), BigInteger.Abs(b));
        // 66 bits of quotient: more than a double holds, so that the rest only has to say whether it was exact.
        var shift = 66 - (int)(over.GetBitLength() - under.GetBitLength());
        if (shift > 0) over <<= shift; else under <<= -shift;
        var quotient = BigInteger.DivRem(over, under, out var rest);
        // A last bit stands for all that was cut off.
        return Scaled((quotient << 1) | (rest.IsZero ? 0 : 1), -shift - 1) is { } size ? negative ? -size : size : null;
    }

    /// <summary>The double nearest to a whole number, ties to even; null when it is too large for one.</summary>
    public static double? ToDouble(BigInteger whole)
    {
        if (long.MinValue <= whole && whole <= long.MaxValue) return (long)whole;
        return Quotient(whole, BigInteger.One);
    }

    private static readonly BigInteger Exact = BigInteger.One << 53;

    /// <summary><c>digits × 2^power</c>, rounded once.</summary>
    private static double? Scaled(BigInteger digits, int power)
    {
        var top = (int)digits.GetBitLength() + power;   // the value is below 2^top
        if (top > 1024) return null;
        var drop = Math.Max((int)digits.GetBitLength() - 53, -1074 - power);
        if (drop > 0)
        {
            var half = BigInteger.One << (drop - 1);
            var rest = digits & ((BigInteger.One << drop) - 1);
            digits >>= drop;
            power += drop;
            if (rest > half || (rest == half && !digits.IsEven)) digits += 1;
        }
        var result = Math.ScaleB((double)(ulong)digits, power);
        return double.IsInfinity(result) ? null : result;
    }

    /// <summary><c>round(x)</c>: ties to even; null for what is no number.</summary>
    public static BigInteger? Round(double value) => double.IsFinite(value) ? new BigInteger(Math.Round(value, MidpointRounding.ToEven)) : null;

    /// <summary><c>round(x, digits)</c>: by the exact value of the double, as Python rounds.</summary>
    public static double Round(double value, int digits)
    {
        if (!double.IsFinite(value) || value == 0 || digits > 323) return value;
        if (digits < -308) return 0.0 * value;
        var (mantissa, power) = Parts(Math.Abs(value));
        var (over, under) = (mantissa, BigInteger.One);
        if (power > 0) over <<= power; else under <<= -power;
        if (digits > 0) over *= BigInteger.Pow(10, digits); else under *= BigInteger.Pow(10, -digits);
        var rounded = HalfEven(over, under);
        var text = rounded.ToString(CultureInfo.InvariantCulture) + "e" + (-digits).ToString(CultureInfo.InvariantCulture);
        return Math.CopySign(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture), value);
    }

    /// <summary><c>round(n, digits)</c> of a whole number with a negative count.</summary>
    public static BigInteger Round(BigInteger value, int zeros)
    {
        var unit = BigInteger.Pow(10, zeros);
        var size = HalfEven(BigInteger.Abs(value), unit) * unit;
        return value.Sign < 0 ? -size : size;
    }

    private static BigInteger HalfEven(BigInteger over, BigInteger under)
    {
        var quotient = BigInteger.DivRem(over, under, out var rest);
        var order = (rest * 2).CompareTo(under);
        return order > 0 || (order == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }

    private static (BigInteger Mantissa, int Power) Parts(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var (exponent, fraction) = ((int)((bits >> 52) & 0x7FF), bits & ((1L << 52) - 1));
        return exponent == 0 ? (fraction, -1074) : (fraction | (1L << 52), exponent - 1075);
    }

    /// <summary>What <c>float(text)</c> reads.</summary>
    public static double? ParseFloat(string text)
    {
        var trimmed = text.AsSpan().Trim();
        if (Digits(trimmed) is not { } digits) return null;
        var bare = digits.TrimStart(['+', '-']);
        if (digits.Length - bare.Length > 1) return null;
        var sign = digits.StartsWith('-') ? -1.0 : 1.0;
        if (bare.Equals("inf", StringComparison.OrdinalIgnoreCase) || bare.Equals("infinity", StringComparison.OrdinalIgnoreCase)) return sign * double.PositiveInfinity;
        if (bare.Equals("nan", StringComparison.OrdinalIgnoreCase)) return double.NaN;
        if (bare.Length == 0 || !(char.IsAsciiDigit(bare[0]) || bare[0] == '.')) return null;
        return double.TryParse(digits, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    /// <summary>What <c>int(text)</c> reads.</summary>
    public static BigInteger? ParseInt(string text)
    {
        if (Digits(text.AsSpan().Trim()) is not { Length: <= ValueText.MostDigits } digits) return null;
        return BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    /// <summary>The text without its underscores; null where one does not stand between two digits.</summary>
    private static string? Digits(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
            if (text[i] == '_' && (i == 0 || i + 1 == text.Length || !char.IsAsciiDigit(text[i - 1]) || !char.IsAsciiDigit(text[i + 1]))) return null;
        return text.ToString().Replace("_", "", StringComparison.Ordinal);
    }
}
