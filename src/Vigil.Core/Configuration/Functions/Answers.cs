using System.Globalization;
using System.Numerics;
using Vigil.Configuration.Expressions;

namespace Vigil.Configuration.Functions;

/// <summary>The words that all functions answer with, and how they read their arguments.</summary>
internal static class Answers
{
    public static FunctionResult Whole(PlainCall call, BigInteger whole) =>
        BigInteger.Abs(whole) < Longest ? Plain(call, whole.ToString(CultureInfo.InvariantCulture)) : new FunctionResult.Refused($"{call.Name} gives a number of more than {ValueText.MostDigits} digits");

    public static FunctionResult Real(PlainCall call, double real) => Given(call, new Value.Real(real));
    public static FunctionResult Bool(PlainCall call, bool flag) => Plain(call, flag ? "true" : "false");
    public static FunctionResult Null(PlainCall call) => Plain(call, "null");
    public static FunctionResult Text(PlainCall call, string text) => new FunctionResult.Given(TextNode(call, text));
    public static FunctionResult Row(PlainCall call, IEnumerable<ConfigNode> items) => new FunctionResult.Given(new ConfigNode.Sequence(call.At, [.. items]));

    public static FunctionResult Given(PlainCall call, Value value) =>
        value.ToNode(call.At) is { } node ? new FunctionResult.Given(node) : new FunctionResult.Refused($"{call.Name} gives more than {Evaluation.MostItems} values");

    public static ConfigNode TextNode(PlainCall call, string text) => new ConfigNode.Scalar(call.At, text, ScalarStyle.Quoted);

    /// <summary>What Python's <c>str()</c> gives an argument.</summary>
    public static string Shown(ConfigNode node) => ValueText.Of(Value.Of(node));

    /// <summary>The items of a list, or the keys of a mapping; null for a single value, over whose letters Python would walk.</summary>
    public static IReadOnlyList<ConfigNode>? Items(ConfigNode node) => node switch
    {
        ConfigNode.Sequence list => list.Items,
        ConfigNode.Mapping map => [.. map.Entries.Select(static e => new ConfigNode.Scalar(e.KeyAt, e.Key, ScalarStyle.Quoted))],
        _ => null,
    };

    public static FunctionResult NoList(PlainCall call, ConfigNode node) =>
        new FunctionResult.Refused($"{call.Name} takes a list, not {Binder.Describe(node)}", node is ConfigNode.Scalar ? "one value is a list of one: [value]" : null);

    private static FunctionResult.Given Plain(PlainCall call, string text) => new(new ConfigNode.Scalar(call.At, text, ScalarStyle.Plain));

    private static readonly BigInteger Longest = BigInteger.Pow(10, ValueText.MostDigits);
}
