using System.Collections.Immutable;
using System.Numerics;
using System.Text;

namespace Vigil.Configuration;

/// <summary>A value in Hydra's override grammar, which remembers how it was quoted and knows its place.</summary>
public abstract record HydraValue
{
    private const string Escapable = "\\()[]{}:=, \t";

    private HydraValue(SourceSpan at) => At = at;

    public SourceSpan At { get; }

    /// <summary>A number, a bool or null.</summary>
    /// <param name="Written">As it stood in the text; run names show it.</param>
    public sealed record Plain(SourceSpan At, ScalarValue Value, string Written) : HydraValue(At);

    /// <summary>A text without quotes; <c>${…}</c> may stand in it.</summary>
    public sealed record Bare(SourceSpan At, string Content) : HydraValue(At);

    /// <summary>A text in quotes.</summary>
    /// <param name="Content">Without the quotes and their escapes.</param>
    public sealed record Quoted(SourceSpan At, string Content, char Quote) : HydraValue(At);

    public sealed record List(SourceSpan At, ImmutableArray<HydraValue> Items) : HydraValue(At);

    /// <summary>Keys are numbers, bools or texts, and differ.</summary>
    public sealed record Dict(SourceSpan At, ImmutableArray<HydraPair> Pairs) : HydraValue(At);

    /// <summary>As it stands behind the <c>=</c> of an override.</summary>
    public string Text => Write(new(), this).ToString();

    /// <summary>The text behind a value that is one; null for anything else.</summary>
    public string? Unquoted => this switch
    {
        Bare bare => bare.Content,
        Quoted quoted => quoted.Content,
        _ => null,
    };

    /// <summary>The value as a part of a configuration.</summary>
    public ConfigNode ToNode() => this switch
    {
        Plain plain => HydraScalar.Node(At, plain.Value, plain.Written),
        Bare bare => HydraScalar.TextNode(At, bare.Content),
        Quoted quoted => new ConfigNode.Scalar(At, quoted.Content, ScalarStyle.Quoted),
        List list => new ConfigNode.Sequence(At, [.. list.Items.Select(static i => i.ToNode())]),
        Dict dict => new ConfigNode.Mapping(At, [.. dict.Pairs.Select(static p => ConfigEntry.Of(KeyValue(p.Key), p.Key.At, p.Value.ToNode()))]),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A value that is read back as this node; texts are quoted.</summary>
    public static HydraValue Of(ConfigNode node) => node switch
    {
        ConfigNode.Scalar scalar when ScalarValue.Of(scalar) is ScalarValue.Text text => new Quoted(scalar.At, text.Value, '\''),
        ConfigNode.Scalar scalar when ScalarValue.Of(scalar) is ScalarValue.Missing => new Bare(scalar.At, "???"),
        ConfigNode.Scalar scalar => new Plain(scalar.At, ScalarValue.Of(scalar), scalar.Text),
        ConfigNode.Sequence list => new List(list.At, [.. list.Items.Select(Of)]),
        ConfigNode.Mapping map => new Dict(map.At, [.. map.Entries.Select(static e => new HydraPair(new Bare(e.KeyAt, e.Key), Of(e.Value)))]),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Equal for keys that Python takes for the same: <c>1</c>, <c>1.0</c> and <c>true</c>.</summary>
    internal static string KeyIdentity(HydraValue key) => key switch
    {
        Plain { Value: ScalarValue.Bool { Value: var flag } } => flag ? "#1" : "#0",
        Plain { Value: ScalarValue.Whole { Value: var whole } } => $"#{whole}",
        Plain { Value: ScalarValue.Real { Value: var real } } when double.IsInteger(real) => $"#{new BigInteger(real)}",
        Plain plain => "#" + PythonText.Of(plain.Value),
        _ => "'" + key.Unquoted,
    };

    private static ScalarValue KeyValue(HydraValue key) => key is Plain plain ? plain.Value : new ScalarValue.Text(key.Unquoted ?? "");

    private static StringBuilder Write(StringBuilder text, HydraValue value)
    {
        switch (value)
        {
            case Plain plain: return text.Append(plain.Value is ScalarValue.Null ? "null" : PythonText.Of(plain.Value));
            case Bare bare: return WriteBare(text, bare.Content);
            case Quoted quoted: return WriteQuoted(text, quoted);
            case List list:
                text.Append('[');
                for (var i = 0; i < list.Items.Length; i++) Write(i > 0 ? text.Append(',') : text, list.Items[i]);
                return text.Append(']');
            case Dict dict:
                text.Append('{');
                for (var i = 0; i < dict.Pairs.Length; i++) Write(Write(i > 0 ? text.Append(',') : text, dict.Pairs[i].Key).Append(':'), dict.Pairs[i].Value);
                return text.Append('}');
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private static StringBuilder WriteBare(StringBuilder text, string content)
    {
        foreach (var c in content)
        {
            if (Escapable.Contains(c, StringComparison.Ordinal)) text.Append('\\');
            text.Append(c);
        }
        return text;
    }

    /// <summary>Backslashes are doubled only where they stand before a quote or at the end: elsewhere the grammar leaves them alone.</summary>
    private static StringBuilder WriteQuoted(StringBuilder text, Quoted quoted)
    {
        text.Append(quoted.Quote);
        var slashes = 0;
        foreach (var c in quoted.Content)
        {
            if (c == quoted.Quote) text.Append('\\', slashes + 1);
            slashes = c == '\\' ? slashes + 1 : 0;
            text.Append(c);
        }
        return text.Append('\\', slashes).Append(quoted.Quote);
    }
}

/// <summary>One entry of a dict in the override grammar.</summary>
public readonly record struct HydraPair(HydraValue Key, HydraValue Value);
