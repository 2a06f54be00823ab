using System.Collections.Immutable;
using System.Numerics;

namespace Vigil.Configuration.Expressions;

/// <summary>The functions and methods of rows and mappings, with Python's results.</summary>
internal static class RowFunctions
{
    public static Value? Len(Value[] arguments, Evaluation run, int column) => arguments[0] switch
    {
        Value.Row { Items.Length: var length } => new Value.Whole(length),
        Value.Table { Entries.Length: var length } => new Value.Whole(length),
        Value.Text { Word: var word } => run.Spend(column, word.Length / 64) ? new Value.Whole(CodePoints.Length(word)) : null,
        var value => run.Fail(column, $"{value.KindName} has no length"),
    };

    /// <summary>The first that no other is better than.</summary>
    public static Value? Best(Value[] arguments, ComparisonKind better, Evaluation run, int column)
    {
        IReadOnlyList<Value>? items = arguments.Length == 1 ? ExpressionFunctions.Items(arguments[0], run, column) : arguments;
        if (items is null) return null;
        if (items.Count == 0) return run.Fail(column, "an empty row has neither least nor most");
        var best = items[0];
        for (var i = 1; i < items.Count; i++)
        {
            if (Comparison.Holds(better, items[i], best, run, column) is not { } isBetter) return null;
            if (isBetter) best = items[i];
        }
        return best;
    }

    public static Value? Sum(Value[] arguments, Evaluation run, int column)
    {
        if (ExpressionFunctions.Items(arguments[0], run, column) is not { } items) return null;
        Value total = arguments.Length > 1 ? arguments[1] : new Value.Whole(BigInteger.Zero);
        if (total is Value.Text) return run.Fail(column, "texts are not summed", "''.join(row)");
        foreach (var item in items)
        {
            if (Arithmetic.Apply(Operator.Add, total, item, run, column) is not { } next) return null;
            total = next;
        }
        return total;
    }

    public static Value? Sorted(Value[] arguments, Evaluation run, int column)
    {
        if (ExpressionFunctions.Items(arguments[0], run, column) is not { } items) return null;
        // Merged by hand: .NET's sort is not stable and may throw when the order is none (a NaN among numbers).
        var (from, to) = (items.ToArray(), new Value[items.Count]);
        for (var width = 1; width < from.Length; width *= 2)
        {
            for (var low = 0; low < from.Length; low += 2 * width)
                if (!Merge(from, to, low, Math.Min(low + width, from.Length), Math.Min(low + 2 * width, from.Length), run, column)) return null;
            (from, to) = (to, from);
        }
        return new Value.Row(RowKind.List, [.. from]);
    }

    private static bool Merge(Value[] from, Value[] to, int low, int middle, int high, Evaluation run, int column)
    {
        var (left, right) = (low, middle);
        for (var i = low; i < high; i++)
        {
            var takesRight = left >= middle;
            if (left < middle && right < high)
            {
                if (Comparison.Holds(ComparisonKind.Less, from[right], from[left], run, column) is not { } isLess) return false;
                takesRight = isLess;
            }
            to[i] = from[takesRight ? right++ : left++];
        }
        return true;
    }

    public static Value? Reversed(Value[] arguments, Evaluation run, int column) =>
        ExpressionFunctions.Items(arguments[0], run, column) is { } items ? new Value.Row(RowKind.List, [.. items.Reverse()]) : null;

    public static Value? Range(Value[] arguments, Evaluation run, int column)
    {
        var bounds = new BigInteger[arguments.Length];
        for (var i = 0; i < bounds.Length; i++)
        {
            if (Arithmetic.AsWhole(arguments[i]) is not { } whole) return run.Fail(column, $"a range is made of ints, not of {arguments[i].KindName}");
            bounds[i] = whole;
        }
        var (start, stop, step) = bounds switch { [var last] => (0, last, 1), [var first, var last] => (first, last, 1), _ => (bounds[0], bounds[1], bounds[2]) };
        if (step.IsZero) return run.Fail(column, "a range cannot step by zero");
        var count = BigInteger.Max(0, PythonNumbers.FloorDivide(stop - start + step - step.Sign, step));
        if (!Arithmetic.HasRoom(count > Evaluation.MostItems ? long.MaxValue : (long)count, run, column) || !run.Spend(column, (int)count)) return null;
        var items = ImmutableArray.CreateBuilder<Value>((int)count);
        for (var i = 0; i < (int)count; i++) items.Add(new Value.Whole(start + i * step));
        return new Value.Row(RowKind.List, items.MoveToImmutable());
    }

    public static Value? Row(RowKind kind, Value[] arguments, Evaluation run, int column)
    {
        if (arguments.Length == 0) return new Value.Row(kind, []);
        if (ExpressionFunctions.Items(arguments[0], run, column) is not { } items) return null;
        if (kind is not RowKind.Set) return new Value.Row(kind, [.. items]);
        var unique = ImmutableArray.CreateBuilder<Value>();
        foreach (var item in items)
        {
            if (!Comparison.IsKey(item, run, column) || !run.Spend(column, unique.Count + 1)) return null;
            if (!unique.Any(known => Comparison.Equal(known, item, run, column))) unique.Add(item);
        }
        return new Value.Row(kind, unique.DrainToImmutable());
    }

    public static Value? Zip(Value[] arguments, Evaluation run, int column)
    {
        var rows = new List<IReadOnlyList<Value>>();
        foreach (var argument in arguments)
        {
            if (ExpressionFunctions.Items(argument, run, column) is not { } items) return null;
            rows.Add(items);
        }
        var count = rows.Min(static r => r.Count);
        return Arithmetic.HasRoom((long)count * rows.Count, run, column) && run.Spend(column, count * rows.Count)
            ? new Value.Row(RowKind.List, [.. Enumerable.Range(0, count).Select(i => new Value.Row(RowKind.Tuple, [.. rows.Select(r => r[i])]))]) : null;
    }

    public static Value? Enumerate(Value[] arguments, Evaluation run, int column) => ExpressionFunctions.Items(arguments[0], run, column) is { } items
        ? new Value.Row(RowKind.List, [.. items.Select(static (item, i) => new Value.Row(RowKind.Tuple, [new Value.Whole(i), item]))]) : null;

    public static Value? Index(Value[] arguments, Evaluation run, int column)
    {
        if (arguments[0] is not Value.Row { Kind: not RowKind.Set, Items: var items }) return run.Fail(column, $"{arguments[0].KindName} is searched with 'in'");
        for (var i = 0; i < items.Length; i++)
            if (!run.Spend(column, 1)) return null;
            else if (Comparison.Equal(items[i], arguments[1], run, column)) return new Value.Whole(i);
        return run.Fail(column, $"{ValueText.Short(arguments[1])} is not in the row");
    }

    public static Value? Get(Value[] arguments, Evaluation run, int column)
    {
        if (arguments[0] is not Value.Table table) return run.Fail(column, $"{arguments[0].KindName} is no mapping");
        return Comparison.Find(table, arguments[1], run, column) ?? (arguments.Length > 2 ? arguments[2] : Value.None.Instance);
    }

    public static Value? Parts(Value[] arguments, Func<TableEntry, Value> part, Evaluation run, int column)
    {
        if (arguments[0] is not Value.Table { Entries: var entries }) return run.Fail(column, $"{arguments[0].KindName} is no mapping");
        return run.Spend(column, entries.Length) ? new Value.Row(RowKind.List, [.. entries.Select(part)]) : null;
    }
}
