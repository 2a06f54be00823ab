using FsCheck;
using FsCheck.Fluent;
using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

public sealed class SweepTests
{
    private static string[] Points(string sweep)
    {
        var report = new DiagnosticBag();
        var tree = (ConfigNode.Mapping)YamlReader.Read(new SourceFile("f", "/f", sweep), report)!;
        var points = Sweep.Expand(tree, report);
        Assert.Empty(report.All);
        return [.. points.Select(static p => string.Join(' ', PointTree.Coordinates(p, static _ => null).Select(static c => $"{c.Key}={c.Text}")))];
    }

    [Fact]
    public void Params_are_a_product_with_the_last_key_fastest() =>
        Assert.Equal(["a=1 b=x", "a=1 b=y", "a=2 b=x", "a=2 b=y"], Points("{params: {a: [1, 2], b: [x, y]}}"));

    [Fact]
    public void A_scalar_under_params_is_one_value() => Assert.Equal(["a=xyz"], Points("{groups: [{params: {a: xyz}}]}"));

    [Fact]
    public void A_product_of_params_and_a_list_of_stages() =>
        Assert.Equal(["lr=1 stage=stable", "lr=1 stage=decay", "lr=2 stage=stable", "lr=2 stage=decay"],
            Points("{type: product, groups: [{params: {lr: [1, 2]}}, {type: list, configs: [{stage: stable}, {stage: decay}]}]}"));

    [Fact]
    public void A_list_is_the_points_of_all_its_groups() =>
        Assert.Equal(["a=1", "a=2", "b=1", "b=2"], Points("{type: list, groups: [{params: {a: [1, 2]}}, {params: {b: [1, 2]}}]}"));

    [Fact]
    public void A_union_of_grids_times_two_stages() => Assert.Equal(12, Points("""
        type: product
        groups:
          - type: list
            groups:
              - params: {lr: [a, b], bs: [64, 128]}
              - params: {lr: [c, d], bs: [256]}
          - configs: [{stage: s}, {stage: t}]
        """).Length);

    [Fact]
    public void Defaults_lie_under_what_an_entry_sets() =>
        Assert.Equal(["common=shared n=42 s=1", "common=shared n=42 s=2", "common=own n=42 s=3"],
            Points("{type: list, groups: [{type: list, defaults: {common: shared, n: 42}, configs: [{s: 1}, {s: 2}, {s: 3, common: own}]}]}"));

    [Fact]
    public void Base_values_never_overwrite_an_axis_whichever_group_it_is_in() =>
        Assert.Equal(["lr=2 b=1", "lr=3 b=1"], Points("{base_values: {lr: 1}, groups: [{params: {lr: [2, 3]}}, {params: {b: [1]}}]}"));

    [Fact]
    public void Inner_defaults_win_over_outer_ones_and_a_leaf_over_both() =>
        Assert.Equal(["k=inner x=1", "k=leaf x=2"], Points("{base_values: {k: base}, groups: [{defaults: {k: outer}, groups: [{defaults: {k: inner}, configs: [{x: 1}, {x: 2, k: leaf}]}]}]}"));

    [Fact]
    public void A_stage_with_a_group_of_its_own() =>
        Assert.Equal(["stage=stable", "stage=decay frac=0.1", "stage=decay frac=0.2"], Points("{configs: [{stage: stable}, {stage: decay, params: {frac: [0.1, 0.2]}}]}"));

    [Fact]
    public void Without_groups_the_base_values_are_the_one_point() => Assert.Equal(["a=1"], Points("{base_values: {a: 1}}"));

    [Fact]
    public void The_seventy_five_jobs_of_a_real_study() => Assert.Equal(75, Points("""
        type: product
        groups:
          - type: list
            groups:
              - params: {lr: [1, 2, 3], bs: [64, 128]}
              - params: {lr: [4, 5, 6], bs: [256, 512, 1024]}
          - configs: [{stage: stable}, {stage: d1}, {stage: d2}, {stage: d3}, {stage: d4}]
        """).Length);

    [Fact]
    public void A_product_has_as_many_points_as_its_parts_multiplied() =>
        Prop.ForAll(Gen.Choose(1, 5).SelectMany(static n => Gen.ArrayOf(Gen.Choose(1, 4), n)).ToArbitrary(), static sizes =>
        {
            var groups = sizes.Select(static (size, i) => $"{{params: {{k{i}: [{string.Join(", ", Enumerable.Range(0, size))}]}}}}");
            var points = Points($"{{groups: [{string.Join(", ", groups)}]}}");
            Assert.Equal(sizes.Aggregate(1, static (a, b) => a * b), points.Length);
            Assert.Equal(points.Length, points.Distinct().Count());
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("sweep: {groups: [{parms: {lr: [1]}}]}", "PLN001,PLN005")]
    [InlineData("sweep: {lr: [1, 2]}", "PLN005")]
    [InlineData("sweep: [1]", "PLN001")]
    [InlineData("sweep: {type: zip, params: {lr: [1]}}", "PLN004")]
    [InlineData("sweep: {params: {lr: []}}", "PLN003")]
    [InlineData("sweep: {params: {lr: [1]}, configs: [{a: 1}]}", "PLN002")]
    [InlineData("sweep: {groups: []}", "PLN001")]
    [InlineData("sweep: {params: {sweep.type: [list]}}", "PLN005")]
    [InlineData("sweep: {params: {l.x: [1]}}\nl: [1]", "PLN007")]
    public void What_is_wrong_with_a_sweep_is_told(string yaml, string codes) =>
        Assert.Equal(codes, string.Join(',', Some.Plan("backend: {command: x}\n" + yaml).Diagnostics.Select(static d => d.Code).Order()));

    [Fact]
    public void A_sweep_beyond_counting_is_refused_at_once()
    {
        var axes = string.Join(", ", Enumerable.Range(0, 60).Select(static i => $"k{i}: [1, 2, 3, 4]"));
        Assert.Equal("PLN006", Some.Mistake($"backend: {{command: x}}\nsweep: {{params: {{{axes}}}}}").Code);
    }
}
