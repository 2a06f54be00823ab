using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Vigil.Configuration.Expressions;

/// <summary>A function of the language; arguments are counted before it is called.</summary>
internal sealed record ExpressionFunction(string Signature, int Least, int Most, Func<Value[], Evaluation, int, Value?> Apply);

/// <summary>The functions and methods of the language: a closed table, none of which reaches the world.</summary>
internal static class ExpressionFunctions
{
    private static readonly FrozenDictionary<string, ExpressionFunction> Functions = new Dictionary<string, ExpressionFunction>
    {
        ["int"] = new("int(x) → a whole number, cut towards zero", 0, 1, NumberFunctions.Int),
        ["float"] = new("float(x)", 0, 1, NumberFunctions.Float),
        ["abs"] = new("abs(x)", 1, 1, NumberFunctions.Abs),
        ["round"] = new("round(x) or round(x, digits); ties go to the even digit", 1, 2, NumberFunctions.Round),
        ["pow"] = new("pow(x, y)", 2, 2, static (a, run, at) => Arithmetic.Apply(Operator.Power, a[0], a[1], run, at)),
        ["ceil"] = new("ceil(x)", 1, 1, NumberFunctions.Ceil),
        ["floor"] = new("floor(x)", 1, 1, NumberFunctions.Floor),
        ["sqrt"] = new("sqrt(x)", 1, 1, NumberFunctions.Sqrt),
        ["exp"] = new("exp(x)", 1, 1, NumberFunctions.Exp),
        ["log"] = new("log(x) or log(x, base)", 1, 2, NumberFunctions.Log),
        ["log2"] = new("log2(x)", 1, 1, NumberFunctions.Log2),
        ["log10"] = new("log10(x)", 1, 1, NumberFunctions.Log10),
        ["str"] = new("str(x)", 0, 1, TextFunctions.Str),
        ["repr"] = new("repr(x)", 1, 1, TextFunctions.Repr),
        ["bool"] = new("bool(x)", 0, 1, static (a, _, _) => Value.Bool.Of(a is [var value] && value.IsTrue)),
        ["len"] = new("len(x)", 1, 1, RowFunctions.Len),
        ["min"] = new("min(row) or min(a, b, …)", 1, int.MaxValue, static (a, run, at) => RowFunctions.Best(a, ComparisonKind.Less, run, at)),
        ["max"] = new("max(row) or max(a, b, …)", 1, int.MaxValue, static (a, run, at) => RowFunctions.Best(a, ComparisonKind.Greater, run, at)),
        ["sum"] = new("sum(row) or sum(row, start)", 1, 2, RowFunctions.Sum),
        ["sorted"] = new("sorted(row)", 1, 1, RowFunctions.Sorted),
        ["reversed"] = new("reversed(row)", 1, 1, RowFunctions.Reversed),
        ["any"] = new("any(row)", 1, 1, static (a, run, at) => Items(a[0], run, at) is { } items ? Value.Bool.Of(items.Any(static i => i.IsTrue)) : null),
        ["all"] = new("all(row)", 1, 1, static (a, run, at) => Items(a[0], run, at) is { } items ? Value.Bool.Of(items.All(static i => i.IsTrue)) : null),
        ["range"] = new("range(stop), range(start, stop) or range(start, stop, step)", 1, 3, RowFunctions.Range),
        ["list"] = new("list(row)", 0, 1, static (a, run, at) => RowFunctions.Row(RowKind.List, a, run, at)),
        ["tuple"] = new("tuple(row)", 0, 1, static (a, run, at) => RowFunctions.Row(RowKind.Tuple, a, run, at)),
        ["set"] = new("set(row)", 0, 1, static (a, run, at) => RowFunctions.Row(RowKind.Set, a, run, at)),
        ["zip"] = new("zip(row, row, …)", 1, int.MaxValue, RowFunctions.Zip),
        ["enumerate"] = new("enumerate(row)", 1, 1, RowFunctions.Enumerate),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, ExpressionFunction> Methods = new Dictionary<string, ExpressionFunction>
    {
        ["startswith"] = new("text.startswith(word)", 2, 2, static (a, run, at) => TextFunctions.Edge(a, static (text, word) => text.StartsWith(word, StringComparison.Ordinal), run, at)),
        ["endswith"] = new("text.endswith(word)", 2, 2, static (a, run, at) => TextFunctions.Edge(a, static (text, word) => text.EndsWith(word, StringComparison.Ordinal), run, at)),
        ["lower"] = new("text.lower()", 1, 1, static (a, run, at) => TextFunctions.Changed(a, static text => text.ToLowerInvariant(), run, at)),
        ["upper"] = new("text.upper()", 1, 1, static (a, run, at) => TextFunctions.Changed(a, static text => text.ToUpperInvariant(), run, at)),
        ["strip"] = new("text.strip() or text.strip(characters)", 1, 2, static (a, run, at) => TextFunctions.Stripped(a, static (text, of) => of is null ? text.Trim() : text.Trim(of), run, at)),
        ["lstrip"] = new("text.lstrip() or text.lstrip(characters)", 1, 2, static (a, run, at) => TextFunctions.Stripped(a, static (text, of) => of is null ? text.TrimStart() : text.TrimStart(of), run, at)),
        ["rstrip"] = new("text.rstrip() or text.rstrip(characters)", 1, 2, static (a, run, at) => TextFunctions.Stripped(a, static (text, of) => of is null ? text.TrimEnd() : text.TrimEnd(of), run, at)),
        ["split"] = new("text.split() or text.split(separator)", 1, 2, TextFunctions.Split),
        ["join"] = new("separator.join(row of texts)", 2, 2, TextFunctions.Join),
        ["replace"] = new("text.replace(old, new)", 3, 3, TextFunctions.Replace),
        ["count"] = new("text.count(word) or row.count(item)", 2, 2, TextFunctions.Count),
        ["index"] = new("row.index(item)", 2, 2, RowFunctions.Index),
        ["get"] = new("mapping.get(key) or mapping.get(key, default)", 2, 3, RowFunctions.Get),
        ["keys"] = new("mapping.keys()", 1, 1, static (a, run, at) => RowFunctions.Parts(a, static e => e.Key, run, at)),
        ["values"] = new("mapping.values()", 1, 1, static (a, run, at) => RowFunctions.Parts(a, static e => e.Item, run, at)),
        ["items"] = new("mapping.items()", 1, 1, static (a, run, at) => RowFunctions.Parts(a, static e => new Value.Row(RowKind.Tuple, [e.Key, e.Item]), run, at)),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What Python keeps in its module of mathematics may be called with that module's name before it.</summary>
    private static readonly FrozenSet<string> Mathematics = new[] { "ceil", "floor", "sqrt", "exp", "log", "log2", "log10" }.ToFrozenSet(StringComparer.Ordinal);

    public static ImmutableArray<string> Names { get; } = [.. Functions.Keys.Order(StringComparer.Ordinal)];

    public static ExpressionFunction? Find(string name)
    {
        if (name.StartsWith("math.", StringComparison.Ordinal)) return Mathematics.Contains(name[5..]) ? Functions[name[5..]] : null;
        return Functions.GetValueOrDefault(name);
    }

    public static ExpressionFunction? Method(string name) => Methods.GetValueOrDefault(name);

    /// <summary>What <c>for</c> would walk over; null with a mistake.</summary>
    public static IReadOnlyList<Value>? Items(Value value, Evaluation run, int column)
    {
        switch (value)
        {
            case Value.Row { Items: var items }: return run.Spend(column, items.Length) ? items : null;
            case Value.Table { Entries: var entries }: return run.Spend(column, entries.Length) ? [.. entries.Select(static e => e.Key)] : null;
            case Value.Text { Word: var word }: return run.Spend(column, word.Length) ? [.. CodePoints.Split(word).Select(static c => new Value.Text(c))] : null;
            default:
                run.Fail(column, $"{value.KindName} is no row");
                return null;
        }
    }
}
