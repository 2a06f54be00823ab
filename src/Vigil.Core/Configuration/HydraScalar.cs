using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Vigil.Configuration;

/// <summary>Types bare text as Hydra does, which is narrower than YAML: <c>yes</c>, <c>0x1F</c> and <c>1:30</c> are text.</summary>
internal static partial class HydraScalar
{
    /// <summary>A node that YAML's typing reads as what Hydra means; the text stays as written where both agree.</summary>
    public static ConfigNode.Scalar Read(SourceSpan at, string text)
    {
        var value = Type(text);
        if (value is ScalarValue.Text) return new(at, text, text == "???" ? ScalarStyle.Plain : ScalarStyle.Quoted);
        return new(at, YamlScalar.Read(text) == value ? text : YamlText.Of(value), ScalarStyle.Plain);
    }

    private static ScalarValue Type(string text)
    {
        if (text.Equals("null", StringComparison.OrdinalIgnoreCase)) return ScalarValue.Null.Instance;
        if (text.Equals("true", StringComparison.OrdinalIgnoreCase)) return ScalarValue.Bool.True;
        if (text.Equals("false", StringComparison.OrdinalIgnoreCase)) return ScalarValue.Bool.False;
        if (WholeForm.IsMatch(text)) return new ScalarValue.Whole(BigInteger.Parse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        if (!RealForm.IsMatch(text)) return new ScalarValue.Text(text);
        return new ScalarValue.Real(text.TrimStart('+', '-').ToUpperInvariant() switch
        {
            "INF" => text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
            "NAN" => double.NaN,
            _ => double.Parse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture),
        });
    }

    [GeneratedRegex(@"^[+-]?(?:0|[1-9](?:_?[0-9])*)\z", RegexOptions.CultureInvariant)]
    private static partial Regex WholeForm { get; }

    [GeneratedRegex(@"^[+-]?(?:(?:(?:0|[1-9](?:_?[0-9])*)?\.[0-9](?:_?[0-9])*|(?:0|[1-9](?:_?[0-9])*)\.?)(?:[eE][+-]?[0-9](?:_?[0-9])*)?|[iI][nN][fF]|[nN][aA][nN])\z", RegexOptions.CultureInvariant)]
    private static partial Regex RealForm { get; }
}
