using System.Collections.Immutable;

namespace Vigil.Configuration.Expressions;

/// <summary>A small expression with Python's spelling and values. It can compute and nothing else: no file, no clock, no code of anybody's.</summary>
internal sealed class Expression
{
    private const int MostCharacters = 20_000;

    private readonly ExpressionNode _root;

    private Expression(ExpressionNode root, ImmutableArray<string> names) => (_root, Names) = (root, names);

    /// <summary>The dotted names of the values that it may ask for, each once.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>Null with a mistake.</summary>
    public static Expression? Parse(string text, out ExpressionMistake? mistake)
    {
        mistake = text.Length > MostCharacters ? new(1, $"an expression has at most {MostCharacters} characters") : null;
        if (mistake is not null) return null;
        var lexer = new Lexer(text);
        if (lexer.Read() is not { } tokens) { mistake = lexer.Mistake; return null; }
        var parser = new ExpressionParser(tokens);
        var root = parser.ReadAll();
        mistake = parser.Mistake;
        return root is null || mistake is not null ? null : new(root, parser.Names);
    }

    /// <summary>Evaluates with names looked up as they are needed; null with a mistake.</summary>
    /// <param name="names">Null for what it does not know.</param>
    public Value? Evaluate(Func<string, ConfigNode?> names, out ExpressionMistake? mistake) =>
        Evaluate(new Evaluation(slot => names(Names[slot]) is { } node ? Value.Of(node) : null), out mistake);

    /// <summary>Evaluates with values in the order of <see cref="Names"/>, null for what is unknown: the fast way for many points.</summary>
    public Value? Evaluate(ImmutableArray<Value?> values, out ExpressionMistake? mistake) => Evaluate(new Evaluation(slot => values[slot]), out mistake);

    private Value? Evaluate(Evaluation run, out ExpressionMistake? mistake)
    {
        var value = _root.Evaluate(run);
        mistake = run.Mistake;
        return mistake is null ? value : null;
    }
}
