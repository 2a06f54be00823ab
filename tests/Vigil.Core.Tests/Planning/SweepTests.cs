using FsCheck;
using FsCheck.Fluent;
using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

public sealed class SweepTests
{
    private static SweepPoints Expand(string sweep, DiagnosticBag report, params CommandLineAxis[] axes)
    {
        var tree = YamlReader.Read(new SourceFile("f", "/f", sweep), report);
        return Sweep.Expand(CommandLineAxes.Add(new SweepReader(IsGroup, report).Read(tree), [.. axes], IsGroup, report), report);
    }

    private static bool IsGroup(string key) => key is "model" or "optimizer";

    private static string[] Points(string sweep, params CommandLineAxis[] axes)
    {
        var report = new DiagnosticBag();
        var points = Expand(sweep, report, axes).Points;
        Assert.Empty(report.All);
        return [.. points.Select(Show)];
    }

    /// <summary>Each key with the value in force, in the order of its first setting.</summary>
    private static string Show(SweepPoint point) =>
        string.Join(' ', point.Defaults.Concat(point.Settings).Select(static s => s.Key).Distinct().Select(k => $"{k}={point.InForce(k)!.Coordinate.Text}"));

    private static CommandLineAxis Typed(string key, params string[] values) =>
        new(key, new SourceSpan(Override.File, 1, 1), [.. values.Select(static v => new ConfigNode.Scalar(SourceSpan.None, v, ScalarStyle.Plain))]);

    [Fact]
    public void Params_are_a_product_with_the_last_key_fastest() =>
        Assert.Equal(["a=1 b=x", "a=1 b=y", "a=2 b=x", "a=2 b=y"], Points("{params: {a: [1, 2], b: [x, y]}}"));

    [Fact]
    public void A_scalar_under_params_is_one_value() => Assert.Equal(["a=xyz"], Points("{groups: [{params: {a: xyz}}]}"));

    [Theory]
    [InlineData("{params: {+job.env.X: [1, 2]}}")]
    [InlineData("{params: {++job.env.X: [1, 2]}}")]
    [InlineData("{type: list, configs: [{+job.env.X: 1}, {+job.env.X: 2}]}")]
    [InlineData("{defaults: {+job.env.X: 1}, type: list, configs: [{job.env.X: 1}, {+job.env.X: 2}]}")]
    public void The_sign_with_which_an_override_adds_a_key_is_no_part_of_the_key(string sweep) =>
        Assert.Equal(["job.env.X=1", "job.env.X=2"], Points(sweep));

    [Fact]
    public void A_sweep_deletes_no_key()
    {
        var report = new DiagnosticBag();
        Expand("{type: list, configs: [{~a.b: 1}]}", report);
        Assert.Equal(("PLN005", "a.b: null empties it in a run"), (Assert.Single(report.All).Code, report.All[0].Hint));
    }

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
    [InlineData("sweep: {type: zop, params: {lr: [1]}}", "PLN004")]
    [InlineData("sweep: {type: zip, params: {a: [1, 2], b: [1, 2, 3]}}", "PLN032")]
    [InlineData("sweep: {type: zip, groups: [{params: {a: [1, 2]}}, {params: {b: [1]}}]}", "PLN032")]
    [InlineData("sweep: {type: zip, configs: [{a: 1}]}", "PLN033")]
    [InlineData("sweep: {grids: [{a: [1]}], groups: [{params: {b: [1]}}]}", "PLN002")]
    [InlineData("sweep: {grids: {a: [1]}}", "PLN001")]
    [InlineData("sweep: {grids: [{a: []}]}", "PLN003")]
    [InlineData("sweep: {axes: {a: [1, [2]]}}", "PLN001")]
    [InlineData("sweep: {axes: [1, 2]}", "PLN001")]
    [InlineData("sweep: {list_composition: a, params: {a: [1]}}", "PLN001")]
    [InlineData("sweep: {filter: [1], params: {a: [1]}}", "PLN040")]
    [InlineData("sweep: {filter: false, params: {a: [1]}}", "PLN041")]
    [InlineData("sweep: {filter: '${n}', params: {a: [1]}}\nn: 3", "PLN040")]
    [InlineData("sweep: {filter: '${nn}', params: {a: [1]}}\nn: 3", "CFG021")]
    [InlineData("sweep: {params: {model/size: [a, b]}}", "CFG031,CFG031")]
    [InlineData("sweep: {params: {lr: []}}", "PLN003")]
    [InlineData("sweep: {params: {lr: [1]}, configs: [{a: 1}]}", "PLN002")]
    [InlineData("sweep: {groups: []}", "PLN001")]
    [InlineData("sweep: {params: {sweep.type: [list]}}", "PLN005")]
    [InlineData("sweep: {params: {l.x: [1]}}\nl: [1]", "PLN007")]
    [InlineData("sweep: {params: {a..b: [1]}}", "PLN005")]
    public void What_is_wrong_with_a_sweep_is_told(string yaml, string codes) =>
        Assert.Equal(codes, string.Join(',', Some.Plan("backend: {command: x}\n" + yaml).Diagnostics.Select(static d => d.Code).Order()));

    [Fact]
    public void A_sweep_beyond_counting_is_refused_at_once()
    {
        var axes = string.Join(", ", Enumerable.Range(0, 60).Select(static i => $"k{i}: [1, 2, 3, 4]"));
        Assert.Equal("PLN006", Some.Mistake($"backend: {{command: x}}\nsweep: {{params: {{{axes}}}}}").Code);
    }

    [Fact]
    public void What_is_zipped_goes_in_step_and_a_single_value_goes_with_all() =>
        Assert.Equal(["c=9 a=1 b=x", "c=9 a=2 b=y"], Points("{type: zip, params: {a: [1, 2], b: [x, y], c: 9}}"));

    [Fact]
    public void Groups_are_zipped_point_by_point() =>
        Assert.Equal(["a=1 b=1 s=x", "a=1 b=2 s=y"], Points("{type: zip, groups: [{params: {a: [1], b: [1, 2]}}, {configs: [{s: x}, {s: y}]}]}"));

    [Fact]
    public void Lengths_that_do_not_fit_are_told_in_full() =>
        Assert.Contains("'a' has 2, 'b' has 3", Some.Mistake("backend: {command: x}\nsweep: {type: zip, params: {a: [1, 2], b: [1, 2, 3]}}").Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{grids: [{a: [1, 2], b: [x]}, {a: [3]}]}", "a=1 b=x; a=2 b=x; a=3")]
    [InlineData("{grids: [], base_values: {a: 1}}", "a=1")]
    [InlineData("{grids: [{a: [1, 2]}], base_values: {a: 9, b: 3}, store_sweep_json: true}", "a=1 b=3; a=2 b=3")]
    [InlineData("{axes: {a: [1, 2], n: {b: [x, y], c: 3}}}", "a=1 n.b=x n.c=3; a=1 n.b=y n.c=3; a=2 n.b=x n.c=3; a=2 n.b=y n.c=3")]
    [InlineData("{axes: {opt: [{lr: [1, 2]}, {wd: [3]}]}}", "opt.lr=1; opt.lr=2; opt.wd=3")]
    [InlineData("{axes: [{a: 1}, {b: 2}]}", "a=1; b=2")]
    [InlineData("{axes: {a: null, b: [1]}}", "b=1")]
    public void The_forms_of_older_files_mean_what_they_meant(string sweep, string points) => Assert.Equal(points, string.Join("; ", Points(sweep).Select(Sorted)));

    private static string Sorted(string point) => string.Join(' ', point.Split(' ').Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("{type: product, groups: [{params: {lr: [1, 2]}}, {type: list, configs: [{stage: stable}, {stage: decay}]}]}", "lr=1 stage=stable; lr=1 stage=decay; lr=2 stage=stable; lr=2 stage=decay")]
    [InlineData("{groups: [{params: {lr: [1, 2]}}, {configs: [{stage: stable}, {type: list, defaults: {k: X}, configs: [{stage: d6}, {stage: d12}]}]}]}",
        "lr=1 stage=stable; k=X lr=1 stage=d6; k=X lr=1 stage=d12; lr=2 stage=stable; k=X lr=2 stage=d6; k=X lr=2 stage=d12")]
    [InlineData("{type: list, groups: [{params: {a: [1, 2]}}, {params: {b: [1, 2]}}]}", "a=1; a=2; b=1; b=2")]
    [InlineData("{groups: [{type: list, groups: [{params: {a: [1, 2]}}]}, {params: {b: [x, y]}}]}", "a=1 b=x; a=1 b=y; a=2 b=x; a=2 b=y")]
    [InlineData("{params: {stage: [a, b], lr: [1, 2]}}", "stage=a lr=1; stage=a lr=2; stage=b lr=1; stage=b lr=2")]
    public void The_worked_examples_expand_as_they_are_printed(string sweep, string points) => Assert.Equal(points, string.Join("; ", Points(sweep)));

    [Theory]
    [InlineData("{params: {betas: [[0.9, 0.95], [0.9, 0.99]]}}", "betas=[0.9, 0.95]; betas=[0.9, 0.99]")]
    [InlineData("{params: {opt: [{k: 1}, {k: 2}]}}", "opt={'k': 1}; opt={'k': 2}")]
    [InlineData("{params: {n: 7}}", "n=7")]
    [InlineData("{params: {n: null}}", "n=null")]
    public void A_point_may_hold_a_list_a_mapping_or_a_single_value(string sweep, string points) => Assert.Equal(points, string.Join("; ", Points(sweep)));

    [Theory]
    [InlineData("{groups: [{params: {tags: [[a]]}}, {params: {tags: [[b], [c]]}}], list_composition: [tags]}", "tags=['a', 'b']; tags=['a', 'c']")]
    [InlineData("{groups: [{params: {tags: [[a]]}}, {params: {tags: [[b], [c]]}}, {params: {tags: [[d]]}}], list_composition: [tags]}", "tags=['a', 'b', 'd']; tags=['a', 'c', 'd']")]
    [InlineData("{groups: [{params: {tags: [[a]]}}, {params: {tags: [[b]]}}]}", "tags=['b']")]
    [InlineData("{base_values: {tags: [z]}, groups: [{params: {tags: [[a]]}}], list_composition: [tags]}", "tags=['a']")]
    public void Lists_that_are_to_grow_are_joined_across_a_product(string sweep, string points) => Assert.Equal(points, string.Join("; ", Points(sweep)));

    [Fact]
    public void An_interpolation_that_was_deferred_beyond_the_sweep_is_one_in_the_point() =>
        Assert.Equal(["8", "16"], Some.Good("backend: {command: x}\nn: 8\nsweep: {params: {m: ['\\${n}', '$${k}']}}\nk: 16").Runs.Select(static r => r.Overrides[0].Value));

    [Fact]
    public void Choices_of_config_groups_are_kept_apart_and_numbered_once_each()
    {
        var report = new DiagnosticBag();
        var sweep = Expand("{groups: [{params: {lr: [1, 2], model: [small, large]}}, {configs: [{backend/megatron: base}, {backend/megatron: base, model: small}]}]}", report);
        Assert.Empty(report.All);
        Assert.Equal(["model=small backend/megatron=base", "model=large backend/megatron=base"], sweep.Choices.Select(static c => string.Join(' ', c.Select(static s => $"{s.Key}={s.Coordinate.Text}"))));
        Assert.Equal([0, 0, 1, 0, 0, 0, 1, 0], sweep.Points.Select(static p => p.Choice));
    }

    [Fact]
    public void A_mapping_at_the_key_of_a_group_is_a_setting_and_no_choice() =>
        Assert.Equal([[]], Expand("{params: {model: [{size: 1}, {size: 2}]}}", new()).Choices.Select(static c => c.ToArray()));

    [Theory]
    [InlineData("{params: {a: [1, 2]}}", "a=1 lr=5; a=1 lr=6; a=2 lr=5; a=2 lr=6")]
    [InlineData("{params: {lr: [1, 2, 3], a: [1]}}", "lr=5 a=1; lr=6 a=1")]
    [InlineData("{base_values: {lr: 1}, params: {a: [1]}}", "lr=5 a=1; lr=6 a=1")]
    [InlineData("null", "lr=5; lr=6")]
    [InlineData("{groups: [{configs: [{stage: s, params: {lr: [1]}}]}]}", "stage=s lr=5; stage=s lr=6")]
    public void A_sweep_of_the_command_line_takes_the_place_of_the_files_axis_or_follows_it(string sweep, string points) =>
        Assert.Equal(points, string.Join("; ", Points(sweep, Typed("lr", "5", "6"))));

    [Fact]
    public void Several_sweeps_of_the_command_line_follow_in_their_order_the_last_fastest() =>
        Assert.Equal(["a=1 b=x", "a=1 b=y", "a=2 b=x", "a=2 b=y"], Points("null", Typed("a", "7"), Typed("b", "x", "y"), Typed("a", "1", "2")));

    [Theory]
    [InlineData("{configs: [{lr: 1}, {lr: 2}]}")]
    [InlineData("{type: list, groups: [{params: {lr: [1]}}, {params: {lr: [2]}}]}")]
    [InlineData("{type: zip, params: {lr: [1, 2], b: [3, 4]}}")]
    public void A_sweep_of_the_command_line_for_a_key_that_the_file_sets_otherwise_is_a_mistake(string sweep)
    {
        var report = new DiagnosticBag();
        Expand(sweep, report, Typed("lr", "5"));
        Assert.Equal("PLN035", Assert.Single(report.All).Code);
    }

    [Theory]
    [InlineData("0,3-5", "0 3 4 5")]
    [InlineData(" 2 , ,7-7,", "2 7")]
    [InlineData("1-2,2-3", "1 2 3")]
    public void An_array_subset_names_indices_and_ranges(string text, string indices)
    {
        var subset = ArraySubset.TryParse(text, out var problem);
        Assert.Null(problem);
        Assert.Equal(indices, string.Join(' ', Enumerable.Range(0, 10).Where(subset!.Contains)));
    }

    [Theory]
    [InlineData("5-3", "invalid range")]
    [InlineData("x", "no index")]
    [InlineData("1-2-3", "no index")]
    [InlineData("-1", "no index")]
    [InlineData(",", "names no index")]
    public void What_is_no_array_subset_is_told(string text, string problem)
    {
        Assert.Null(ArraySubset.TryParse(text, out var told));
        Assert.Contains(problem, told, StringComparison.Ordinal);
    }
}
