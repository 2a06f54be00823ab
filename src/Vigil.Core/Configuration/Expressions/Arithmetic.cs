using System.Collections.Immutable;
using System.Numerics;

namespace Vigil.Configuration.Expressions;

internal enum Operator { Add, Subtract, Multiply, Divide, FloorDivide, Modulo, Power }

/// <summary>Python's operators: whole numbers of any size, true division, floors, and texts and lists that add up and repeat.</summary>
internal static class Arithmetic
{
    public static Value? Apply(Operator op, Value a, Value b, Evaluation run, int column)
    {
        if (!run.Spend(column, 1)) return null;
        if (a is Value.Whole x && b is Value.Whole y) return Wholes(op, x.Number, y.Number, run, column);
        if (AsWhole(a) is { } m && AsWhole(b) is { } n) return Wholes(op, m, n, run, column);
        if (IsNumber(a) && IsNumber(b))
        {
            if (AsReal(a) is not { } p || AsReal(b) is not { } q) return run.Fail(column, "this whole number is too large for a float");
            return Reals(op, p, q, run, column);
        }
        return (op, a, b) switch
        {
            (Operator.Add, Value.Text s, Value.Text t) => Joined(s, t, run, column),
            (Operator.Add, Value.Row r, Value.Row l) when r.Kind == l.Kind && r.Kind is not RowKind.Set => Joined(r, l, run, column),
            (Operator.Multiply, Value.Text s, _) when AsWhole(b) is { } times => Repeated(s, times, run, column),
            (Operator.Multiply, _, Value.Text t) when AsWhole(a) is { } times => Repeated(t, times, run, column),
            (Operator.Multiply, Value.Row { Kind: not RowKind.Set } r, _) when AsWhole(b) is { } times => Repeated(r, times, run, column),
            (Operator.Multiply, _, Value.Row { Kind: not RowKind.Set } l) when AsWhole(a) is { } times => Repeated(l, times, run, column),
            _ => run.Fail(column, $"'{Symbol(op)}' does not take {a.KindName} and {b.KindName}", Remedy(op, a, b)),
        };
    }

    public static Value? Negate(Value value, Evaluation run, int column) => value switch
    {
        Value.Real { Number: var real } => new Value.Real(-real),
        _ when AsWhole(value) is { } whole => new Value.Whole(-whole),
        _ => run.Fail(column, $"'-' does not take {value.KindName}"),
    };

    /// <summary>A bool counts as 0 or 1; null for what is no whole number.</summary>
    public static BigInteger? AsWhole(Value value) => value switch
    {
        Value.Whole { Number: var whole } => whole,
        Value.Bool { Flag: var flag } => flag ? BigInteger.One : BigInteger.Zero,
        _ => null,
    };

    /// <summary>Null for what is no number, and for a whole number beyond the floats.</summary>
    public static double? AsReal(Value value) => value is Value.Real { Number: var real } ? real : AsWhole(value) is { } whole ? PythonNumbers.ToDouble(whole) : null;

    public static bool IsNumber(Value value) => value is Value.Whole or Value.Real or Value.Bool;

    public static string Symbol(Operator op) => op switch
    {
        Operator.Add => "+",
        Operator.Subtract => "-",
        Operator.Multiply => "*",
        Operator.Divide => "/",
        Operator.FloorDivide => "//",
        Operator.Modulo => "%",
        _ => "**",
    };

    private static string? Remedy(Operator op, Value a, Value b) => (op, a, b) switch
    {
        (Operator.Modulo, Value.Text, _) => "texts are not formatted here; write str(…) + …",
        (Operator.Add, Value.Text, _) or (Operator.Add, _, Value.Text) => "put str(…) around the number, or int(…) around the text",
        (_, Value.Text, _) or (_, _, Value.Text) => "a text is turned into a number by int(…) or float(…)",
        _ => null,
    };

    private static Value? Wholes(Operator op, BigInteger a, BigInteger b, Evaluation run, int column)
    {
        if (op is Operator.Power) return Power(a, b, run, column);
        if (op is Operator.Multiply && !Fits(a.GetBitLength() + b.GetBitLength(), run, column)) return null;
        if (op is Operator.Add && !Fits(Math.Max(a.GetBitLength(), b.GetBitLength()), run, column)) return null;
        if (op is Operator.Divide or Operator.FloorDivide or Operator.Modulo && b.IsZero) return run.Fail(column, "division by zero");
        return op switch
        {
            Operator.Add => new Value.Whole(a + b),
            Operator.Subtract => new Value.Whole(a - b),
            Operator.Multiply => new Value.Whole(a * b),
            Operator.FloorDivide => new Value.Whole(PythonNumbers.FloorDivide(a, b)),
            Operator.Modulo => new Value.Whole(PythonNumbers.Modulo(a, b)),
            _ => PythonNumbers.Quotient(a, b) is { } quotient ? new Value.Real(quotient) : run.Fail(column, "this quotient is too large for a float"),
        };
    }

    /// <summary>Refuses a number before it is made; one that is nearly as large as may be is worth many steps.</summary>
    private static bool Fits(long bits, Evaluation run, int column)
    {
        if (bits <= Evaluation.MostBits) return run.Spend(column, (int)(bits >> 6));
        run.Fail(column, $"this whole number has more than {ValueText.MostDigits} digits");
        return false;
    }

    private static Value? Power(BigInteger a, BigInteger b, Evaluation run, int column)
    {
        if (b.Sign < 0)
        {
            if (PythonNumbers.ToDouble(a) is not { } p || PythonNumbers.ToDouble(b) is not { } q) return run.Fail(column, "this whole number is too large for a float");
            return Reals(Operator.Power, p, q, run, column);
        }
        if (a.IsZero || a.IsOne) return new Value.Whole(b.IsZero ? BigInteger.One : a);
        if (a == BigInteger.MinusOne) return new Value.Whole(b.IsEven ? BigInteger.One : a);
        var bits = b > Evaluation.MostBits ? long.MaxValue : (long)b * BigInteger.Abs(a).GetBitLength();
        return Fits(bits, run, column) ? new Value.Whole(BigInteger.Pow(a, (int)b)) : null;
    }

    private static Value? Reals(Operator op, double a, double b, Evaluation run, int column)
    {
        if (op is Operator.Divide or Operator.FloorDivide or Operator.Modulo && b == 0) return run.Fail(column, "division by zero");
        switch (op)
        {
            case Operator.Add: return new Value.Real(a + b);
            case Operator.Subtract: return new Value.Real(a - b);
            case Operator.Multiply: return new Value.Real(a * b);
            case Operator.Divide: return new Value.Real(a / b);
            case Operator.FloorDivide: return new Value.Real(PythonNumbers.DivMod(a, b).Quotient);
            case Operator.Modulo: return new Value.Real(PythonNumbers.DivMod(a, b).Modulo);
        }
        if (a == 0 && b < 0) return run.Fail(column, "zero has no negative power");
        if (a < 0 && double.IsFinite(a) && double.IsFinite(b) && b != Math.Floor(b)) return run.Fail(column, "a broken power of a negative number is no real number");
        var power = Math.Pow(a, b);
        return double.IsInfinity(power) && double.IsFinite(a) && double.IsFinite(b) ? run.Fail(column, "this power is too large for a float") : new Value.Real(power);
    }

    private static Value.Text? Joined(Value.Text a, Value.Text b, Evaluation run, int column) =>
        HasRoom(a.Word.Length + b.Word.Length, run, column) && run.Spend(column, (a.Word.Length + b.Word.Length) / 64) ? new Value.Text(a.Word + b.Word) : null;

    private static Value.Row? Joined(Value.Row a, Value.Row b, Evaluation run, int column) =>
        HasRoom(a.Items.Length + b.Items.Length, run, column) && run.Spend(column, a.Items.Length + b.Items.Length) ? new Value.Row(a.Kind, a.Items.AddRange(b.Items)) : null;

    private static Value.Text? Repeated(Value.Text text, BigInteger times, Evaluation run, int column)
    {
        if (Count(times, text.Word.Length, run, column) is not { } count || !run.Spend(column, count * text.Word.Length / 64)) return null;
        return new(string.Concat(Enumerable.Repeat(text.Word, count)));
    }

    private static Value.Row? Repeated(Value.Row row, BigInteger times, Evaluation run, int column)
    {
        if (Count(times, row.Items.Length, run, column) is not { } count || !run.Spend(column, count * row.Items.Length)) return null;
        var items = ImmutableArray.CreateBuilder<Value>(count * row.Items.Length);
        for (var i = 0; i < count; i++) items.AddRange(row.Items);
        return row with { Items = items.MoveToImmutable() };
    }

    /// <summary>How often something is repeated; null when it would become too long.</summary>
    private static int? Count(BigInteger times, int length, Evaluation run, int column)
    {
        if (times.Sign < 0 || length == 0) return 0;
        return HasRoom(times > Evaluation.MostItems ? long.MaxValue : (long)times * length, run, column) ? (int)times : null;
    }

    /// <summary>Refuses a text or a row before it is made.</summary>
    public static bool HasRoom(long length, Evaluation run, int column)
    {
        if (length <= Evaluation.MostItems) return true;
        run.Fail(column, $"this holds more than {Evaluation.MostItems} characters or items");
        return false;
    }
}
