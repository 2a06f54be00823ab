using System.Globalization;
using System.Text;

namespace Vigil.Configuration;

/// <summary>The text Python gives a value. Names and commands are built with it, so that they read as they do elsewhere: <c>1e-05</c>, <c>True</c>.</summary>
public static class PythonText
{
    /// <summary>What <c>str()</c> gives.</summary>
    public static string Of(ScalarValue value) => value switch
    {
        ScalarValue.Null => "None",
        ScalarValue.Missing => "???",
        ScalarValue.Bool { Value: var flag } => flag ? "True" : "False",
        ScalarValue.Whole { Value: var whole } => whole.ToString(CultureInfo.InvariantCulture),
        ScalarValue.Real { Value: var real } => Of(real),
        ScalarValue.Text { Value: var text } => text,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>What <c>str()</c> gives a float: the shortest digits that read back, with an exponent below 1e-4 and from 1e16.</summary>
    public static string Of(double value)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        var (sign, digits, exponent) = Split(value.ToString("R", CultureInfo.InvariantCulture));
        return sign + (exponent is < -4 or >= 16 ? Scientific(digits, exponent) : Positional(digits, exponent));
    }

    /// <summary>Reads what <see cref="Of(double)"/> wrote.</summary>
    internal static double ParseReal(string text) => text switch
    {
        "nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    /// <summary>What <c>repr()</c> gives a tree; texts inside stay as they are written, <c>${…}</c> included.</summary>
    public static string Repr(ConfigNode node)
    {
        var text = new StringBuilder();
        Repr(node, text);
        return text.ToString();
    }

    /// <summary>Takes .NET's shortest form apart: significant digits, and the power of ten of the first of them.</summary>
    private static (string Sign, string Digits, int Exponent) Split(string shortest)
    {
        var sign = shortest[0] == '-' ? "-" : "";
        var e = shortest.IndexOf('E', StringComparison.Ordinal);
        var mantissa = shortest[sign.Length..(e < 0 ? shortest.Length : e)];
        var power = e < 0 ? 0 : int.Parse(shortest.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var all = mantissa.Replace(".", "", StringComparison.Ordinal);
        var digits = all.TrimStart('0');
        if (digits.Length == 0) return (sign, "0", 0);
        return (sign, digits.TrimEnd('0'), (point < 0 ? mantissa.Length : point) - (all.Length - digits.Length) - 1 + power);
    }

    private static string Scientific(string digits, int exponent) =>
        string.Create(CultureInfo.InvariantCulture, $"{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");

    private static string Positional(string digits, int exponent)
    {
        if (exponent < 0) return "0." + new string('0', -exponent - 1) + digits;
        if (digits.Length <= exponent + 1) return digits + new string('0', exponent + 1 - digits.Length) + ".0";
        return digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }

    private static void Repr(ConfigNode node, StringBuilder text)
    {
        switch (node)
        {
            case ConfigNode.Scalar scalar:
                text.Append(ScalarValue.Of(scalar) is ScalarValue.Text or ScalarValue.Missing ? Quote(scalar.Text) : Of(ScalarValue.Of(scalar)));
                break;
            case ConfigNode.Sequence list:
                text.Append('[');
                for (var i = 0; i < list.Items.Length; i++) { if (i > 0) text.Append(", "); Repr(list.Items[i], text); }
                text.Append(']');
                break;
            case ConfigNode.Mapping map:
                text.Append('{');
                for (var i = 0; i < map.Entries.Length; i++)
                {
                    if (i > 0) text.Append(", ");
                    text.Append(map.Entries[i].Kind is KeyKind.Text ? Quote(map.Entries[i].Key) : map.Entries[i].Key).Append(": ");
                    Repr(map.Entries[i].Value, text);
                }
                text.Append('}');
                break;
        }
    }

    private static string Quote(string text)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var quoted = new StringBuilder().Append(quote);
        foreach (var rune in text.EnumerateRunes())
            _ = rune.Value switch
            {
                '\\' => quoted.Append(@"\\"),
                '\n' => quoted.Append(@"\n"),
                '\r' => quoted.Append(@"\r"),
                '\t' => quoted.Append(@"\t"),
                _ when rune.Value == quote => quoted.Append('\\').Append(quote),
                ' ' => quoted.Append(' '),
                _ when IsPrintable(rune) => quoted.Append(rune),
                < 0x100 => quoted.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                < 0x10000 => quoted.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                _ => quoted.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
            };
        return quoted.Append(quote).ToString();
    }

    /// <summary>What Python writes as it is; the rest it escapes.</summary>
    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
