using System.Numerics;

namespace Vigil.Configuration.Expressions;

/// <summary>The functions of numbers, with Python's results.</summary>
internal static class NumberFunctions
{
    public static Value? Int(Value[] arguments, Evaluation run, int column) => arguments switch
    {
        [] => new Value.Whole(BigInteger.Zero),
        [Value.Text { Word: var word }] => PythonNumbers.ParseInt(word) is { } whole ? new Value.Whole(whole) : run.Fail(column, $"'{Cut(word)}' is no whole number"),
        [var value] => Rounded(value, Math.Truncate, run, column),
        _ => null,
    };

    public static Value? Float(Value[] arguments, Evaluation run, int column) => arguments switch
    {
        [] => new Value.Real(0),
        [Value.Text { Word: var word }] => PythonNumbers.ParseFloat(word) is { } real ? new Value.Real(real) : run.Fail(column, $"'{Cut(word)}' is no number"),
        _ => Real(arguments[0], run, column) is { } real ? new Value.Real(real) : null,
    };

    public static Value? Abs(Value[] arguments, Evaluation run, int column) => arguments[0] switch
    {
        Value.Real { Number: var real } => new Value.Real(Math.Abs(real)),
        var value when Arithmetic.AsWhole(value) is { } whole => new Value.Whole(BigInteger.Abs(whole)),
        var value => NoNumber(value, run, column),
    };

    public static Value? Ceil(Value[] arguments, Evaluation run, int column) => Rounded(arguments[0], Math.Ceiling, run, column);
    public static Value? Floor(Value[] arguments, Evaluation run, int column) => Rounded(arguments[0], Math.Floor, run, column);

    public static Value? Round(Value[] arguments, Evaluation run, int column)
    {
        if (arguments is [_] or [_, Value.None]) return Rounded(arguments[0], static x => Math.Round(x, MidpointRounding.ToEven), run, column);
        if (Arithmetic.AsWhole(arguments[1]) is not { } digits) return run.Fail(column, $"the number of digits is an int, not {arguments[1].KindName}");
        var places = (int)BigInteger.Clamp(digits, -6000, 6000);
        switch (arguments[0])
        {
            case Value.Real { Number: var real }:
                if (!run.Spend(column, 20)) return null;
                var rounded = PythonNumbers.Round(real, places);
                return double.IsInfinity(rounded) && double.IsFinite(real) ? run.Fail(column, "the rounded number is too large for a float") : new Value.Real(rounded);
            case var value when Arithmetic.AsWhole(value) is { } whole:
                if (!run.Spend(column, 20 - Math.Min(places, 0))) return null;
                return new Value.Whole(places >= 0 ? whole : PythonNumbers.Round(whole, -places));
            case var value: return NoNumber(value, run, column);
        }
    }

    public static Value? Sqrt(Value[] arguments, Evaluation run, int column)
    {
        if (Real(arguments[0], run, column) is not { } real) return null;
        return real < 0 ? run.Fail(column, "a negative number has no square root") : new Value.Real(Math.Sqrt(real));
    }

    public static Value? Exp(Value[] arguments, Evaluation run, int column)
    {
        if (Real(arguments[0], run, column) is not { } real) return null;
        var result = Math.Exp(real);
        return double.IsInfinity(result) && double.IsFinite(real) ? run.Fail(column, "this power is too large for a float") : new Value.Real(result);
    }

    public static Value? Log(Value[] arguments, Evaluation run, int column)
    {
        if (Logarithm(arguments[0], Math.Log, run, column) is not { } log) return null;
        if (arguments.Length == 1) return new Value.Real(log);
        if (Logarithm(arguments[1], Math.Log, run, column) is not { } unit) return null;
        return unit == 0 ? run.Fail(column, "a logarithm has no base 1") : new Value.Real(log / unit);
    }

    public static Value? Log2(Value[] arguments, Evaluation run, int column) => Logarithm(arguments[0], Math.Log2, run, column) is { } log ? new Value.Real(log) : null;
    public static Value? Log10(Value[] arguments, Evaluation run, int column) => Logarithm(arguments[0], Math.Log10, run, column) is { } log ? new Value.Real(log) : null;

    private static double? Logarithm(Value value, Func<double, double> log, Evaluation run, int column)
    {
        if (Arithmetic.AsWhole(value) is { Sign: > 0 } whole && PythonNumbers.ToDouble(whole) is null)
        {
            // Beyond the floats: by halves, as many as it takes.
            var shift = (int)whole.GetBitLength() - 64;
            return log((double)(ulong)(whole >> shift)) + shift * log(2);
        }
        if (Real(value, run, column) is not { } real) return null;
        if (real > 0 || double.IsNaN(real)) return log(real);
        run.Fail(column, "only what is above zero has a logarithm");
        return null;
    }

    private static Value? Rounded(Value value, Func<double, double> round, Evaluation run, int column)
    {
        if (Arithmetic.AsWhole(value) is { } whole) return new Value.Whole(whole);
        if (value is not Value.Real { Number: var real }) return NoNumber(value, run, column);
        return double.IsFinite(real) ? new Value.Whole(new BigInteger(round(real))) : run.Fail(column, $"{PythonText.Of(real)} is no whole number");
    }

    private static double? Real(Value value, Evaluation run, int column)
    {
        if (Arithmetic.AsReal(value) is { } real) return real;
        if (Arithmetic.IsNumber(value)) run.Fail(column, "this whole number is too large for a float");
        else NoNumber(value, run, column);
        return null;
    }

    private static Value? NoNumber(Value value, Evaluation run, int column) =>
        run.Fail(column, $"a number is needed here, not {value.KindName}", value is Value.Text ? "a text is turned into a number by int(…) or float(…)" : null);

    private static string Cut(string word) => TextRules.Shorten(word, 40);
}
