using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Vigil.Configuration;

/// <summary>Types bare text as Hydra does, which is narrower than YAML: <c>yes</c>, <c>0x1F</c> and <c>1:30</c> are text.</summary>
internal static partial class HydraScalar
{
    private const int LongestNumber = 10_000;

    /// <summary>A node that YAML's typing reads as what Hydra means; the text stays as written where both agree.</summary>
    public static ConfigNode.Scalar Read(SourceSpan at, string text) =>
        Type(text) is var value && value is ScalarValue.Text ? TextNode(at, text) : Node(at, value, text);

    public static ConfigNode.Scalar Node(SourceSpan at, ScalarValue value, string written) =>
        new(at, YamlScalar.Read(written) == value ? written : YamlText.Of(value), ScalarStyle.Plain);

    public static ConfigNode.Scalar TextNode(SourceSpan at, string text) => new(at, text, text == "???" ? ScalarStyle.Plain : ScalarStyle.Quoted);

    public static ScalarValue Type(string text)
    {
        if (text.Equals("null", StringComparison.OrdinalIgnoreCase)) return ScalarValue.Null.Instance;
        if (text.Equals("true", StringComparison.OrdinalIgnoreCase)) return ScalarValue.Bool.True;
        if (text.Equals("false", StringComparison.OrdinalIgnoreCase)) return ScalarValue.Bool.False;
        // Reading a whole number takes time that grows with the square of its length.
        if (text.Length > LongestNumber) return new ScalarValue.Text(text);
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
