namespace Vigil.Configuration.Expressions;

/// <summary>One evaluation: where names come from, how much work is left, and what went wrong first.</summary>
internal sealed class Evaluation(Func<int, Value?> values)
{
    /// <summary>Of texts, in characters, and of rows, in items: no expression in a configuration needs more, and none can fill the memory.</summary>
    public const int MostItems = 65_536;

    /// <summary>Of whole numbers: 4,900 digits.</summary>
    public const int MostBits = 16_384;

    private int _left = 1_000_000;

    public ExpressionMistake? Mistake { get; private set; }

    /// <summary>The variables of the comprehensions that are being evaluated.</summary>
    public List<Value> Locals => field ??= [];

    public Value? Named(int slot) => values(slot);

    /// <summary>Notes the first mistake; gives null, so that it can be returned.</summary>
    public Value? Fail(int column, string message, string? hint = null, string? unknownName = null)
    {
        Mistake ??= new(column, message, hint, unknownName);
        return null;
    }

    /// <summary>False once the expression has done more work than it may.</summary>
    public bool Spend(int column, int steps)
    {
        _left -= steps;
        if (_left >= 0) return true;
        _left = 0;
        Fail(column, "this takes more than a million steps", "compute it outside the configuration");
        return false;
    }
}
