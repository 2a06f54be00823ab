using System.Collections.Immutable;

namespace Vigil.Configuration;

/// <summary>Which way a sweep is sorted.</summary>
internal enum SortDirection { Up, Down }

/// <summary>Sorts the values of a sweep as Python does: numbers by size, texts by code point, and never one with the other.</summary>
internal static class SweepSorting
{
    /// <summary>Null when the values cannot be compared.</summary>
    public static ImmutableArray<HydraValue>? Sort(ImmutableArray<HydraValue> items, SortDirection order)
    {
        var byText = items.All(static i => i is HydraValue.Bare);
        if (!byText && !items.All(static i => Size(i) is not null)) return items.Length < 2 ? items : null;
        Comparison<HydraValue> compare = byText
            ? static (a, b) => CompareText(a.Unquoted!, b.Unquoted!)
            : static (a, b) => Size(a)!.Value.CompareTo(Size(b)!.Value);
        // The sort must be stable in both directions.
        var comparer = Comparer<HydraValue>.Create(order is SortDirection.Up ? compare : (a, b) => compare(b, a));
        return [.. items.Order(comparer)];
    }

    /// <summary>A range that runs the wrong way starts at its last value and goes back.</summary>
    public static OverrideValue.Range Sort(OverrideValue.Range range, SortDirection order)
    {
        var falls = range.Step is ScalarValue.Whole { Value.Sign: < 0 } or ScalarValue.Real { Value: < 0 };
        var values = SweepExpansion.Of(range with { Order = SweepOrder.AsWritten }, [], 0).Values;
        if (falls == order is SortDirection.Down || values.Length < 2) return range;
        var (first, second, last) = (Value(values[0]), Value(values[1]), Value(values[^1]));
        return (first, second, last) switch
        {
            (ScalarValue.Whole a, ScalarValue.Whole b, ScalarValue.Whole z) => range with { Start = z, Stop = new ScalarValue.Whole(a.Value + a.Value - b.Value), Step = new ScalarValue.Whole(a.Value - b.Value) },
            (ScalarValue.Real a, _, ScalarValue.Real z) when range.Step is ScalarValue.Real step => range with { Start = z, Stop = new ScalarValue.Real(a.Value - step.Value), Step = new ScalarValue.Real(-step.Value) },
            _ => range,
        };
    }

    private static ScalarValue Value(HydraValue value) => ((HydraValue.Plain)value).Value;

    private static double? Size(HydraValue value) => value switch
    {
        HydraValue.Plain { Value: ScalarValue.Whole whole } => (double)whole.Value,
        HydraValue.Plain { Value: ScalarValue.Real real } => real.Value,
        HydraValue.Plain { Value: ScalarValue.Bool flag } => flag.Value ? 1 : 0,
        _ => null,
    };

    /// <summary>Ordinal order of UTF-16 differs from that of code points where surrogates come in.</summary>
    private static int CompareText(string a, string b)
    {
        var (left, right) = (a.EnumerateRunes(), b.EnumerateRunes());
        while (true)
        {
            var (more, most) = (left.MoveNext(), right.MoveNext());
            if (!more || !most) return more.CompareTo(most);
            if (left.Current != right.Current) return left.Current.CompareTo(right.Current);
        }
    }
}
