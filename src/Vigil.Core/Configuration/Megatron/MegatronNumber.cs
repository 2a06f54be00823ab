using System.Globalization;
using System.Numerics;

namespace Vigil.Configuration.Megatron;

/// <summary>Numbers as configurations write them: <c>6_000_000_000</c> and <c>6e9</c> are whole.</summary>
internal static class MegatronNumber
{
    /// <summary>Null when it is no whole number.</summary>
    public static BigInteger? Whole(ConfigNode.Scalar scalar) => scalar.Value switch
    {
        ScalarValue.Whole { Value: var whole } when scalar.Style is not ScalarStyle.Plain || !YamlScalar.IsSurprisingNumber(scalar.Text) => whole,
        ScalarValue.Real or ScalarValue.Text when decimal.TryParse(Digits(scalar), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && decimal.IsInteger(number) => new BigInteger(number),
        _ => null,
    };

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

    private static string Digits(ConfigNode.Scalar scalar) => scalar.Text.Replace("_", "", StringComparison.Ordinal);
}
