using Vigil.Configuration;

namespace Vigil.Core.Tests.Configuration;

public sealed class InterpolationTests
{
    private const string Base = """
        a: 1
        f: 0.5
        b: true
        n: null
        s: text
        d: {x: 10, y: {z: 20}, rel: "${.x}", up: "${..a}", up2: "${..d.y.z}"}
        l: [5, "${a}", {k: v}]
        key: d
        $dollar: 7
        with-dash: 8
        alias: ${d}
        q: {x: 1, r: "${.x}"}
        p: ${q}
        m: ['${.1}', 7, '${..a}']

        """;

    private static (ConfigNode? Value, IReadOnlyList<Diagnostic> Mistakes) Resolve(string text, string key = "t", DollarRule rule = DollarRule.Escapes)
    {
        var report = new DiagnosticBag();
        var quoted = "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
        var tree = (ConfigNode.Mapping)YamlReader.Read(new SourceFile("f", "/f", key == "t" ? $"{Base}t: {quoted}\n" : text), report)!;
        var environment = new Dictionary<string, string> { ["OC_E"] = "hello", ["OC_N"] = "3308", ["OC_EMPTY"] = "" };
        var resolver = new Resolver(tree, new TemplateCache(rule), new ResolverFunctions(new ConfigWorld(n => environment.GetValueOrDefault(n), default)), report);
        return (Merging.Find(resolver.ResolveAll(), key.Split('.')), report.All);
    }

    [Theory]
    [InlineData("${f}", "0.5")]
    [InlineData("${n}", "null")]
    [InlineData("${d.x}", "10")]
    [InlineData("${d[x]}", "10")]
    [InlineData("${[d][x]}", "10")]
    [InlineData("${l[0]}", "5")]
    [InlineData("${l.1}", "1")]
    [InlineData("${l[2].k}", "v")]
    [InlineData("${  d.x  }", "10")]
    [InlineData("${a}${b}", "1True")]
    [InlineData("x${n}", "xNone")]
    [InlineData("x${d}", "'x{''x'': 10, ''y'': {''z'': 20}, ''rel'': ''${.x}'', ''up'': ''${..a}'', ''up2'': ''${..d.y.z}''}'")]
    [InlineData("${$dollar}", "7")]
    [InlineData("${with-dash}", "8")]
    [InlineData("${d.rel}", "10")]
    [InlineData("${d.up}", "1")]
    [InlineData("${d.up2}", "20")]
    [InlineData("${alias.up}", "1")]
    [InlineData("${p.r}", "1")]
    [InlineData("${m.0}", "7")]
    [InlineData("${m[2]}", "1")]
    [InlineData("${${key}.x}", "10")]
    [InlineData("${.a}", "1")]
    [InlineData("v=${f}, ${s}", "v=0.5, text")]
    [InlineData("{${a}}", "'{1}'")]
    [InlineData("${a}}", "1}")]
    [InlineData("$a", "$a")]
    [InlineData("$$a", "$$a")]
    [InlineData(@"a\b", @"a\b")]
    [InlineData(@"\${a}", "${a}")]
    [InlineData("$${a}", "${a}")]
    [InlineData("x$${oc.env:OC_E}y", "x${oc.env:OC_E}y")]
    [InlineData(@"\\${a}", @"\1")]
    [InlineData(@"\\\${a}", @"\${a}")]
    [InlineData(@"\\\\${a}", @"\\1")]
    [InlineData("${oc.env:OC_E}", "hello")]
    [InlineData("${oc.env:OC_N}", "'3308'")]
    [InlineData("${oc.env:OC_EMPTY,x}", "''")]
    [InlineData("${oc.env:OC_UNSET,def}", "def")]
    [InlineData("${oc.env:OC_UNSET,12}", "'12'")]
    [InlineData("${oc.env:OC_UNSET,null}", "null")]
    [InlineData("${oc.env:OC_UNSET,${a}}", "'1'")]
    [InlineData("${oc.env:OC_UNSET,${.f}}", "'0.5'")]
    [InlineData("${oc.env:OC_UNSET,\"a, b\"}", "a, b")]
    [InlineData("${oc.env:OC_UNSET,'x${a}y'}", "x1y")]
    [InlineData("${oc.env:OC_UNSET,/tmp/a b}", "/tmp/a b")]
    [InlineData("${oc.env:OC_UNSET,\"\"}", "''")]
    [InlineData("${oc.env:OC_UNSET,}", "''")]
    [InlineData("${oc.env:OC_${u},x}", "x", "CFG021")]
    [InlineData("${oc.env:OC_UNSET,[1,a]}", "'[1, ''a'']'")]
    public void An_interpolation_gives_what_OmegaConf_gives(string text, string yaml, string? alsoReports = null)
    {
        var (value, mistakes) = Resolve(text);
        if (alsoReports is not null) { Assert.Equal(alsoReports, Assert.Single(mistakes).Code); return; }
        Assert.Empty(mistakes);
        Assert.Equal(yaml + "\n", new YamlEmitter().Emit(value!));
    }

    [Theory]
    [InlineData("${nope}", "CFG021")]
    [InlineData("${d.nope}", "CFG021")]
    [InlineData("${..a}", "CFG021")]
    [InlineData("${a.x}", "CFG112")]
    [InlineData("${l[x]}", "CFG112")]
    [InlineData("${oc.decode:1}", "CFG026")]
    [InlineData("${hydra:runtime.cwd}", "CFG025")]
    [InlineData("${l[9]}", "CFG021")]
    [InlineData("${t}", "CFG023")]
    [InlineData("${unknown:1}", "CFG025")]
    [InlineData("${oc.env:OC_UNSET}", "CFG027")]
    [InlineData("${oc.env:}", "CFG026")]
    [InlineData("${oc.env:a,b,c}", "CFG026")]
    [InlineData("${sp ace}", "CFG020")]
    [InlineData("${a", "CFG020")]
    [InlineData("${}", "CFG020")]
    [InlineData("${.}", "CFG020")]
    [InlineData("${a.}", "CFG020")]
    [InlineData("a ${b", "CFG020")]
    [InlineData("${oc.env:a#b}", "CFG020")]
    [InlineData("${oc.env:a;b}", "CFG020")]
    [InlineData("${oc.env:a(b)}", "CFG020")]
    [InlineData("${oc.env:~}", "CFG020")]
    [InlineData("${oc.env:{'q':1}}", "CFG020")]
    [InlineData("${oc.env:X,'a}", "CFG020")]
    [InlineData("${l[${a}]}", "CFG022")]
    public void A_broken_interpolation_is_one_mistake_of_its_kind(string text, string code) => Assert.Equal(code, Assert.Single(Resolve(text).Mistakes).Code);

    [Theory]
    [InlineData("${SLURM_JOB_ID}", @"for a variable of the job's shell write \${SLURM_JOB_ID}; for one of this shell, as it is now: ${oc.env:SLURM_JOB_ID}")]
    [InlineData("${LAR}", "did you mean 'LR'?")]
    [InlineData("${lear}", "known here: LR, x")]
    public void What_looks_like_a_variable_of_a_shell_is_told_how_to_be_one(string text, string hint) =>
        Assert.Equal(hint, Assert.Single(Resolve($"LR: 1\nx: {text}\n", "x").Mistakes).Hint);

    [Fact]
    public void Of_a_script_of_many_lines_the_wrong_one_is_quoted() =>
        Assert.StartsWith("'echo ${X:-{name}}' is not a valid interpolation", Assert.Single(Resolve("x: |\n  #!/bin/bash\n  echo ${oc.env:HOME}\n  echo ${X:-{name}}\n", "x").Mistakes).Message, StringComparison.Ordinal);

    [Fact]
    public void A_circle_is_named_in_full_and_told_once()
    {
        var (_, mistakes) = Resolve("a: ${b}\nb: x${c}\nc: ${a}\nd: ${a}\n", "a");
        Assert.Contains("a → b → c → a", Assert.Single(mistakes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_inside_the_section_it_asks_for_has_its_own_mistake() => Assert.Equal("CFG111", Assert.Single(Resolve("a: {b: '${a}', c: 1}", "a").Mistakes).Code);

    [Fact]
    public void A_value_may_ask_for_its_neighbour_by_the_full_path() => Assert.Empty(Resolve("a: {b: '${a.c}', c: 1}", "a").Mistakes);

    [Fact]
    public void A_mandatory_value_that_nobody_set_is_told_where_it_stands()
    {
        var (_, mistakes) = Resolve("a: ${b.c}\nb: {c: ???}\n", "a");
        var mistake = Assert.Single(mistakes);
        Assert.Equal(("CFG024", 2), (mistake.Code, mistake.At.Line));
    }

    [Fact]
    public void Shared_anchors_resolve_relative_to_each_of_their_places()
    {
        var (value, mistakes) = Resolve("b: &t {v: '${..next}'}\nnext: ${c.inner.v}\nc: {inner: *t, next: 5}\n", "b.v");
        Assert.Empty(mistakes);
        Assert.Equal("5\n", new YamlEmitter().Emit(value!));
    }

    [Fact]
    public void Doubling_texts_end_in_a_mistake_and_not_in_all_memory()
    {
        var text = "a0: xxxxxxxxxx\n" + string.Concat(Enumerable.Range(1, 60).Select(static i => $"a{i}: ${{a{i - 1}}}${{a{i - 1}}}\n"));
        Assert.Contains(Resolve(text, "a60").Mistakes, static m => m.Code == "CFG029");
    }

    [Fact]
    public void Doubling_trees_end_in_a_mistake_and_not_in_all_memory()
    {
        var text = "a0: [x]\n" + string.Concat(Enumerable.Range(1, 60).Select(static i => $"a{i}: ['${{a{i - 1}}}', '${{a{i - 1}}}']\n"));
        Assert.Contains(Resolve(text, "a60").Mistakes, static m => m.Code == "CFG029");
    }

    [Fact]
    public void A_long_chain_of_references_ends_in_a_mistake_and_not_in_a_crash()
    {
        var text = string.Concat(Enumerable.Range(0, 5000).Select(static i => $"a{i}: ${{a{i + 1}}}\n")) + "a5000: 1\n";
        Assert.Contains(Resolve(text, "a0").Mistakes, static m => m.Code == "CFG029");
    }

    [Fact]
    public void OmegaConf_reads_a_doubled_dollar_as_a_dollar_and_a_value()
    {
        Assert.Equal("$1\n", new YamlEmitter().Emit(Resolve("$${a}", rule: DollarRule.IsText).Value!));
    }
}
