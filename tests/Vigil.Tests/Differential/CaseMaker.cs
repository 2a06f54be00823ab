using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Tests.Differential;

/// <summary>Makes trees and texts of every kind from a seed.</summary>
internal sealed class CaseMaker(int seed)
{
    private static readonly string[] Words = ["a", "b", "c", "d", "e", "l", "x", "y"];

    private static readonly string[] OddTexts =
    [
        "", " ", "yes", "No", "on", "y", "n", "~", "null", "None", "true", "TRUE", "1", "-3", "+4", "017", "08", "0o17", "0x1F", "0b11", "1_000", "1__0", "_1", "1_", "1:30", "12:30:45", "1:60", "190:20:30.15", "1e3", "1E-4", "1.e3", ".5", "5.", "-.5", "1_0.5", ".inf", "-.INF", "+.inf", ".nan", "inf", "nan", "1.5.2", "1e", "2020-01-01", "2020-01-01 10:00:00",
        "- x", "-", "--", "---", "...", "a: b", "a:b", ":a", "a:", "#c", "a #b", "a#b", "it's", "'q'", "\"q\"", "{x}", "[", "]", "{", "}", "a, b", ",", "?", "? a", "|", ">", "&a", "*a", "!t", "%d", "@h", "`e`", "=", "<<", "x=y", " lead", "trail ", "\\", "a\\nb", "line\nbreak", "end\n", "\n", "tab\there", "\t", "\r", "cr\rlf\r\n", "é", "日本", "😀", "\u00a0", "\u2028", "\u0085", "\uFEFF", "\u0007", "\u007f", "\uE000",
        "a very long text that PyYAML would break into several lines, since it is longer than eighty columns, and that has to be one again when it is read", "0.1", "1e16", "100000.0", "1.0e-05", "???", "a b", "$", "$$a", "a$b", "x}", "1:30}", "a *b#c", "~a", "null ", "0", "-0", "-0.0", "00", "0_", "0_7", "+", "+1", "1e5x", "0x", "0xg", "1,5", "0.", "1.5e+300", "1e400",
    ];

    private readonly Random _random = new(seed);

    public T Pick<T>(params ReadOnlySpan<T> of) => of[_random.Next(of.Length)];
    public bool Chance(int percent) => _random.Next(100) < percent;
    public int Below(int bound) => _random.Next(bound);

    private string Pieces(int least, int most, Func<string> piece) => string.Concat(Enumerable.Range(0, least + _random.Next(most - least + 1)).Select(_ => piece()));

    public string OddText() => Chance(75) ? Pick<string>(OddTexts) : Pieces(2, 3, () => Pick<string>(OddTexts));

    public ConfigNode Value()
    {
        ScalarValue value = _random.Next(9) switch
        {
            0 => ScalarValue.Null.Instance,
            1 => Chance(50) ? ScalarValue.Bool.True : ScalarValue.Bool.False,
            2 or 3 => new ScalarValue.Whole(Chance(90) ? _random.Next(-20, 20) : System.Numerics.BigInteger.Pow(_random.Next(-9, 9), 40)),
            4 => new ScalarValue.Real(Real()),
            5 => new ScalarValue.Text(Pick("???", "text")),
            _ => new ScalarValue.Text(Chance(50) ? Pick<string>(Words) : OddText()),
        };
        return ConfigNode.Scalar.Of(SourceSpan.None, value);
    }

    private double Real() => _random.Next(6) switch
    {
        0 => double.NaN,
        1 => double.PositiveInfinity,
        2 => Math.Round(_random.NextDouble() * 10, 2),
        3 => _random.Next(1, 9) * Math.Pow(10, _random.Next(-25, 25)),
        4 => BitConverter.Int64BitsToDouble(_random.NextInt64()),
        _ => _random.Next(-3, 3),
    };

    /// <summary>A mapping whose leaves come from one maker.</summary>
    public ConfigNode.Mapping Map(int depth, Func<ConfigNode> leaf, Func<ScalarValue> key)
    {
        var entries = ImmutableArray.CreateBuilder<ConfigEntry>();
        for (var n = _random.Next(depth > 2 ? 2 : 0, 6); n > 0; n--)
        {
            var entry = ConfigEntry.Of(key(), SourceSpan.None, Node(depth - 1, leaf, key));
            if (entries.All(e => !e.HasKeyOf(entry))) entries.Add(entry);
        }
        return new(SourceSpan.None, entries.DrainToImmutable());
    }

    private ConfigNode Node(int depth, Func<ConfigNode> leaf, Func<ScalarValue> key)
    {
        if (depth <= 0 || Chance(50)) return leaf();
        return Chance(60) ? Map(depth, leaf, key) : new ConfigNode.Sequence(SourceSpan.None, [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Node(depth - 1, leaf, key))]);
    }

    public ScalarValue PlainKey() => new ScalarValue.Text(Pick<string>(Words));

    public ScalarValue AnyKey() => _random.Next(8) switch
    {
        0 => new ScalarValue.Whole(_random.Next(-2, 4)),
        1 => Chance(50) ? ScalarValue.Bool.True : ScalarValue.Bool.False,
        2 => new ScalarValue.Real(Pick(0.5, 1.0, 1e-5, 1e20, -3.25)),
        3 or 4 => new ScalarValue.Text(OddText()),
        _ => PlainKey(),
    };

    /// <summary>A tree full of interpolations among themselves.</summary>
    public ConfigNode.Mapping InterpolatedTree() => Map(4, () => Chance(45) ? Value() : new ConfigNode.Scalar(SourceSpan.None, Interpolated(), ScalarStyle.Quoted), () => Chance(92) ? PlainKey() : AnyKey());

    public ConfigNode.Mapping MergeTree() => Map(3, () => Chance(75) ? Value() : new ConfigNode.Scalar(SourceSpan.None, $"${{{Path()}}}", ScalarStyle.Quoted), () => Chance(90) ? PlainKey() : AnyKey());

    private string Interpolated() => _random.Next(10) switch
    {
        < 5 => Interpolation(2),
        < 8 => Pieces(1, 3, () => Chance(50) ? Interpolation(2) : Pick("t", " ", "$", "\\", "\\\\", "}", "{", "'", "\\$", "é", "$$")),
        8 => Pieces(2, 7, Shred),
        _ => "\\" + Interpolation(1),
    };

    private string Path()
    {
        var path = new string('.', Chance(70) ? 0 : _random.Next(1, 4)) + (Chance(90) ? Pick<string>(Words) : $"[{Pick<string>(Words)}]");
        while (Chance(45)) path += Chance(75) ? "." + (Chance(80) ? Pick<string>(Words) : Pick("0", "1", "2", "9", "True", "zz")) : $"[{(Chance(60) ? Pick<string>(Words) : Pick("0", "1", "7"))}]";
        return path;
    }

    private string Interpolation(int depth)
    {
        var pad = Chance(90) ? "" : Pick(" ", "\t", "  ");
        if (depth > 0 && Chance(8)) return $"${{{Interpolation(depth - 1)}{Pick("", ".x", "[0]", ":1")}}}";
        if (depth > 0 && Chance(6)) return $"${{{Pick<string>(Words)}{(Chance(50) ? $"[{Interpolation(depth - 1)}]" : "." + Interpolation(depth - 1))}}}";
        if (Chance(60)) return $"${{{pad}{Path()}{pad}}}";
        return $"${{{pad}{Pick("oc.env", "oc.select", "oc.select", "oc.decode", "oc.decode", "oc.create", "oc.create", "oc.dict.keys", "oc.dict.values", "oc.deprecated", "cat", "ty", "cat", "nope", "hydra")}{pad}:{pad}{Arguments(depth)}{pad}}}";
    }

    private string Arguments(int depth) => string.Join(Pick(",", ", ", " , "), Enumerable.Range(0, Pick(0, 1, 1, 1, 1, 2, 2, 3)).Select(_ => Argument(depth)));

    private string Argument(int depth) => _random.Next(14) switch
    {
        0 or 1 or 2 => Path(),
        3 => Pick("OC_E", "OC_N", "OC_EMPTY", "OC_UNSET"),
        4 => Pick("1", "-2", "+3", "007", "1_0", "1__0", "1e3", "5.", ".5", "inf", "-nan", "NaN", "null", "NULL", "true", "False", "1.2.3", "1:30", "0x1F", "", "???", "-", "1.5e-3", "0_1"),
        5 => Pick("a b", "a:b", "a : b ", "/t/x", "a\\ b", "\\[x\\]", "a\\=b", "\\,", "a*b%c", "a@b?|", "x$", "\\\\", "\\q", "a#b", "a(b", "é", "a=b", "~", ": x", "\\:a"),
        6 or 7 when depth > 0 => Interpolation(depth - 1),
        8 => Quoted(depth),
        9 => $"[{(depth > 0 ? Arguments(depth - 1) : "1, a")}]",
        10 => $"{{{(depth > 0 ? string.Join(", ", Enumerable.Range(0, _random.Next(3)).Select(_ => $"{Pick("a", "b", "1", "true", "a b", "1.5", "x ", "\\:")}{Pick(":", ": ")}{Argument(depth - 1)}")) : "k: v")}}}",
        11 => Quoted(depth),
        _ => Pick<string>(Words),
    };

    private string Quoted(int depth)
    {
        var quote = Pick("'", "\"");
        return quote + Pieces(0, 3, () => _random.Next(6) switch
        {
            0 when depth > 0 => Interpolation(depth - 1),
            1 => Pick("\\" + quote, "\\\\", "\\", "\\${a}", "\\\\${a}", "$", "'", "\""),
            2 => Pick("[1, 2]", "{a: 1, b: x}", "1", "a: 1", "- 1", "[a, \\${a}]", "a.b", ".x", "..x", "[a]"),
            _ => Pick("a", "b", "x", ".", " ", "d", "l", ",", "#"),
        }) + quote;
    }

    private string Shred() => Pick("${", "}", "$", "\\", "a", ".", "[", "]", ":", ",", "'", "\"", " ", "oc.env", "{", "${a}", "${.b}", "(", "cat", "x", "1", "\t", "oc.select:");

    /// <summary>A YAML document: mostly well formed, its scalars of every form.</summary>
    public string Document() => Chance(70) ? Block(0, 3) : Pieces(1, 9, Shard);

    private string Block(int indent, int depth)
    {
        var pad = new string(' ', indent);
        if (Chance(70))
            return string.Concat(Enumerable.Range(0, _random.Next(1, 5)).Select(_ => $"{pad}{YamlKey()}:{Child(indent, depth)}"));
        return string.Concat(Enumerable.Range(0, _random.Next(1, 4)).Select(_ => $"{pad}-{Child(indent, depth)}"));
    }

    private string YamlKey() => Chance(80) ? Pick<string>(Words) : Pick("1", "true", "on", "1.0", "0.5", "'1'", "\"a b\"", "<<", "~", "a b", "x-y", "&k k", "1:30", "2020-01-01", "?", "null", "[a]", "*n", "!!str 1", "=");

    private string Child(int indent, int depth) => depth > 0 && Chance(30) ? "\n" + Block(indent + 2, depth - 1) : $" {Flow(2)}{Pick("", "", "", " # note")}\n";

    private string Flow(int depth) => _random.Next(13) switch
    {
        0 when depth > 0 => $"[{string.Join(Pick(", ", ","), Enumerable.Range(0, _random.Next(4)).Select(_ => Flow(depth - 1)))}]",
        1 when depth > 0 => $"{{{string.Join(", ", Enumerable.Range(0, _random.Next(3)).Select(_ => $"{YamlKey()}: {Flow(depth - 1)}"))}}}",
        2 => "&n " + Flow(0),
        3 => Pick("*n", "*n", "*m"),
        4 => Pick("!!str 1", "!!int '3'", "!!float 1", "!!bool yes", "!!null x", "!!int x", "! 1", "!x y", "!!seq [1]", "!!map {a: 1}", "!!float '1e3'", "!!str"),
        5 => "'" + OddText().Replace("'", "''", StringComparison.Ordinal).Replace('\n', ' ').Replace('\r', ' ') + "'",
        6 => Pick("|\n      text\n      more", ">-\n      folded\n      more", "|+\n      kept\n", ">\n      a\n\n      b", "|2\n      x"),
        7 => "\"" + Pick("a\\nb", "\\t", "\\u00e9", "\\x41", "\\\"", "\\/", "\\q", "\\\\", "\\U0001F600", "a\\\n      b", "\\ x") + "\"",
        _ => Pick<string>(OddTexts).Replace('\n', ' ').Replace('\r', ' '),
    };

    private string Shard() => Pick("a: ", "b: ", "- ", "\n", "\n", "\n  ", "[", "]", "{", "}", ":", " ", ",", "#", "&n ", "*n", "!!str ", "'", "\"", "|", ">", "<<: ", "1", "x", "? ", "\t", "---\n", "...\n", "%", "%YAML 1.1\n", "a", "'q'", "\"q\"", "{a: 1}", "[1]", "\\", "é", "\r\n", ": ");
}
