using System.Collections.Immutable;
using System.Numerics;

namespace Vigil.Configuration.Expressions;

/// <summary>The functions and methods of texts, with Python's results.</summary>
internal static class TextFunctions
{
    public static Value? Str(Value[] arguments, Evaluation run, int column) => Shown(arguments is [var value] ? value : new Value.Text(""), ValueText.Of, run, column);

    public static Value? Repr(Value[] arguments, Evaluation run, int column) => Shown(arguments[0], ValueText.Repr, run, column);

    private static Value.Text? Shown(Value value, Func<Value, string> show, Evaluation run, int column)
    {
        if (value is Value.Whole { Number: var whole } && BigInteger.Abs(whole) >= Longest) { run.Fail(column, $"this whole number has more than {ValueText.MostDigits} digits"); return null; }
        if (value is Value.Row or Value.Table && !run.Spend(column, 1000)) return null;
        var text = show(value);
        return Arithmetic.HasRoom(text.Length, run, column) && run.Spend(column, text.Length / 16) ? new(text) : null;
    }

    private static readonly BigInteger Longest = BigInteger.Pow(10, ValueText.MostDigits);

    /// <summary>The second argument may be a tuple: any of them.</summary>
    public static Value? Edge(Value[] arguments, Func<string, string, bool> has, Evaluation run, int column)
    {
        if (Text(arguments[0], run, column) is not { } text) return null;
        if (arguments[1] is not Value.Row { Kind: RowKind.Tuple, Items: var words }) return Text(arguments[1], run, column) is { } word ? Value.Bool.Of(has(text, word)) : null;
        foreach (var one in words)
        {
            if (!run.Spend(column, 1) || Text(one, run, column) is not { } word) return null;
            if (has(text, word)) return Value.Bool.True;
        }
        return Value.Bool.False;
    }

    public static Value? Changed(Value[] arguments, Func<string, string> change, Evaluation run, int column) =>
        Text(arguments[0], run, column) is { } text && run.Spend(column, text.Length / 16) ? new Value.Text(change(text)) : null;

    public static Value? Stripped(Value[] arguments, Func<string, char[]?, string> strip, Evaluation run, int column)
    {
        if (Text(arguments[0], run, column) is not { } text || !run.Spend(column, text.Length / 16)) return null;
        if (arguments is [_] or [_, Value.None]) return new Value.Text(strip(text, null));
        if (Text(arguments[1], run, column) is not { } characters || !run.Spend(column, characters.Length * (text.Length / 64 + 1))) return null;
        // .NET reads an empty set as white space.
        return new Value.Text(characters.Length == 0 ? text : strip(text, characters.ToCharArray()));
    }

    public static Value? Split(Value[] arguments, Evaluation run, int column)
    {
        if (Text(arguments[0], run, column) is not { } text || !run.Spend(column, text.Length)) return null;
        if (arguments is [_] or [_, Value.None]) return Row(text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (Text(arguments[1], run, column) is not { } separator) return null;
        return separator.Length == 0 ? run.Fail(column, "an empty text separates nothing") : Row(text.Split(separator));
    }

    public static Value? Join(Value[] arguments, Evaluation run, int column)
    {
        if (Text(arguments[0], run, column) is not { } separator || ExpressionFunctions.Items(arguments[1], run, column) is not { } items) return null;
        var words = new List<string>(items.Count);
        long length = 0;
        foreach (var item in items)
        {
            if (item is not Value.Text { Word: var word }) return run.Fail(column, $"only texts are joined, not {item.KindName}", "sep.join(str(x) for x in row)");
            words.Add(word);
            length += word.Length + separator.Length;
            if (!Arithmetic.HasRoom(length, run, column)) return null;
        }
        return run.Spend(column, (int)(length / 16)) ? new Value.Text(string.Join(separator, words)) : null;
    }

    public static Value? Replace(Value[] arguments, Evaluation run, int column)
    {
        if (Text(arguments[0], run, column) is not { } text || Text(arguments[1], run, column) is not { } old || Text(arguments[2], run, column) is not { } with) return null;
        if (old.Length == 0) return run.Fail(column, "an empty text cannot be replaced");
        if (!run.Spend(column, text.Length / 4) || !Arithmetic.HasRoom(text.Length + (long)Occurrences(text, old) * (with.Length - old.Length), run, column)) return null;
        return new Value.Text(text.Replace(old, with, StringComparison.Ordinal));
    }

    public static Value? Count(Value[] arguments, Evaluation run, int column)
    {
        if (arguments[0] is Value.Row { Kind: not RowKind.Set, Items: var items })
            return run.Spend(column, items.Length) ? new Value.Whole(items.Count(item => Comparison.Equal(item, arguments[1], run, column))) : null;
        if (Text(arguments[0], run, column) is not { } text || Text(arguments[1], run, column) is not { } word || !run.Spend(column, text.Length / 4)) return null;
        return new Value.Whole(word.Length == 0 ? CodePoints.Length(text) + 1 : Occurrences(text, word));
    }

    private static int Occurrences(string text, string word)
    {
        var count = 0;
        for (var at = text.IndexOf(word, StringComparison.Ordinal); at >= 0; at = text.IndexOf(word, at + word.Length, StringComparison.Ordinal)) count++;
        return count;
    }

    private static Value.Row Row(string[] words) => new(RowKind.List, [.. words.Select(static w => new Value.Text(w))]);

    private static string? Text(Value value, Evaluation run, int column)
    {
        if (value is Value.Text { Word: var word }) return word;
        run.Fail(column, $"a text is needed here, not {value.KindName}", "put str(…) around it");
        return null;
    }
}
