using System.Numerics;

namespace Vigil.Configuration.Expressions;

internal enum ComparisonKind { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, In, NotIn, Is, IsNot }

/// <summary>Python's comparisons.</summary>
internal static class Comparison
{
    public static bool? Holds(ComparisonKind kind, Value a, Value b, Evaluation run, int column)
    {
        if (!run.Spend(column, 1)) return null;
        return kind switch
        {
            ComparisonKind.Equal => Equal(a, b, run, column),
            ComparisonKind.NotEqual => !Equal(a, b, run, column),
            ComparisonKind.In => Contains(b, a, run, column),
            ComparisonKind.NotIn => !Contains(b, a, run, column),
            ComparisonKind.Is => IsSame(a, b),
            ComparisonKind.IsNot => !IsSame(a, b),
            _ => Ordered(kind, a, b, run, column),
        };
    }

    public static bool Equal(Value a, Value b, Evaluation run, int column)
    {
        if (a is Value.Whole x && b is Value.Whole y) return x.Number == y.Number;
        if (Number(a) is not null && Number(b) is not null) return Order(a, b) == 0;
        switch (a, b)
        {
            case (Value.Text s, Value.Text t): return run.Spend(column, s.Word.Length / 64) && s.Word == t.Word;
            case (Value.None, Value.None): return true;
            case (Value.Row r, Value.Row l) when r.Kind == l.Kind && r.Items.Length == l.Items.Length:
                if (!run.Spend(column, r.Items.Length)) return false;
                if (r.Kind is RowKind.Set) return r.Items.All(i => Contains(l, i, run, column) is true);
                for (var i = 0; i < r.Items.Length; i++)
                    if (!Equal(r.Items[i], l.Items[i], run, column)) return false;
                return true;
            case (Value.Table m, Value.Table n) when m.Entries.Length == n.Entries.Length:
                if (!run.Spend(column, m.Entries.Length)) return false;
                return m.Entries.All(e => Find(n, e.Key, run, column) is { } other && Equal(e.Item, other, run, column));
            default: return false;
        }
    }

    /// <summary>Whether Python would take a value as a key; notes the mistake when not.</summary>
    public static bool IsKey(Value value, Evaluation run, int column)
    {
        if (value is Value.Row { Kind: RowKind.Tuple, Items: var items }) return run.Spend(column, items.Length) && items.All(item => IsKey(item, run, column));
        if (value is not (Value.Row or Value.Table)) return true;
        run.Fail(column, $"{value.KindName} cannot be a key");
        return false;
    }

    /// <summary>The item under a key.</summary>
    public static Value? Find(Value.Table table, Value key, Evaluation run, int column)
    {
        if (!IsKey(key, run, column) || !run.Spend(column, table.Entries.Length)) return null;
        foreach (var entry in table.Entries)
            if (Equal(entry.Key, key, run, column)) return entry.Item;
        return null;
    }

    public static bool? Contains(Value holder, Value sought, Evaluation run, int column)
    {
        switch (holder)
        {
            case Value.Row row:
                if ((row.Kind is RowKind.Set && !IsKey(sought, run, column)) || !run.Spend(column, row.Items.Length)) return null;
                foreach (var item in row.Items)
                    if (Equal(item, sought, run, column) || ReferenceEquals(item, sought)) return true;
                return false;
            case Value.Table table: return Find(table, sought, run, column) is not null;
            case Value.Text text when sought is Value.Text word: return run.Spend(column, text.Word.Length / 64) ? text.Word.Contains(word.Word, StringComparison.Ordinal) : null;
            case Value.Text:
                run.Fail(column, $"only a text can be in a text, not {sought.KindName}", "put str(…) around it");
                return null;
            default:
                run.Fail(column, $"nothing can be in {holder.KindName}", "after 'in' stands a list, a tuple, a mapping or a text");
                return null;
        }
    }

    /// <summary>Where a sorts against b; null when they have no order (a NaN), with a mistake when they are of kinds that never have one.</summary>
    public static int? Order(Value a, Value b, Evaluation run, int column)
    {
        if (Number(a) is not null && Number(b) is not null) return Order(a, b);
        switch (a, b)
        {
            case (Value.Text s, Value.Text t): return run.Spend(column, s.Word.Length / 64) ? CodePoints.Compare(s.Word, t.Word) : null;
            case (Value.Row r, Value.Row l) when r.Kind == l.Kind && r.Kind is not RowKind.Set:
                if (!run.Spend(column, r.Items.Length)) return null;
                for (var i = 0; i < r.Items.Length && i < l.Items.Length; i++)
                    if (!Equal(r.Items[i], l.Items[i], run, column)) return run.Mistake is null ? Order(r.Items[i], l.Items[i], run, column) : null;
                return r.Items.Length.CompareTo(l.Items.Length);
            default:
                run.Fail(column, $"{a.KindName} and {b.KindName} have no order", a is Value.Text || b is Value.Text ? "a text is turned into a number by int(…) or float(…)" : null);
                return null;
        }
    }

    private static bool? Ordered(ComparisonKind kind, Value a, Value b, Evaluation run, int column)
    {
        var order = Order(a, b, run, column);
        if (run.Mistake is not null) return null;
        return kind switch
        {
            ComparisonKind.Less => order < 0,
            ComparisonKind.LessOrEqual => order <= 0,
            ComparisonKind.Greater => order > 0,
            _ => order >= 0,
        };
    }

    private static bool IsSame(Value a, Value b) => (a, b) switch
    {
        (Value.None, Value.None) => true,
        (Value.Bool x, Value.Bool y) => x.Flag == y.Flag,
        _ => false,
    };

    /// <summary>A bool is a number too; null for what is none.</summary>
    private static Value? Number(Value value) => value is Value.Whole or Value.Real or Value.Bool ? value : null;

    private static int? Order(Value a, Value b) => (a, b) switch
    {
        (Value.Real { Number: var x }, Value.Real { Number: var y }) => double.IsNaN(x) || double.IsNaN(y) ? null : x.CompareTo(y),
        (Value.Real { Number: var x }, _) => -Order(Arithmetic.AsWhole(b)!.Value, x),
        (_, Value.Real { Number: var y }) => Order(Arithmetic.AsWhole(a)!.Value, y),
        _ => Arithmetic.AsWhole(a)!.Value.CompareTo(Arithmetic.AsWhole(b)!.Value),
    };

    /// <summary>Exact: a large whole number is not rounded before it is compared.</summary>
    private static int? Order(BigInteger whole, double real)
    {
        if (double.IsNaN(real)) return null;
        if (double.IsInfinity(real)) return real > 0 ? -1 : 1;
        var floor = Math.Floor(real);
        var order = whole.CompareTo(new BigInteger(floor));
        return order == 0 && floor != real ? -1 : order;
    }
}
