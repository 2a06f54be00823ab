using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

public sealed class SiblingTests
{
    private static string Stages(string cooldown, string extra = "", string stable = "") => $$"""
        project: {base_output_dir: /o}
        backend: {command: "train"}
        lr: 1
        iters: 1000
        load: null
        {{extra}}
        sweep:
          groups:
            - params: {lr: [1e-4, 5e-4]}
            - configs:
                - {stage: stable{{stable}}}
                - {stage: cooldown, {{cooldown}}}
        """;

    private static string Resolved(Plan plan, string run, string key)
    {
        var lines = plan.Configs.Find(new(run))!.ResolvedYaml.Split('\n');
        return Assert.Single(lines, l => l.TrimStart().StartsWith(key + ":", StringComparison.Ordinal)).Trim()[(key.Length + 2)..];
    }

    private static string Edges(Plan plan, string run) =>
        plan.Runs.Where(r => r.Id.Value == run).Select(static r => $"after {string.Join(' ', r.DependsOn)} watches {string.Join(' ', r.Watches)}").Single();

    [Theory]
    [InlineData("load: '{sibling.stable.output_dir}/x'", "/o/lr1e-4_stable/x")]
    [InlineData(@"load: ""\\${sibling.stable.output_dir}/x""", "/o/lr1e-4_stable/x")]
    [InlineData("load: '$${sibling.stable.output_dir}/x'", "/o/lr1e-4_stable/x")]
    [InlineData("load: '${sibling.stable.output_dir}/x'", "/o/lr1e-4_stable/x")]
    [InlineData("load: '{sibling.stable.name}'", "lr1e-4_stable")]
    [InlineData("load: '{sibling.stable.log_path}'", "/o/lr1e-4_stable/slurm-%j.out")]
    [InlineData("load: '{sibling.stable.log_path_current}'", "/o/lr1e-4_stable/current.log")]
    [InlineData("load: '${sibling.stable.project.base_output_dir}'", "/o")]
    [InlineData("load: '{sibling.stable.iters}'", "1000")]
    [InlineData("load: '${sibling.stable.iters}'", "1000")]
    [InlineData("load: '${sibling.stable.iters}k'", "1000k")]
    [InlineData("load: '{sibling.stable.iters}k'", "1000k")]
    [InlineData("load: '{sibling.stable.lr}'", "0.0001")]
    [InlineData("load: '${sibling.${prev}.iters}'", "1000")]
    [InlineData("load: '\\${sibling.${prev}.iters}'", "1000")]
    [InlineData("load: '{sibling.${prev}.iters}'", "1000")]
    [InlineData("load: '${oc.env:NONE,${sibling.stable.iters}}'", "'1000'")]
    [InlineData("load: '${oc.env:NONE,\\${sibling.stable.iters}}'", "'1000'")]
    [InlineData("load: '${through}'", "/o/lr1e-4_stable")]
    [InlineData("load: '{sibling.stable.own}'", "/o/lr1e-4_stable/ckpt")]
    [InlineData("load: '${sibling.stable.deferred}'", "\\${oc.timestring:}")]
    [InlineData("load: '{sibling.stable.deferred}'", "\\${oc.timestring:}")]
    [InlineData("load: '\\{sibling.stable.own}'", "\\{sibling.stable.own}")]
    public void Any_value_of_a_sibling_is_there_in_every_spelling_with_its_type(string cooldown, string value)
    {
        var through = cooldown.Contains("through", StringComparison.Ordinal) ? "through: '${sibling.stable.output_dir}'" : "through: 1";
        var yaml = Stages(cooldown, $"prev: stable\nown: '{{output_dir}}/ckpt'\ndeferred: '\\${{oc.timestring:}}'\n{through}", ", through: 1");
        Assert.Equal(value, Resolved(Some.Good(yaml), "lr1e-4_cooldown", "load"));
        if (!value.StartsWith(@"\{", StringComparison.Ordinal)) Assert.Equal("after lr1e-4_stable watches ", Edges(Some.Good(yaml), "lr1e-4_cooldown"));
    }

    [Fact]
    public void A_whole_section_of_a_sibling_can_be_taken_over() =>
        Assert.Contains("load:\n  b: 2\n  c:\n  - 3\n", Config(Some.Good(Stages("load: '${sibling.stable.opt}'", "opt: {b: 2, c: [3]}")), 1), StringComparison.Ordinal);

    [Fact]
    public void A_typed_value_fits_where_its_type_is_asked_for() =>
        Assert.Equal(7, Some.Good(Stages("local.cpus_per_run: '{sibling.stable.n}'", "n: 7")).Runs[1].Resources.Cpus);

    [Fact]
    public void References_are_found_deep_in_lists_and_in_the_base_configuration()
    {
        var plan = Some.Good(Stages("x: 1", "aux: {list: [{deep: '${sibling.stable.name}'}]}", ", aux: null"));
        Assert.Equal("lr5e-4_stable", Resolved(plan, "lr5e-4_cooldown", "- deep"));
        Assert.Equal("after lr5e-4_stable watches ", Edges(plan, "lr5e-4_cooldown"));
        Assert.Equal("after  watches ", Edges(plan, "lr5e-4_stable"));
    }

    [Theory]
    [InlineData("cancel_conditions: [{class_name: LogPatternCondition, pattern: FATAL, log_path: '{sibling.stable.log_path_current}'}]", "after  watches lr1e-4_stable")]
    [InlineData("job.cancel_conditions: [{class_name: LogPatternCondition, pattern: FATAL, log_path: '{sibling.stable.log_path_current}'}]", "after  watches lr1e-4_stable")]
    [InlineData("monitoring.cancel_conditions: [{class_name: LogPatternCondition, pattern: FATAL, log_path: '${sibling.stable.log_path_current}'}]", "after  watches lr1e-4_stable")]
    [InlineData("job.start_condition_cmd: 'test -e {sibling.stable.output_dir}/done'", "after  watches lr1e-4_stable")]
    [InlineData("load: '{sibling.stable.name}', start_conditions: [{file_exists: x}]", "after  watches lr1e-4_stable")]
    [InlineData("load: '{sibling.stable.name}', job.start_conditions: []", "after lr1e-4_stable watches ")]
    [InlineData("load: '{sibling.stable.name}', cancel_conditions: [{class_name: LogPatternCondition, pattern: FATAL, log_path: '{sibling.stable.log_path}'}]", "after lr1e-4_stable watches lr1e-4_stable")]
    [InlineData("metadata.from: '{sibling.stable.name}'", "after  watches ")]
    [InlineData("job.depends_on: stable", "after lr1e-4_stable watches ")]
    public void What_is_used_orders_and_what_a_condition_looks_at_does_not(string cooldown, string edges)
    {
        Assert.Equal(edges, Edges(Some.Good(Stages(cooldown)), "lr1e-4_cooldown"));
    }

    [Fact]
    public void A_chain_is_resolved_from_its_beginning_wherever_that_stands()
    {
        var plan = Some.Good("""
            backend: {command: 'x ${c}'}
            c: 0
            sweep:
              configs:
                - {stage: last, c: '${sibling.middle.c}!'}
                - {stage: middle, c: '{sibling.first.c}/2', d: '${c}'}
                - {stage: first, c: '{output_dir}/1'}
            """);
        Assert.Equal(new CommandTemplate.Line("x /home/u/outputs/e/first/1/2!"), plan.Runs[0].Command);
        Assert.Equal("after middle watches ", Edges(plan, "last"));
        Assert.Equal("after first watches ", Edges(plan, "middle"));
    }

    [Fact]
    public void A_long_chain_is_no_trouble()
    {
        var stages = string.Join(", ", Enumerable.Range(0, 2000).Reverse().Select(static i => i == 0 ? "{stage: s0, c: 7}" : $"{{stage: s{i}, c: '${{sibling.s{i - 1}.c}}'}}"));
        Assert.All(Some.Good($"backend: {{command: 'x ${{c}}'}}\nsweep: {{configs: [{stages}]}}").Runs, static r => Assert.Equal(new CommandTemplate.Line("x 7"), r.Command));
    }

    [Fact]
    public void Values_that_are_made_of_each_other_are_named_in_full()
    {
        var mistake = Some.Mistake("backend: {command: x}\nsweep: {configs: [{stage: a, v: '${sibling.c.v}'}, {stage: b, v: '${sibling.a.v}'}, {stage: c, v: '{sibling.b.v}'}]}");
        Assert.Equal("PLN050", mistake.Code);
        Assert.Contains("a → c → b → a", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_may_watch_each_other()
    {
        var plan = Some.Good("backend: {command: x}\nsweep: {configs: [{stage: a, cancel_conditions: [{class_name: LogPatternCondition, pattern: FATAL, log_path: '{sibling.b.log_path_current}'}]}, {stage: b, cancel_conditions: [{class_name: LogPatternCondition, pattern: FATAL, log_path: '{sibling.a.log_path_current}'}]}]}");
        Assert.Equal(("after  watches b", "after  watches a"), (Edges(plan, "a"), Edges(plan, "b")));
    }

    [Theory]
    [InlineData("{sibling.stabel.output_dir}", "PLN023", "did you mean 'stable'?")]
    [InlineData("${sibling.stabel.output_dir}", "PLN023", "did you mean 'stable'?")]
    [InlineData("{sibling.stable.itres}", "PLN022", "did you mean 'iters'?")]
    [InlineData("${sibling.stable.itres}", "PLN022", "did you mean 'iters'?")]
    [InlineData("${oc.env:NONE,${sibling.stable.itres}}", "PLN022", "did you mean 'iters'?")]
    public void A_reference_that_leads_nowhere_is_told_once_with_what_was_meant(string reference, string code, string hint)
    {
        var plan = Some.Plan(Stages($"load: '{reference}'").Replace("[1e-4, 5e-4]", "[1e-4]", StringComparison.Ordinal));
        var mistake = Assert.Single(plan.Diagnostics);
        Assert.Equal((code, hint), (mistake.Code, mistake.Hint));
    }

    [Theory]
    [InlineData("project.name: 'x_{sibling.stable.name}'")]
    [InlineData("project.name: 'x_${load}', load: '${sibling.stable.name}'")]
    [InlineData("project.log_path: '{sibling.stable.output_dir}/%j'")]
    public void Names_and_folders_are_not_made_of_siblings(string cooldown) =>
        Assert.Contains("PLN051", Some.Plan(Stages(cooldown)).Diagnostics.Select(static d => d.Code));

    [Fact]
    public void Mistakes_beside_a_reference_are_told_together_with_all_others()
    {
        var plan = Some.Plan(Stages("load: '${sibling.stable.nothing}', bad: '${nowhere}'", "local: {slots: 0}"));
        Assert.Equal(["CFG021", "CFG053", "PLN022"], plan.Diagnostics.Select(static d => d.Code).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("{groups: [{params: {lr: [1, 2]}}, {configs: [{stage: a}, {stage: b, lr: 9, v: '{sibling.a.name}'}]}]}", "lr1_b:lr1_a lr2_b:lr2_a")]
    [InlineData("{type: list, groups: [{params: {stage: [a], lr: [1, 2]}}, {params: {stage: [b], lr: [1, 2], v: '{sibling.a.name}'}}]}", "lr1_b:lr1_a lr2_b:lr2_a")]
    [InlineData("{type: list, groups: [{params: {stage: [a], lr: [1e-3]}}, {params: {stage: [b], lr: [0.001], v: '{sibling.a.name}'}}]}", "lr0.001_b:lr1e-3_a")]
    [InlineData("{type: list, groups: [{configs: [{stage: a}]}, {params: {stage: [b], lr: [1, 2], v: '{sibling.a.name}'}}]}", "lr1_b:a lr2_b:a")]
    [InlineData("{configs: [{stage: a}, {stage: b, params: {f: [1, 2]}, v: '{sibling.a.name}'}]}", "f1_b:a f2_b:a")]
    [InlineData("{configs: [{stage: a, params: {f: [1, 2]}}, {stage: b, params: {f: [1, 2]}, v: '{sibling.a.name}'}]}", "f1_b:f1_a f2_b:f2_a")]
    [InlineData("{groups: [{params: {lr: [1, 2]}}, {configs: [{stage: a}, {stage: b, params: {lr: [7, 8]}, v: '{sibling.a.name}'}]}]}", "lr1_lr7_b:lr1_a lr1_lr8_b:lr1_a lr2_lr7_b:lr2_a lr2_lr8_b:lr2_a")]
    [InlineData("{groups: [{type: list, groups: [{params: {lr: [1]}}, {params: {lr: [2], bs: [64]}}]}, {configs: [{stage: a}, {stage: b, v: '{sibling.a.name}'}]}]}", "lr1_b:lr1_a lr2_bs64_b:lr2_bs64_a")]
    [InlineData("{groups: [{type: list, groups: [{params: {lr: [1]}}, {params: {lr: [1], bs: [64]}}]}, {configs: [{stage: a}, {stage: b, v: '{sibling.a.name}'}]}]}", "b:a bs64_b:bs64_a")]
    [InlineData("{groups: [{params: {lr: [1, 2]}}, {configs: [{stage: train}, {stage: train2, v: '{sibling.train.name}'}]}]}", "lr1_train2:lr1_train lr2_train2:lr2_train")]
    public void A_sibling_shares_every_coordinate_but_the_stage(string sweep, string pairs)
    {
        var plan = Some.Good("backend: {command: x}\nlr: 0\nsweep: " + sweep);
        Assert.Equal(pairs, string.Join(' ', plan.Runs.Where(static r => r.Stage is not ("a" or "train")).Select(r => $"{r.Id}:{Resolved(plan, r.Id.Value, "v")}")));
    }

    [Theory]
    [InlineData("{configs: [{stage: a, params: {f: [1, 2]}}, {stage: b, v: '{sibling.a.name}'}]}", "f1_a, f2_a")]
    [InlineData("{type: list, groups: [{params: {stage: [a], x: [1]}}, {params: {stage: [b], y: [1], v: '{sibling.a.name}'}}]}", "runs of that stage: a")]
    public void Where_not_exactly_one_matches_the_candidates_are_named(string sweep, string candidates)
    {
        var mistake = Some.Mistake("backend: {command: x}\nsweep: " + sweep);
        Assert.Equal("PLN024", mistake.Code);
        Assert.Contains(candidates, mistake.Message + mistake.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Being_siblings_is_mutual() =>
        Prop.ForAll(Gen.Choose(1, 3).SelectMany(static n => Gen.ArrayOf(Gen.Choose(1, 3), n)).Zip(Gen.Choose(2, 4)).ToArbitrary(), static drawn =>
        {
            var (sizes, stages) = drawn;
            var groups = sizes.Select(static (size, i) => $"{{params: {{k{i}: [{string.Join(", ", Enumerable.Range(0, size))}]}}}}");
            var entries = Enumerable.Range(0, stages).Select(i => $"{{stage: s{i}, c{i}: 1, {string.Join(", ", Enumerable.Range(0, stages).Where(j => j != i).Select(j => $"v{j}: '{{sibling.s{j}.name}}'"))}, start_conditions: [{{file_exists: x}}]}}");
            var plan = Some.Good($"backend: {{command: x}}\nsweep: {{groups: [{string.Join(", ", groups)}, {{configs: [{string.Join(", ", entries)}]}}]}}");
            var sees = plan.Runs.SelectMany(static r => r.Watches.Select(w => (r.Id, w))).ToHashSet();
            Assert.Equal(plan.Runs.Length * (stages - 1), sees.Count);
            Assert.All(sees, pair => Assert.Contains((pair.w, pair.Id), sees));
            var points = plan.Runs.ToDictionary(static r => r.Id, static r => r.Point);
            Assert.All(sees, pair => Assert.Equal(points[pair.Id], points[pair.w]));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_frozen_configuration_carries_what_it_read_of_its_siblings_and_runs_by_itself()
    {
        var plan = Some.Good(Stages("load: '{sibling.stable.output_dir}/${tag}', n: '${sibling.stable.opt.n}', t: '${sibling.stable.deferred}'",
            "tag: v\nopt: {n: 3, m: 4}\ndeferred: '\\${oc.timestring:}'"));
        var frozen = plan.Configs.Find(new("lr5e-4_cooldown"))!;
        Assert.Contains("sibling:\n  stable:\n    output_dir: /o/lr5e-4_stable\n    opt:\n      n: 3\n", frozen.UnresolvedYaml, StringComparison.Ordinal);
        Assert.DoesNotContain("m: 4", frozen.UnresolvedYaml[frozen.UnresolvedYaml.IndexOf("sibling:\n", StringComparison.Ordinal)..], StringComparison.Ordinal);
        var again = Some.Good(frozen.UnresolvedYaml);
        Assert.Equal(frozen.ResolvedYaml, again.Configs.Find(Assert.Single(again.Runs).Id)!.ResolvedYaml);
        Assert.Empty(again.Runs[0].DependsOn);
    }

    private static string Config(Plan plan, int run) => plan.Configs.Find(plan.Runs[run].Id)!.ResolvedYaml;
}
