namespace Vigil.Configuration.Expressions;

/// <summary>Expressions by their text, each parsed once: a filter is asked for every point of a sweep.</summary>
internal sealed class ExpressionCache
{
    private readonly Dictionary<string, (Expression? Parsed, ExpressionMistake? Mistake)> _known = [];

    /// <param name="at">Where the value stands that is made.</param>
    /// <param name="names">Null for what it does not know.</param>
    public FunctionResult Evaluate(string text, SourceSpan at, Func<string, ConfigNode?> names)
    {
        if (!_known.TryGetValue(text, out var known)) _known[text] = known = (Expression.Parse(text, out var wrong), wrong);
        var mistake = known.Mistake;
        var value = known.Parsed?.Evaluate(names, out mistake);
        if (value is null) return new FunctionResult.Refused($"{mistake!.Message} (column {mistake.Column})", mistake.Hint);
        return value.ToNode(at) is { } node ? new FunctionResult.Given(node) : new FunctionResult.Refused($"this gives more than {Evaluation.MostItems} values");
    }
}
