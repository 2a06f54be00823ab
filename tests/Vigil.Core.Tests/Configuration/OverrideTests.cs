using Vigil.Configuration;

namespace Vigil.Core.Tests.Configuration;

public sealed class OverrideTests
{
    private const string File = "a: 1\nb: {c: {d: 2}, e: [1, 2]}\nn: null\n";

    private static (string Yaml, IReadOnlyList<Diagnostic> Mistakes) Apply(params string[] overrides)
    {
        var report = new DiagnosticBag();
        var tree = (ConfigNode.Mapping)YamlReader.Read(new SourceFile("f", "/f", File), report)!;
        var parsed = overrides.Select(o => Override.Parse(o, report)).OfType<Override>();
        var changed = OverrideApplication.Apply(tree, [.. parsed], static key => key == "project.name", static () => ["project.name"], report);
        return (new YamlEmitter().Emit(changed), report.All);
    }

    [Theory]
    [InlineData("a=5", "a: 5\nb:\n  c:\n    d: 2\n  e:\n  - 1\n  - 2\nn: null\n")]
    [InlineData("+b.c={x: 1}", "a: 1\nb:\n  c:\n    d: 2\n    x: 1\n  e:\n  - 1\n  - 2\nn: null\n")]
    [InlineData("b.c=null", "a: 1\nb:\n  c: null\n  e:\n  - 1\n  - 2\nn: null\n")]
    [InlineData("b.e=[7]", "a: 1\nb:\n  c:\n    d: 2\n  e:\n  - 7\nn: null\n")]
    [InlineData("b.e.1=[x,y]", "a: 1\nb:\n  c:\n    d: 2\n  e:\n  - 1\n  - - x\n    - y\nn: null\n")]
    [InlineData("n=5", "a: 1\nb:\n  c:\n    d: 2\n  e:\n  - 1\n  - 2\nn: 5\n")]
    [InlineData("+x.y=1", "a: 1\nb:\n  c:\n    d: 2\n  e:\n  - 1\n  - 2\nn: null\nx:\n  y: 1\n")]
    [InlineData("++a=3", "a: 3\nb:\n  c:\n    d: 2\n  e:\n  - 1\n  - 2\nn: null\n")]
    [InlineData("~b", "a: 1\nn: null\n")]
    [InlineData("~b.c.d=2", "a: 1\nb:\n  c: {}\n  e:\n  - 1\n  - 2\nn: null\n")]
    [InlineData("~b.e.0", "a: 1\nb:\n  c:\n    d: 2\n  e:\n  - 2\nn: null\n")]
    [InlineData("project.name=x", "a: 1\nb:\n  c:\n    d: 2\n  e:\n  - 1\n  - 2\nn: null\nproject:\n  name: x\n")]
    public void An_override_changes_what_it_names_and_nothing_else(string text, string yaml)
    {
        var (changed, mistakes) = Apply(text);
        Assert.Empty(mistakes);
        Assert.Equal(yaml, changed);
    }

    [Theory]
    [InlineData("aa=1", "CFG031")]
    [InlineData("b.c.dd=1", "CFG031")]
    [InlineData("b.c={x: 1}", "CFG031")]
    [InlineData("b.e={x: 1}", "CFG037")]
    [InlineData("a.x=1", "CFG031")]
    [InlineData("+a=1", "CFG033")]
    [InlineData("~zz", "CFG031")]
    [InlineData("~a=2", "CFG034")]
    [InlineData("a=1,2", "CFG032")]
    [InlineData("+b.e.x=1", "CFG035")]
    [InlineData("word", "CFG030")]
    [InlineData("=1", "CFG031")]
    [InlineData("db@src=mysql", "CFG079")]
    [InlineData("server/db=mysql", "CFG031")]
    [InlineData("a[0]=1", "CFG030")]
    public void An_override_that_cannot_be_meant_is_one_mistake(string text, string code) => Assert.Equal(code, Assert.Single(Apply(text).Mistakes).Code);

    [Fact]
    public void An_unknown_key_is_told_with_its_neighbour_and_with_the_way_to_add_it()
    {
        var mistake = Assert.Single(Apply("projct.name=x").Mistakes);
        Assert.Contains("'project.name'", mistake.Hint, StringComparison.Ordinal);
        Assert.Contains("+projct.name=x", mistake.Hint, StringComparison.Ordinal);
        Assert.Equal("command line", mistake.At.File);
    }

    [Theory]
    [InlineData("a=", "''")]
    [InlineData("a=null", "null")]
    [InlineData("a=None", "None")]
    [InlineData("a=TrUe", "true")]
    [InlineData("a=1.0", "1.0")]
    [InlineData("a=1E5", "100000.0")]
    [InlineData("a=-10", "-10")]
    [InlineData("a=+10", "10")]
    [InlineData("a=1_000", "1000")]
    [InlineData("a=.5", "0.5")]
    [InlineData("a=-.5", "-0.5")]
    [InlineData("a=inf", ".inf")]
    [InlineData("a=nan", ".nan")]
    [InlineData("a= foo ", "foo")]
    [InlineData("a=\"foo bar\"", "foo bar")]
    [InlineData("a=\"say \\\"hi\\\"\"", "say \"hi\"")]
    [InlineData("a='C:\\\\'", "C:\\")]
    [InlineData("a=\"a\\\\\\\"b\"", "a\\\"b")]
    [InlineData("a='1,2'", "1,2")]
    [InlineData("a=[]", "[]")]
    [InlineData("a=${b.c}/d", "${b.c}/d")]
    [InlineData("a=${oc.env:HOME,/tmp}", "${oc.env:HOME,/tmp}")]
    [InlineData("a=\"${f: {x: 1}}\"", "'${f: {x: 1}}'")]
    [InlineData("a=/path/to:x", "/path/to:x")]
    [InlineData("a=a\\,b", "a,b")]
    [InlineData("a=x|y", "x|y")]
    [InlineData("a=\\\\x", "\\x")]
    [InlineData("a='\\x'", "\\x")]
    [InlineData("a=true false", "true false")]
    [InlineData("a=2020-01-01", "2020-01-01")]
    [InlineData("a=12:30:45", "'12:30:45'")]
    [InlineData("a=0x1F", "'0x1F'")]
    [InlineData("a=007", "'007'")]
    [InlineData("a=yes", "'yes'")]
    [InlineData("a=a*b", "a*b")]
    [InlineData("a=?", "'?'")]
    [InlineData("a=-", "'-'")]
    [InlineData("a=$$", "$$")]
    [InlineData("a=\\${x}", "\\${x}")]
    [InlineData("a=???", "???")]
    public void A_value_is_typed_as_Hydra_types_it(string text, string yaml)
    {
        var report = new DiagnosticBag();
        var value = Override.Parse(text, report)?.Node;
        Assert.Empty(report.All);
        Assert.Equal(yaml + "\n", new YamlEmitter().Emit(value!).Replace("'a:b'", "a:b", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a=[a,[b,{c:d}]]", """["a",["b",{"c":"d"}]]""")]
    [InlineData("a={x: 1, y: {z: [1]}}", """{"x":1,"y":{"z":[1]}}""")]
    [InlineData("a={1:2}", """{"1":2}""")]
    [InlineData("a=[1, 'b c' , null]", """[1,"b c",null]""")]
    public void Lists_and_dicts_nest(string text, string json)
    {
        var report = new DiagnosticBag();
        var value = Override.Parse(text, report)?.Node;
        Assert.Empty(report.All);
        Assert.Equal(json, JsonEmitter.Emit(value!).Replace("\n", "", StringComparison.Ordinal).Replace("  ", "", StringComparison.Ordinal).Replace("\": ", "\":", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a=[1,2,3")]
    [InlineData("a=${f: {x: 1}}")]
    [InlineData("a=x=y")]
    [InlineData("a=x&y")]
    [InlineData("a=x;y")]
    [InlineData("a=x(y")]
    [InlineData("a=é")]
    [InlineData("~+a")]
    [InlineData("server.db/x=1")]
    [InlineData("a=choise(1,2)")]
    [InlineData("a=,1")]
    [InlineData("a=a,,b")]
    [InlineData("a==b")]
    [InlineData("a='unterminated")]
    [InlineData("a=\"x\"y")]
    [InlineData("a=x\"y\"")]
    [InlineData("a=${x")]
    [InlineData("a=${}")]
    [InlineData("a={'x': 1}")]
    [InlineData("a=[1,]")]
    public void A_value_outside_the_grammar_is_a_mistake(string text)
    {
        var report = new DiagnosticBag();
        Assert.Null(Override.Parse(text, report));
        Assert.Single(report.All);
    }

    [Theory]
    [InlineData("a: {x: 1}", "a: {y: 2}", "a:\n  x: 1\n  y: 2\n")]
    [InlineData("a: 5", "a: {x: 1}", "a:\n  x: 1\n")]
    [InlineData("a: null", "a: {x: 1}", "a:\n  x: 1\n")]
    [InlineData("a: {x: 1}", "a: ???", "a:\n  x: 1\n")]
    [InlineData("a: ???", "a: 3", "a: 3\n")]
    [InlineData("a: []", "a: null", "a: null\n")]
    [InlineData("a: [1, 2]", "a: [3]", "a:\n- 3\n")]
    [InlineData("a: {x: 1}", "a: {}", "a:\n  x: 1\n")]
    [InlineData("a: [1]", "a: {x: 1}", null)]
    public void Trees_merge_as_in_OmegaConf(string below, string above, string? merged)
    {
        var report = new DiagnosticBag();
        var result = Merging.Merge(YamlReader.Read(new SourceFile("a", "/a", below), report)!, YamlReader.Read(new SourceFile("b", "/b", above), report)!);
        Assert.Equal(merged, result is null ? null : new YamlEmitter().Emit(result));
    }
}
