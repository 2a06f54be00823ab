using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace Vigil.Configuration;

/// <summary>The casts <c>int float str bool</c> of the override grammar; they reach into lists, dicts and sweeps.</summary>
internal static class OverrideCast
{
    /// <summary>Null with a sentence when a value cannot be cast.</summary>
    public static OverrideValue? Of(string type, OverrideValue value, out string? mistake)
    {
        mistake = null;
        switch (value)
        {
            case OverrideValue.Element element: return One(type, element.Value, ref mistake) is { } cast ? new OverrideValue.Element(cast) : null;
            case OverrideValue.Choices choices: return All(type, choices.Items, ref mistake) is { } items ? choices with { Items = items } : null;
            case OverrideValue.Range range when type is "int" or "float":
                var ends = new[] { range.Start, range.Stop, range.Step }.Select(e => Scalar(type, e)).OfType<ScalarValue>().ToArray();
                if (ends is [var start, var stop, var step]) return range with { Start = start, Stop = stop, Step = step };
                break;
            case OverrideValue.Interval interval when type is "int" or "float":
                if (Scalar(type, interval.Start) is { } low && Scalar(type, interval.End) is { } high) return interval with { Start = low, End = high };
                break;
        }
        mistake = value is OverrideValue.Range or OverrideValue.Interval ? $"a range or an interval of numbers cannot be cast with {type}(…)" : $"{type}(…) cannot cast this sweep";
        return null;
    }

    private static HydraValue? One(string type, HydraValue value, ref string? mistake)
    {
        switch (value)
        {
            case HydraValue.List list: return All(type, list.Items, ref mistake) is { } items ? list with { Items = items } : null;
            case HydraValue.Dict dict:
                return All(type, [.. dict.Pairs.Select(static p => p.Value)], ref mistake) is { } values
                    ? dict with { Pairs = [.. dict.Pairs.Select((p, i) => p with { Value = values[i] })] } : null;
        }
        var scalar = value is HydraValue.Plain plain ? plain.Value : new ScalarValue.Text(value.Unquoted!);
        if (Scalar(type, scalar) is { } cast) return cast is ScalarValue.Text text ? new HydraValue.Bare(value.At, text.Value) : new HydraValue.Plain(value.At, cast, PythonText.Of(cast));
        mistake ??= $"{type}(…) cannot cast {value.Text}";
        return null;
    }

    private static ImmutableArray<HydraValue>? All(string type, ImmutableArray<HydraValue> values, ref string? mistake)
    {
        var cast = ImmutableArray.CreateBuilder<HydraValue>(values.Length);
        foreach (var value in values)
        {
            if (One(type, value, ref mistake) is not { } one) return null;
            cast.Add(one);
        }
        return cast.DrainToImmutable();
    }

    private static ScalarValue? Scalar(string type, ScalarValue value) => value is ScalarValue.Null ? null : type switch
    {
        "int" => Whole(value) is { } whole ? new ScalarValue.Whole(whole) : null,
        "float" => Real(value) is { } real ? new ScalarValue.Real(real) : null,
        "str" => new ScalarValue.Text(value is ScalarValue.Bool flag ? flag.Value ? "true" : "false" : PythonText.Of(value)),
        _ => Flag(value) is { } truth ? new ScalarValue.Bool(truth) : null,
    };

    private static BigInteger? Whole(ScalarValue value) => value switch
    {
        ScalarValue.Whole whole => whole.Value,
        ScalarValue.Bool flag => flag.Value ? 1 : 0,
        ScalarValue.Real { Value: var real } when double.IsFinite(real) => new BigInteger(real),
        ScalarValue.Text text when Digits(text.Value) is { } digits && BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
        _ => null,
    };

    private static double? Real(ScalarValue value) => value switch
    {
        ScalarValue.Whole whole => (double)whole.Value,
        ScalarValue.Bool flag => flag.Value ? 1 : 0,
        ScalarValue.Real real => real.Value,
        ScalarValue.Text text => text.Value.Trim().ToUpperInvariant().TrimStart('+') switch
        {
            "INF" or "INFINITY" => double.PositiveInfinity,
            "-INF" or "-INFINITY" => double.NegativeInfinity,
            "NAN" or "-NAN" => double.NaN,
            _ => Digits(text.Value) is { } digits && double.TryParse(digits, NumberStyles.Float & ~NumberStyles.AllowTrailingWhite & ~NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) ? real : null,
        },
        _ => null,
    };

    private static bool? Flag(ScalarValue value) => value switch
    {
        ScalarValue.Bool flag => flag.Value,
        ScalarValue.Whole whole => !whole.Value.IsZero,
        ScalarValue.Real real => real.Value != 0,
        ScalarValue.Text text when text.Value.Equals("true", StringComparison.OrdinalIgnoreCase) => true,
        ScalarValue.Text text when text.Value.Equals("false", StringComparison.OrdinalIgnoreCase) => false,
        _ => null,
    };

    /// <summary>Python reads single underscores between digits, and blanks around; anything else in a number's text stops the cast. Null then.</summary>
    private static string? Digits(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Length is 0 or > 1000) return null;
        for (var i = 0; i < trimmed.Length; i++)
            if (trimmed[i] == '_' && !(i > 0 && i + 1 < trimmed.Length && char.IsAsciiDigit(trimmed[i - 1]) && char.IsAsciiDigit(trimmed[i + 1]))) return null;
        return trimmed.Replace("_", "", StringComparison.Ordinal);
    }
}
