using System.Numerics;
using Vigil.Configuration.Expressions;

namespace Vigil.Configuration.Functions;

/// <summary>Arithmetic. What is no number counts as nothing, as in the configurations that these were written for; that it does is part of their meaning.</summary>
internal static class NumberResolvers
{
    public static FunctionResult Mul(PlainCall call) => Answers.Real(call, Reals(call).Aggregate(1.0, static (a, b) => a * b));
    public static FunctionResult Add(PlainCall call) => Answers.Real(call, Reals(call).Aggregate(0.0, static (a, b) => a + b));
    public static FunctionResult Muli(PlainCall call) => Folded(call, BigInteger.One, static (a, b) => a * b);
    public static FunctionResult Addi(PlainCall call) => Folded(call, BigInteger.Zero, static (a, b) => a + b);

    public static FunctionResult Sub(PlainCall call) => Answers.Real(call, Float(call.Arguments[0]) is { } a && Float(call.Arguments[1]) is { } b ? a - b : 0);

    public static FunctionResult Subi(PlainCall call) =>
        Endless(call) ?? Answers.Whole(call, Int(call.Arguments[0]) is { } a && Int(call.Arguments[1]) is { } b ? a - b : BigInteger.Zero);

    public static FunctionResult Div(PlainCall call) => Answers.Given(call, Each(call, static (a, b) => new Value.Real(Float(a) is { } x && Float(b) is { } y && y != 0 ? x / y : 0)));

    public static FunctionResult Divi(PlainCall call) => Endless(call) ?? Answers.Given(call, Each(call, static (a, b) =>
        new Value.Whole(Int(a) is { } x && Int(b) is { IsZero: false } y ? PythonNumbers.FloorDivide(x, y) : BigInteger.Zero)));

    public static FunctionResult Cdivi(PlainCall call) => Endless(call) ??
        Answers.Whole(call, Int(call.Arguments[0]) is { } a && Int(call.Arguments[1]) is { IsZero: false } b ? -PythonNumbers.FloorDivide(-a, b) : BigInteger.Zero);

    public static FunctionResult Sqrt(PlainCall call) => Float(call.Arguments[0]) switch
    {
        null => NoNumber(call, call.Arguments[0]),
        < 0 => new FunctionResult.Refused("a negative number has no square root"),
        { } number => Answers.Real(call, Math.Sqrt(number)),
    };

    public static FunctionResult MulRoundInt(PlainCall call)
    {
        var numbers = new double[3];
        for (var i = 0; i < 3; i++)
        {
            if (Float(call.Arguments[i]) is not { } number) return NoNumber(call, call.Arguments[i]);
            numbers[i] = number;
        }
        if (numbers[2] == 0) return new FunctionResult.Refused("nothing is a multiple of zero");
        var product = numbers[0] * numbers[1] / numbers[2];
        if (PythonNumbers.Round(product) is not { } rounded || PythonNumbers.ToDouble(rounded) is not { } steps || !double.IsFinite(steps * numbers[2]))
            return new FunctionResult.Refused($"{PythonText.Of(product)} cannot be rounded");
        return Answers.Whole(call, new BigInteger(steps * numbers[2]));
    }

    /// <summary>What is no whole number counts as whether it is anything at all: <c>'3.7'</c> is 1.</summary>
    public static FunctionResult Int(PlainCall call) =>
        Endless(call) ?? Answers.Whole(call, Int(call.Arguments[0]) ?? (Value.Of(call.Arguments[0]).IsTrue ? BigInteger.One : BigInteger.Zero));

    private static FunctionResult Folded(PlainCall call, BigInteger start, Func<BigInteger, BigInteger, BigInteger> fold)
    {
        if (Endless(call) is { } refused) return refused;
        foreach (var argument in call.Arguments)
        {
            if (Int(argument) is not { } whole) continue;
            start = fold(start, whole);
            if (start.GetBitLength() > Evaluation.MostBits) return new FunctionResult.Refused($"{call.Name} gives a number of more than {ValueText.MostDigits} digits");
        }
        return Answers.Whole(call, start);
    }

    private static IEnumerable<double> Reals(PlainCall call) => call.Arguments.Select(Float).OfType<double>();

    private static Value Each(PlainCall call, Func<ConfigNode, ConfigNode, Value> divide) => Each(call.Arguments[0], call.Arguments[1], divide);

    /// <summary>Two lists item by item, as far as the shorter one goes; a list and one value, each item by it.</summary>
    private static Value Each(ConfigNode a, ConfigNode b, Func<ConfigNode, ConfigNode, Value> divide) => (a, b) switch
    {
        (ConfigNode.Sequence over, ConfigNode.Sequence under) => new Value.Row(RowKind.List, [.. over.Items.Zip(under.Items, (x, y) => Each(x, y, divide))]),
        (ConfigNode.Sequence over, _) => new Value.Row(RowKind.List, [.. over.Items.Select(x => Each(x, b, divide))]),
        _ => divide(a, b),
    };

    /// <summary>An infinite number is no whole one, and Python does not pass over it either.</summary>
    private static FunctionResult.Refused? Endless(PlainCall call) =>
        call.Arguments.Any(static a => a is ConfigNode.Scalar { Style: ScalarStyle.Plain } && Value.Of(a) is Value.Real { Number: var real } && double.IsInfinity(real))
            ? new($"{call.Name} computes with whole numbers, and an infinite one is none") : null;

    private static FunctionResult.Refused NoNumber(PlainCall call, ConfigNode node) => new($"{call.Name} takes numbers, not {Binder.Describe(node)}");

    /// <summary>What <c>float()</c> makes of an argument; null where it refuses.</summary>
    private static double? Float(ConfigNode node) => Value.Of(node) switch
    {
        Value.Text { Word: var word } => PythonNumbers.ParseFloat(word),
        var value => Arithmetic.AsReal(value),
    };

    /// <summary>What <c>int()</c> makes of an argument; null where it refuses.</summary>
    public static BigInteger? Int(ConfigNode node) => Value.Of(node) switch
    {
        Value.Text { Word: var word } => PythonNumbers.ParseInt(word),
        Value.Real { Number: var real } => double.IsFinite(real) ? new BigInteger(real) : null,
        var value => Arithmetic.AsWhole(value),
    };
}
