using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace Vigil.Configuration.Expressions;

/// <summary>Python's kinds of rows.</summary>
internal enum RowKind { List, Tuple, Set }

/// <summary>What an expression computes with: Python's values, as far as configurations need them.</summary>
internal abstract record Value
{
    private Value() { }

    public sealed record None : Value { public static None Instance { get; } = new(); }

    public sealed record Bool(bool Flag) : Value
    {
        public static Bool True { get; } = new(true);
        public static Bool False { get; } = new(false);
        public static Bool Of(bool flag) => flag ? True : False;
    }

    public sealed record Whole(BigInteger Number) : Value;
    public sealed record Real(double Number) : Value;
    public sealed record Text(string Word) : Value;
    public sealed record Row(RowKind Kind, ImmutableArray<Value> Items) : Value;

    /// <summary>Keys are unique and keep their order.</summary>
    public sealed record Table(ImmutableArray<TableEntry> Entries) : Value;

    public static Value Of(ConfigNode node) => node switch
    {
        ConfigNode.Scalar scalar => Of(ScalarValue.Of(scalar)),
        ConfigNode.Sequence list => new Row(RowKind.List, ImmutableArray.CreateRange(list.Items, Of)),
        ConfigNode.Mapping map => new Table(ImmutableArray.CreateRange(map.Entries, static e => new TableEntry(new Text(e.Key), Of(e.Value)))),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static Value Of(ScalarValue value) => value switch
    {
        ScalarValue.Null => None.Instance,
        ScalarValue.Missing => new Text("???"),
        ScalarValue.Bool { Value: var flag } => Bool.Of(flag),
        ScalarValue.Whole { Value: var whole } => new Whole(whole),
        ScalarValue.Real { Value: var real } => new Real(real),
        ScalarValue.Text { Value: var text } => new Text(text),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Python's word for the kind of a value, with its article.</summary>
    public string KindName => this switch
    {
        None => "null",
        Bool => "a bool",
        Whole => "an int",
        Real => "a float",
        Text => "a text",
        Row { Kind: RowKind.List } => "a list",
        Row { Kind: RowKind.Tuple } => "a tuple",
        Row => "a set",
        Table => "a mapping",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>What <c>bool()</c> gives.</summary>
    public bool IsTrue => this switch
    {
        None => false,
        Bool { Flag: var flag } => flag,
        Whole { Number: var whole } => !whole.IsZero,
        Real { Number: var real } => real != 0,
        Text { Word: var word } => word.Length > 0,
        Row { Items: var items } => items.Length > 0,
        Table { Entries: var entries } => entries.Length > 0,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The node that reads back as this value; null when it would hold more nodes than an expression may make.</summary>
    public ConfigNode? ToNode(SourceSpan at)
    {
        var left = Evaluation.MostItems;
        return ToNode(at, ref left);
    }

    private ConfigNode? ToNode(SourceSpan at, ref int left)
    {
        if (--left < 0) return null;
        switch (this)
        {
            case Row { Items: var items }:
                var nodes = ImmutableArray.CreateBuilder<ConfigNode>(items.Length);
                foreach (var item in items)
                {
                    if (item.ToNode(at, ref left) is not { } node) return null;
                    nodes.Add(node);
                }
                return new ConfigNode.Sequence(at, nodes.MoveToImmutable());
            case Table { Entries: var entries }:
                var keyed = ImmutableArray.CreateBuilder<ConfigEntry>(entries.Length);
                foreach (var entry in entries)
                {
                    if (entry.Item.ToNode(at, ref left) is not { } node) return null;
                    keyed.Add(new(entry.Key is Text word ? word.Word : entry.Key.ToLeaf(at).Text, at, node));
                }
                return new ConfigNode.Mapping(at, keyed.MoveToImmutable());
            default: return ToLeaf(at);
        }
    }

    private ConfigNode.Scalar ToLeaf(SourceSpan at) => this switch
    {
        None => new ConfigNode.Scalar(at, "null", ScalarStyle.Plain),
        Bool { Flag: var flag } => new ConfigNode.Scalar(at, flag ? "true" : "false", ScalarStyle.Plain),
        Whole { Number: var whole } => new ConfigNode.Scalar(at, whole.ToString(CultureInfo.InvariantCulture), ScalarStyle.Plain),
        Real { Number: var real } => new ConfigNode.Scalar(at, Yaml(real), ScalarStyle.Plain),
        Text { Word: var word } => new ConfigNode.Scalar(at, word, ScalarStyle.Quoted),
        _ => new ConfigNode.Scalar(at, ValueText.Repr(this), ScalarStyle.Quoted),   // a tuple as a key
    };

    private static string Yaml(double real) =>
        double.IsNaN(real) ? ".nan" : double.IsPositiveInfinity(real) ? ".inf" : double.IsNegativeInfinity(real) ? "-.inf" : PythonText.Of(real);
}

/// <summary>One key of a table.</summary>
internal readonly record struct TableEntry(Value Key, Value Item);
