using Vigil.Configuration;

namespace Vigil.Core.Tests.Configuration;

/// <summary>What each kind of override does to each kind of value; the outcomes are those of OmegaConf under Hydra's rules.</summary>
public sealed class OverrideApplicationTests
{
    private const string File = "a: 1\nb: {c: {d: 2}, e: [1, 2], f: [{x: 1}]}\nn: null\nm: ???\nr: ${b.c}\n";
    private const string Whole = """{"a":1,"b":{"c":{"d":2},"e":[1,2],"f":[{"x":1}]},"n":null,"m":"???","r":"${b.c}"}""";

    [Theory]
    // A change needs the key; what stands there may be anything but a container of the other shape.
    [InlineData("a={x: 1}", "\"a\":1", "\"a\":{\"x\":1}")]
    [InlineData("a=[1]", "\"a\":1", "\"a\":[1]")]
    [InlineData("n=5", "\"n\":null", "\"n\":5")]
    [InlineData("n={x: 1}", "\"n\":null", "\"n\":{\"x\":1}")]
    [InlineData("m=[1]", "\"m\":\"???\"", "\"m\":[1]")]
    [InlineData("r=3", "\"r\":\"${b.c}\"", "\"r\":3")]
    [InlineData("r={q: 7}", "\"r\":\"${b.c}\"", "\"r\":{\"q\":7}")]
    [InlineData("b.c={}", "", "")]
    [InlineData("b.c=null", "\"c\":{\"d\":2}", "\"c\":null")]
    [InlineData("b.c=???", "\"c\":{\"d\":2}", "\"c\":\"???\"")]
    [InlineData("b={c: ???}", "", "")]
    [InlineData("b={c: null}", "\"c\":{\"d\":2}", "\"c\":null")]
    [InlineData("b={c: {d: 3}}", "\"d\":2", "\"d\":3")]
    [InlineData("b={e: 5}", "\"e\":[1,2]", "\"e\":5")]
    [InlineData("b.e=[7]", "\"e\":[1,2]", "\"e\":[7]")]
    [InlineData("b.e.0=9", "\"e\":[1,2]", "\"e\":[9,2]")]
    [InlineData("b.f.0.x=3", "\"x\":1", "\"x\":3")]
    // An addition makes its way, and leaves what is there.
    [InlineData("+a.x=1", "\"a\":1", "\"a\":{\"x\":1}")]
    [InlineData("+n.x=1", "\"n\":null", "\"n\":{\"x\":1}")]
    [InlineData("+m.x=1", "\"m\":\"???\"", "\"m\":{\"x\":1}")]
    [InlineData("+r.x=1", "\"r\":\"${b.c}\"", "\"r\":{\"x\":1}")]
    [InlineData("+m=1", "\"m\":\"???\"", "\"m\":1")]
    [InlineData("+b.c={z: 3}", "\"d\":2", "\"d\":2,\"z\":3")]
    [InlineData("+b={c: {z: 3}}", "\"d\":2", "\"d\":2,\"z\":3")]
    [InlineData("+b.e=[7]", "\"e\":[1,2]", "\"e\":[7]")]
    [InlineData("+b.e.0.x=1", "\"e\":[1,2]", "\"e\":[{\"x\":1},2]")]
    [InlineData("+b.f.0.y=3", "\"x\":1", "\"x\":1,\"y\":3")]
    [InlineData("+b.f.0={y: 3}", "\"x\":1", "\"x\":1,\"y\":3")]
    [InlineData("+zz.yy=1", "\"r\":\"${b.c}\"", "\"r\":\"${b.c}\",\"zz\":{\"yy\":1}")]
    // A double plus does either.
    [InlineData("++a=2", "\"a\":1", "\"a\":2")]
    [InlineData("++a.x=1", "\"a\":1", "\"a\":{\"x\":1}")]
    [InlineData("++r.d=5", "\"r\":\"${b.c}\"", "\"r\":{\"d\":5}")]
    [InlineData("++b.c=null", "\"c\":{\"d\":2}", "\"c\":null")]
    [InlineData("++=1", "\"r\":\"${b.c}\"", "\"r\":\"${b.c}\",\"\":1")]
    // A deletion may say what it expects; 1.4 deletes null and elements of lists as well.
    [InlineData("~n", ",\"n\":null", "")]
    [InlineData("~m", ",\"m\":\"???\"", "")]
    [InlineData("~a=1.0", "\"a\":1,", "")]
    [InlineData("~a=true", "\"a\":1,", "")]
    [InlineData("~b.e=[1,2]", "\"e\":[1,2],", "")]
    [InlineData("~b.c={d: 2}", "\"c\":{\"d\":2},", "")]
    [InlineData("~b.e.0", "[1,2]", "[2]")]
    [InlineData("~b.f.0.x", "{\"x\":1}", "{}")]
    public void An_override_does_what_it_does_in_Hydra(string text, string old, string changed)
    {
        var (tree, mistakes) = Apply(text);
        Assert.Empty(mistakes);
        Assert.Equal(old.Length == 0 ? Whole : Whole.Replace(old, changed, StringComparison.Ordinal), tree);
    }

    [Theory]
    [InlineData("a.x=1", "CFG031")]
    [InlineData("n.x=1", "CFG031")]
    [InlineData("r.d=5", "CFG031")]
    [InlineData("b.f.0.y=3", "CFG031")]
    [InlineData("b.f.0={y: 3}", "CFG031")]
    [InlineData("b={c: {z: 3}}", "CFG031")]
    [InlineData("b={n2: 1}", "CFG031")]
    [InlineData("=1", "CFG031")]
    [InlineData("b.e.5=9", "CFG035")]
    [InlineData("b.e.x=1", "CFG035")]
    [InlineData("+b.e.5=9", "CFG035")]
    [InlineData("++b.e.x=1", "CFG035")]
    [InlineData("b.e={x: 1}", "CFG037")]
    [InlineData("b.c=[1]", "CFG037")]
    [InlineData("++b.c=[1]", "CFG037")]
    [InlineData("b={e: {k: 1}}", "CFG037")]
    [InlineData("+r=3", "CFG033")]
    [InlineData("+b.c=null", "CFG033")]
    [InlineData("+b.e.0=9", "CFG033")]
    [InlineData("~b.e.7", "CFG031")]
    [InlineData("~b.e=[2,1]", "CFG034")]
    [InlineData("~n=0", "CFG034")]
    [InlineData("~a='1'", "CFG034")]
    [InlineData("a=1,2", "CFG032")]
    public void An_override_that_Hydra_refuses_changes_nothing(string text, string code)
    {
        var (tree, mistakes) = Apply(text);
        Assert.Equal(code, Assert.Single(mistakes).Code);
        Assert.Equal(Whole, tree);
    }

    [Fact]
    public void Keys_of_a_dict_keep_their_types()
    {
        var report = new DiagnosticBag();
        var tree = (ConfigNode.Mapping)YamlReader.Read(new SourceFile("f", "/f", "a: {1: x, '1': w, 2: z}"), report)!;
        var changed = OverrideApplication.Apply(tree, [Override.Parse("+a={1: p, 2: q, b: r, 2.5: s}", report)!, Override.Parse("a={1.0: t}", report)!], static _ => false, static () => [], report);
        Assert.Empty(report.All);
        Assert.Equal(ExpectedKeys, new YamlEmitter().Emit(changed));
    }

    private const string ExpectedKeys = "a:\n  1: t\n  '1': w\n  2: q\n  b: r\n  2.5: s\n";

    private static (string Json, IReadOnlyList<Diagnostic> Mistakes) Apply(string text)
    {
        var report = new DiagnosticBag();
        var tree = (ConfigNode.Mapping)YamlReader.Read(new SourceFile("f", "/f", File), report)!;
        var changed = OverrideApplication.Apply(tree, [Override.Parse(text, report)!], static _ => false, static () => [], report);
        return (Composing.Some.Json(changed), report.All);
    }
}
