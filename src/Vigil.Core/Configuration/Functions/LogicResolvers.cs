using System.Collections.Immutable;
using Vigil.Configuration.Expressions;

namespace Vigil.Configuration.Functions;

/// <summary>Comparisons, choices and expressions.</summary>
internal static class LogicResolvers
{
    public static FunctionResult Equal(PlainCall call) => Compare(call, ComparisonKind.Equal);
    public static FunctionResult NotEqual(PlainCall call) => Compare(call, ComparisonKind.NotEqual);
    public static FunctionResult Less(PlainCall call) => Compare(call, ComparisonKind.Less);
    public static FunctionResult LessOrEqual(PlainCall call) => Compare(call, ComparisonKind.LessOrEqual);
    public static FunctionResult Greater(PlainCall call) => Compare(call, ComparisonKind.Greater);
    public static FunctionResult GreaterOrEqual(PlainCall call) => Compare(call, ComparisonKind.GreaterOrEqual);

    /// <summary>Whatever Python calls false, and the text <c>false</c>, chooses the third; <c>'no'</c> is a text, and true.</summary>
    public static FunctionResult If(PlainCall call)
    {
        var condition = Value.Of(call.Arguments[0]);
        var isFalse = !condition.IsTrue || (condition is Value.Text { Word: var word } && word.Equals("false", StringComparison.OrdinalIgnoreCase));
        return new FunctionResult.Given(call.Arguments[isFalse ? 2 : 1]);
    }

    public static FunctionResult Eval(PlainCall call) => Evaluated(call, call.Arguments[0], out var value) is { } refused ? refused : Answers.Given(call, value!);

    public static FunctionResult MapEval(PlainCall call)
    {
        if (call.Arguments[0] is not ConfigNode.Sequence list) return Answers.NoList(call, call.Arguments[0]);
        var values = ImmutableArray.CreateBuilder<Value>(list.Items.Length);
        foreach (var item in list.Items)
        {
            if (Evaluated(call, item, out var value) is { } refused) return refused;
            values.Add(value!);
        }
        return Answers.Given(call, new Value.Row(RowKind.List, values.MoveToImmutable()));
    }

    private static FunctionResult.Refused? Evaluated(PlainCall call, ConfigNode node, out Value? value)
    {
        var text = Answers.Shown(node);
        value = Expression.Parse(text, out var mistake)?.Evaluate(static _ => null, out mistake);
        if (mistake is null) return null;
        var hint = mistake.UnknownName is { } name ? $"a value of the configuration is written ${{{name}}}, a text in quotes: '{name}'" : mistake.Hint;
        return new($"{call.Name} cannot compute '{TextRules.Shorten(text, 60)}': {mistake.Message} (column {mistake.Column})", hint);
    }

    private static FunctionResult Compare(PlainCall call, ComparisonKind kind)
    {
        var run = new Evaluation(static _ => null);
        var holds = Comparison.Holds(kind, Value.Of(call.Arguments[0]), Value.Of(call.Arguments[1]), run, 1);
        return run.Mistake is { } mistake ? new FunctionResult.Refused($"{call.Name}: {mistake.Message}") : Answers.Bool(call, holds is true);
    }
}
