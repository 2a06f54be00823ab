using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Vigil.Configuration.Megatron;

/// <summary>Numbers as configurations write them: <c>6_000_000_000</c> and <c>6e9</c> are whole.</summary>
internal static partial class MegatronNumber
{
    private const int MostDigits = 40;

    /// <summary>Null when it is no whole number.</summary>
    public static BigInteger? Whole(ConfigNode.Scalar scalar) => scalar.Value switch
    {
        ScalarValue.Whole { Value: var whole } when scalar.Style is not ScalarStyle.Plain || !YamlScalar.IsSurprisingNumber(scalar.Text) => whole,
        ScalarValue.Real or ScalarValue.Text => Exact(Digits(scalar)),
        _ => null,
    };

    /// <summary>Every digit counts: <c>1e-30</c> is no 0, and <c>1.50e1</c> is 15.</summary>
    private static BigInteger? Exact(string text)
    {
        if (Decimal.Match(text) is not { Success: true } parts || !int.TryParse(parts.Groups["power"] is { Success: true } power ? power.ValueSpan : "0", NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)) return null;
        var fraction = parts.Groups["fraction"].Value.TrimEnd('0');
        var digits = parts.Groups["whole"].Value + fraction;
        if (digits.AsSpan().TrimStart('0').IsEmpty) return digits.Length > 0 || parts.Groups["fraction"].Length > 0 ? BigInteger.Zero : null;
        var zeros = (long)exponent - fraction.Length;
        if (zeros < 0 && fraction.Length == 0 && digits.Length - digits.TrimEnd('0').Length is var spare && -zeros <= spare) (digits, zeros) = (digits[..^(int)-zeros], 0);
        if (zeros < 0 || digits.Length + zeros > MostDigits) return null;
        var number = BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture) * BigInteger.Pow(10, (int)zeros);
        return text[0] == '-' ? -number : number;
    }

    /// <summary>Null when it is no number.</summary>
    public static double? Real(ConfigNode.Scalar scalar) => scalar.Value switch
    {
        ScalarValue.Bool or ScalarValue.Null or ScalarValue.Missing => null,
        _ when scalar.Style is ScalarStyle.Plain && YamlScalar.IsSurprisingNumber(scalar.Text) => null,
        ScalarValue.Whole { Value: var whole } => (double)whole,
        ScalarValue.Real { Value: var real } => real,
        _ => double.TryParse(Digits(scalar), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
    };

    /// <summary>As Megatron reads a real number: as it was written, where Python reads that too.</summary>
    public static string? RealText(ConfigNode.Scalar scalar) => Real(scalar) switch
    {
        null => null,
        var real when !double.IsFinite(real.Value) => double.IsNaN(real.Value) ? "nan" : real > 0 ? "inf" : "-inf",
        var real => scalar.Value is ScalarValue.Whole { Value: var whole } ? whole.ToString(CultureInfo.InvariantCulture) : scalar.Text,
    };

    [GeneratedRegex(@"^[+-]?(?<whole>[0-9]*)(?:\.(?<fraction>[0-9]*))?(?:[eE](?<power>[+-]?[0-9]+))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Decimal { get; }

    private static string Digits(ConfigNode.Scalar scalar) => scalar.Text.Replace("_", "", StringComparison.Ordinal);
}
