using System.Collections.Immutable;
using System.Diagnostics;
using Vigil.Configuration;

namespace Vigil.Core.Tests.Configuration;

/// <summary>Whatever a text holds, it is answered: without an exception, without hanging, in time that grows with its length.</summary>
public sealed class HostileInputTests
{
    private const int Short = 20_000;
    private const int Factor = 8;

    /// <summary>Between the factor, which is linear, and its square.</summary>
    private const double Bound = 30;

    public static TheoryData<string, string, string> Yaml => new()
    {
        { "[", "", "" }, { "{", "", "" }, { "- ", "", "" }, { "? ", "", "" }, { "[a, ", "", "" }, { "{a: ", "", "" }, { "[{", "", "" }, { "a: [", "", "" }, { "]", "", "" }, { ",", "", "" }, { ":", "", "" }, { ": ", "", "" },
        { "x", "a: ", "" }, { "x", "a: '", "'" }, { "x", "a: \"", "\"" }, { "x", "", ": 1" }, { "\\n", "a: \"", "\"" }, { "\\u0041", "\"", "\"" }, { "'", "a: ", "" }, { "\n", "", "" }, { "\n", "a: '", "'" }, { "\n", "a: |\n", "  x" }, { " x\n", "a: |\n", "" }, { "a b\n", "a:\n ", "" }, { " ", "a:", "" },
        { "&a ", "", "" }, { "!a ", "", "" }, { "*a ", "", "" }, { "#", "", "" }, { "# x\n", "", "" }, { "a\n", "", "" }, { "- a\n", "", "" }, { "1", "a: ", "" }, { "1_", "a: ", "" }, { "1:1", "a: ", "" }, { "0x", "a: ", "" }, { "1,", "a: [", "]" }, { "a: 1,", "[", "]" }, { "---\n", "", "" }, { "...\n", "", "" }, { "%", "", "" }, { "\u2028", "", "" }, { "\uFEFF", "a: ", "" }, { "\ud83d", "a: ", "" }, { "😀", "a: ", "" },
    };

    public static TheoryData<string, string, string> Templates => new()
    {
        { "${", "", "" }, { "${a:", "", "" }, { "${a:[", "", "" }, { "${a:{b:", "", "" }, { "${a}", "", "" }, { "$", "", "" }, { "\\", "", "${a}" }, { "\\${", "", "" }, { ".", "${", "a}" }, { "[b]", "${a", "}" }, { ".b", "${a", "}" }, { "x", "${", "}" }, { "x", "${f:", "}" }, { " ", "${f:", "}" }, { " ", "${f:a", "b}" }, { "a ", "${f:", "}" },
        { ",", "${f:", "}" }, { "'a',", "${f:", "}" }, { "\\'", "${f:'", "'}" }, { "\\\\", "${f:\"", "\"}" }, { "${a}", "${f:'", "'}" }, { "[", "${f:", "}" }, { "1", "${f:", "}" }, { "1_", "${f:", "1}" }, { "a:1,", "${f:{", "b:1}}" }, { ": ", "${f:", "}" }, { "'${f:", "${f:", "" }, { "\"${f:\"", "", "" },
    };

    [Theory]
    [MemberData(nameof(Yaml))]
    public void A_document_is_read_in_time_that_grows_with_its_length(string piece, string before, string after) =>
        GrowsWithLength(n => YamlReader.Read(new SourceFile("f", "/f", before + Repeat(piece, n) + after), new DiagnosticBag()));

    [Theory]
    [MemberData(nameof(Templates))]
    public void An_interpolation_is_read_in_time_that_grows_with_its_length(string piece, string before, string after) =>
        GrowsWithLength(n => TemplateParser.Parse(before + Repeat(piece, n) + after, DollarRule.Escapes, out _));

    [Theory]
    [MemberData(nameof(Templates))]
    public void A_text_for_oc_decode_is_read_in_time_that_grows_with_its_length(string piece, string before, string after) =>
        GrowsWithLength(n => TemplateParser.ParseElement((before.Length > 4 ? before[4..] : before) + Repeat(piece, n) + after, out _));

    [Fact]
    public void Many_keys_of_one_mapping_are_read_and_merged_in_time_that_grows_with_their_number()
    {
        GrowsWithLength(static n =>
        {
            var text = string.Concat(Enumerable.Range(0, n / 8).Select(static i => $"k{i}: {i}\n"));
            var tree = YamlReader.Read(new SourceFile("f", "/f", text), new DiagnosticBag())!;
            return Merging.Merge(tree, tree);
        });
    }

    [Theory]
    [InlineData("a: &a [x, x, x, x, x, x, x, x, x]\n", "{0}: &{0} [*{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}]\n")]
    [InlineData("a: &a {p: 1, q: 2}\n", "{0}: &{0} {{p: *{1}, q: *{1}}}\n")]
    [InlineData("a: &a {p: 1}\n", "{0}: &{0} {{<<: [*{1}, *{1}], {0}: *{1}}}\n")]
    public void A_bomb_of_aliases_is_refused(string first, string next)
    {
        var report = new DiagnosticBag();
        var text = first + string.Concat(Enumerable.Range(1, 25).Select(i => string.Format(System.Globalization.CultureInfo.InvariantCulture, next, (char)('a' + i), (char)('a' + i - 1))));
        Assert.Null(YamlReader.Read(new SourceFile("f", "/f", text), report));
        Assert.Contains(report.All, static d => d.Code == "CFG003");
    }

    [Fact]
    public void An_alias_inside_of_its_own_anchor_is_refused()
    {
        var report = new DiagnosticBag();
        Assert.Null(YamlReader.Read(new SourceFile("f", "/f", "a: &a [*a]\n"), report));
        Assert.Equal("CFG008", Assert.Single(report.All).Code);
    }

    [Fact]
    public void Whatever_signs_a_document_is_made_of_it_is_answered()
    {
        string[] pieces = ["a", "b: ", "- ", "\n", "\n  ", "[", "]", "{", "}", ":", ",", "#", "&x ", "*x", "!!str ", "!", "'", "\"", "|", ">", "<<: ", "1", "? ", "\t", "---", "...", "%", "\\", "é", "\r", "\0", "\ud800", "${", "\u0085", "@", "`", "=", "+", "-", "~", "\uFEFF"];
        var random = new Random(7);
        for (var i = 0; i < 60_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            var report = new DiagnosticBag();
            var tree = YamlReader.Read(new SourceFile("f", "/f", text), report);
            // A key that stands twice is a mistake beside which the others are still looked for.
            Assert.True(tree is null == report.All.Any(static d => d.Code != "CFG009"), text);
            if (!report.HasErrors) RoundTrips(tree!, text);
        }
    }

    [Fact]
    public void Random_characters_are_answered()
    {
        var random = new Random(11);
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(40)).Select(_ => (char)random.Next(random.Next(3) == 0 ? 0x10000 : 0x80))]);
            _ = YamlReader.Read(new SourceFile("f", "/f", text), new DiagnosticBag());
            _ = TemplateParser.Parse("${" + text, DollarRule.IsText, out _);
            _ = TemplateParser.ParseElement(text, out _);
            _ = Override.Parse("a=" + text, new DiagnosticBag());
            _ = KeyPath.Parse(text);
        }
    }

    [Fact]
    public void Whatever_a_tree_asks_of_itself_it_is_answered_and_twice_alike()
    {
        string[] texts =
        [
            "${a}", "${b}", "${.a}", "${..a}", "${a.b}", "${l[0]}", "${l[${b}]}", "x${a}y${b}", "${oc.select:a}", "${oc.select:'a.b',${b}}", "${oc.create:${a}}", "${oc.create:{a: ${b}, b: '\\${.a}'}}", "${oc.decode:'[${a}]'}", "${oc.dict.values:a}", "${oc.dict.keys:..a}", "${oc.deprecated:b}", "${${b}:1}",
            "\\${a}", "$${a}", "${nope}", "${a", "???", "b", "1", "${oc.env:X}", "${oc.create:'{a: 1, b: [${b}]}'}", "${oc.select:''}", "${oc.decode:'\\${oc.decode:\\'\\${a}\\'}'}",
        ];
        var random = new Random(13);
        for (var i = 0; i < 1_000; i++)
        {
            var tree = new ConfigNode.Mapping(SourceSpan.None, [.. "abl".Select(c => new ConfigEntry(c.ToString(), SourceSpan.None, Map(random, texts, 2)))]);
            Assert.Equal(Resolved(tree), Resolved(tree));
        }
    }

    [Fact]
    public void A_resolved_tree_that_was_written_for_keeps_reads_and_resolves_to_itself()
    {
        string[] texts = ["\\${a}", "$\\${a}", "\\\\${b}", "\\\\\\${b}", "x\\${oc.env:X}\\", "$$", "\\", "a\\b", "${b}\\${b}", "\\${", "\\${a} \\\\\\${b} ${b}"];
        var random = new Random(17);
        for (var i = 0; i < 1_000; i++)
        {
            var tree = new ConfigNode.Mapping(SourceSpan.None, [new("b", SourceSpan.None, new ConfigNode.Scalar(SourceSpan.None, "v\\", ScalarStyle.Quoted)), new("t", SourceSpan.None, Map(random, texts, 2))]);
            var rule = random.Next(2) == 0 ? DollarRule.Escapes : DollarRule.IsText;
            var once = new Resolver(tree, new TemplateCache(rule), new ResolverFunctions(World), new DiagnosticBag()).ResolveAll();
            var report = new DiagnosticBag();
            var back = (ConfigNode.Mapping)YamlReader.Read(new SourceFile("f", "/f", new YamlEmitter(LiteralRule.Escaped).Emit(once)), report)!;
            var twice = new Resolver(back, new TemplateCache(rule), new ResolverFunctions(World), report).ResolveAll();
            Assert.Empty(report.All);
            Assert.Equal(PythonText.Repr(once), PythonText.Repr(twice));
        }
    }

    private static readonly ConfigWorld World = new(static _ => null, default);

    private static (string, string) Resolved(ConfigNode.Mapping tree)
    {
        var report = new DiagnosticBag();
        var resolved = new Resolver(tree, new TemplateCache(DollarRule.Escapes), new ResolverFunctions(World), report).ResolveAll();
        return (PythonText.Repr(resolved), string.Join('\n', report.All));
    }

    private static ConfigNode Map(Random random, string[] texts, int depth)
    {
        string[] keys = ["a", "b", "c", "l"];
        if (depth == 0 || random.Next(3) == 0) return new ConfigNode.Scalar(SourceSpan.None, texts[random.Next(texts.Length)], ScalarStyle.Quoted);
        if (random.Next(3) == 0 && depth < 3) return new ConfigNode.Sequence(SourceSpan.None, [.. Enumerable.Range(0, random.Next(3)).Select(_ => Map(random, texts, depth - 1))]);
        return new ConfigNode.Mapping(SourceSpan.None, [.. keys.Where(_ => random.Next(3) > 0).Select(k => new ConfigEntry(k, SourceSpan.None, Map(random, texts, depth - 1)))]);
    }

    private static void RoundTrips(ConfigNode tree, string text)
    {
        var written = new YamlEmitter().Emit(tree);
        var report = new DiagnosticBag();
        var back = YamlReader.Read(new SourceFile("f", "/f", written), report);
        Assert.True(back is not null, $"{text}\nwritten as\n{written}\n{string.Join('\n', report.All)}");
        Assert.Equal(PythonText.Repr(tree), PythonText.Repr(back));
    }

    private static string Repeat(string piece, int length) => string.Concat(Enumerable.Repeat(piece, Math.Max(1, length / piece.Length)));

    private static void GrowsWithLength<T>(Func<int, T> work)
    {
        _ = work(Short);
        var (little, much) = (double.MaxValue, double.MaxValue);
        for (var i = 0; i < 7 && much > Bound * little; i++)
        {
            little = Math.Min(little, Time(work, Short));
            much = Math.Min(much, Time(work, Short * Factor));
        }
        // Below this the clock measures itself.
        Assert.True(much < 5 || much <= Bound * little, $"{Factor} times the text took {much / little:0.0} times as long ({little:0.00} and {much:0.00} ms)");
    }

    private static double Time<T>(Func<int, T> work, int length)
    {
        var start = Stopwatch.GetTimestamp();
        _ = work(length);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
