using Vigil.Configuration;
using Vigil.Configuration.Expressions;

namespace Vigil.Planning;

/// <summary>The expressions of filters: each text is parsed once, however many points it is asked about.</summary>
internal sealed class FilterExpressions
{
    private readonly Dictionary<string, (Expression? Expression, ExpressionMistake? Mistake)> _parsed = [];

    /// <param name="name">Null for a name that is not known.</param>
    public FunctionResult Evaluate(string text, SourceSpan at, Func<string, ConfigNode?> name)
    {
        if (!_parsed.TryGetValue(text, out var known))
        {
            known.Expression = Expression.Parse(text, out known.Mistake);
            _parsed[text] = known;
        }
        if (known.Expression is null) return Refused(known.Mistake!);
        var value = known.Expression.Evaluate(name, out var mistake);
        if (mistake is not null) return Refused(mistake);
        return value?.ToNode(at) is { } node ? new FunctionResult.Given(node) : new FunctionResult.Refused("its value is no value of a configuration");
    }

    private static FunctionResult.Refused Refused(ExpressionMistake mistake) => new($"{mistake.Message} (column {mistake.Column})", mistake.Hint);
}
