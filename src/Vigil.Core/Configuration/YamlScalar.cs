using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Vigil.Configuration;

/// <summary>Types a plain scalar by YAML 1.1 with OmegaConf's wider floats and without timestamps.</summary>
public static partial class YamlScalar
{
    public static ScalarValue Read(string text)
    {
        if (text.Length == 0) return ScalarValue.Null.Instance;
        var first = text[0];
        if (char.IsAsciiLetter(first) || first == '~') return Word(text);
        if (first is not ((>= '0' and <= '9') or '-' or '+' or '.' or '?')) return new ScalarValue.Text(text);
        if (text == "???") return ScalarValue.Missing.Instance;
        if (text.Length < 18 && first is >= '1' and <= '9' && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var small)) return new ScalarValue.Whole(small);
        if (IntForm.IsMatch(text)) return TryInt(text, out var whole) ? new ScalarValue.Whole(whole) : new ScalarValue.Text(text);
        if (FloatForm.IsMatch(text)) return TryFloat(text, out var real) ? new ScalarValue.Real(real) : new ScalarValue.Text(text);
        return new ScalarValue.Text(text);
    }

    /// <summary>Whether YAML takes a plain scalar for a number that has no digits, or more than Python reads.</summary>
    public static bool IsBroken(string text) =>
        text.Length > 1 && text[0] is (>= '0' and <= '9') or '-' or '+' or '.' && Read(text) is ScalarValue.Text && (IntForm.IsMatch(text) || FloatForm.IsMatch(text));

    /// <summary>Whether a plain scalar is a number that its writer hardly meant: <c>1:30</c> is 90 and <c>017</c> is 15.</summary>
    public static bool IsSurprisingNumber(string text) =>
        text.Length > 1 && SurprisingForm.IsMatch(text) && Read(text) is ScalarValue.Whole or ScalarValue.Real;

    private static ScalarValue Word(string text) => text switch
    {
        "~" or "null" or "Null" or "NULL" => ScalarValue.Null.Instance,
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => ScalarValue.Bool.True,
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => ScalarValue.Bool.False,
        _ => new ScalarValue.Text(text),
    };

    private static bool TryInt(string text, out BigInteger value)
    {
        var digits = text.Replace("_", "", StringComparison.Ordinal);
        var negative = digits[0] == '-';
        if (digits[0] is '-' or '+') digits = digits[1..];
        var ok = digits switch
        {
            "0" => Yes(BigInteger.Zero, out value),
            ['0', 'b', .. var bits] => TryRadix(bits, 2, out value),
            ['0', 'x', .. var hex] => TryRadix(hex, 16, out value),
            ['0', .. var octal] => TryRadix(octal, 8, out value),
            _ when digits.Contains(':', StringComparison.Ordinal) => TrySexagesimal(digits, out value),
            { Length: > MaxDigits } => No(out value),
            _ => BigInteger.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value),
        };
        if (negative) value = -value;
        return ok;
    }

    /// <summary>Python refuses to read longer ones.</summary>
    private const int MaxDigits = 4300;

    private static bool No(out BigInteger value) { value = default; return false; }

    private static bool Yes(BigInteger given, out BigInteger value) { value = given; return true; }

    private static bool TryRadix(string digits, int radix, out BigInteger value)
    {
        value = BigInteger.Zero;
        if (digits.Length is 0 or > MaxDigits) return false;
        foreach (var digit in digits) value = value * radix + Convert.ToInt32(digit.ToString(), 16);
        return true;
    }

    private static bool TrySexagesimal(string digits, out BigInteger value)
    {
        value = BigInteger.Zero;
        if (digits.Length > MaxDigits) return false;
        foreach (var part in digits.Split(':')) value = value * 60 + BigInteger.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture);
        return true;
    }

    private static bool TryFloat(string text, out double value)
    {
        var digits = text.Replace("_", "", StringComparison.Ordinal);
        var sign = digits[0] == '-' ? -1.0 : 1.0;
        var bare = digits[0] is '-' or '+' ? digits[1..] : digits;
        if (bare is ".inf" or ".Inf" or ".INF") { value = sign * double.PositiveInfinity; return true; }
        if (bare is ".nan" or ".NaN" or ".NAN") { value = double.NaN; return true; }
        if (!bare.Contains(':', StringComparison.Ordinal)) return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        value = 0;
        foreach (var part in bare.Split(':'))
        {
            if (!double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
            value = value * 60 + number;
        }
        value *= sign;
        return true;
    }

    [GeneratedRegex(@"^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex IntForm { get; }

    [GeneratedRegex(@"^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+|\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\z", RegexOptions.CultureInvariant)]
    private static partial Regex FloatForm { get; }

    [GeneratedRegex(@"^[-+]?(?:0[0-7_]+|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex SurprisingForm { get; }
}
