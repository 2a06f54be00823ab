using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

public sealed class PointOverridesTests
{
    private const string Tree = "backend: {command: 'x ${a} ${b}'}\na: 0\nb: {c: 0}\nd: 0\n";

    [Theory]
    [InlineData("{params: {a: ['1e-4']}}", "a='1e-4'")]
    [InlineData("{params: {a: [1e-4]}}", "a=1e-4")]
    [InlineData("{params: {a: [word]}}", "a=word")]
    [InlineData("{params: {a: [yes]}}", "a=True")]
    [InlineData("{params: {a: [~]}}", "a=null")]
    [InlineData("{params: {a: ['it''s', '']}}", @"a='it\'s'")]
    [InlineData("{params: {a: [[1, x, '2']]}}", "a=[1,x,'2']")]
    [InlineData("{configs: [{b: {c: 2, k: 'y'}}]}", "++b={c:2,k:'y'}")]
    [InlineData("{base_values: {d: 5}, groups: [{defaults: {d: 6}, params: {a: [1]}}]}", "d=6 a=1")]
    [InlineData("{params: {new.key: [1]}}", "++new.key=1")]
    [InlineData("{params: {a: ['${d}']}}", "a='${d}'")]
    public void A_point_is_written_as_overrides_that_compose_its_run_anew(string sweep, string overrides)
    {
        var plan = Some.Good($"{Tree}sweep: {sweep}");
        var frozen = plan.Configs.Find(plan.Runs[0].Id)!;
        Assert.Equal(overrides, string.Join(' ', frozen.PointOverrides));
        var again = Planner.Compose(Some.Request(Tree, [.. frozen.PointOverrides]), Interpolations.Resolved);
        Assert.Empty(again.Diagnostics);
        var report = new DiagnosticBag();
        var run = (ConfigNode.Mapping)YamlReader.Read(new SourceFile("f", "/f", frozen.ResolvedYaml), report)!;
        var emitter = new YamlEmitter();
        foreach (var entry in again.Tree!.Entries) Assert.Equal(emitter.Emit(entry.Value), emitter.Emit(run[entry.Key]!));
    }
}
