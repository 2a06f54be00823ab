using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

public sealed class StageTests
{
    private const string Pull = """
        project: {base_output_dir: /o}
        backend: {command: "train --load {backend.megatron.load}", megatron: {lr: 1e-4, load: null}}
        sweep:
          type: product
          groups:
            - params: {backend.megatron.lr: [1e-4, 5e-4]}
            - type: list
              configs:
                - stage: stable
                - stage: cooldown
                  backend.megatron.load: "{sibling.stable.output_dir}/checkpoint"
                  cancel_conditions:
                    - {class_name: LogPatternCondition, log_path: "{sibling.stable.log_path_current}", pattern: FATAL}
        """;

    private static PlannedRun Run(Plan plan, string name) => plan.Runs.Single(r => r.Id.Value == name);

    [Fact]
    public void A_cooldown_follows_its_own_stable_run_and_no_other()
    {
        var plan = Some.Good(Pull);
        Assert.Equal(["lr1e-4_stable", "lr1e-4_cooldown", "lr5e-4_stable", "lr5e-4_cooldown"], plan.Runs.Select(static r => r.Id.Value));
        foreach (var lr in new[] { "lr1e-4", "lr5e-4" })
        {
            var cooldown = Run(plan, lr + "_cooldown");
            Assert.Equal([new RunId(lr + "_stable")], cooldown.DependsOn);
            Assert.Equal([new RunId(lr + "_stable")], cooldown.Watches);
            Assert.Equal($"/o/{lr}_stable/checkpoint", cooldown.Placeholders["backend.megatron.load"]);
            Assert.Equal((lr, "cooldown"), (cooldown.Point, cooldown.Stage));
            Assert.Empty(Run(plan, lr + "_stable").DependsOn);
        }
        Assert.Contains("log_path: /o/lr1e-4_stable/current.log", plan.Configs.Find(plan.Runs[1].Id)!.ResolvedYaml, StringComparison.Ordinal);
        Assert.Contains("{sibling.stable.log_path_current}", plan.Configs.Find(plan.Runs[1].Id)!.UnresolvedYaml, StringComparison.Ordinal);
    }

    [Fact]
    public void A_start_condition_of_its_own_turns_references_into_watching()
    {
        var plan = Some.Good(Pull.Replace("cancel_conditions:", "start_conditions:", StringComparison.Ordinal));
        Assert.Empty(Run(plan, "lr1e-4_cooldown").DependsOn);
        Assert.Equal([new RunId("lr1e-4_stable")], Run(plan, "lr1e-4_cooldown").Watches);
    }

    [Fact]
    public void A_sibling_in_the_command_is_a_placeholder_with_its_value()
    {
        var plan = Some.Good("backend: {command: echo}\nsweep: {configs: [{stage: a}, {stage: b, backend.command: 'cat {sibling.a.output_dir}/x'}]}");
        Assert.Equal(["a", "b"], plan.Runs.Select(static r => r.Id.Value));
        Assert.Equal("/home/u/outputs/e/a", Run(plan, "b").Placeholders["sibling.a.output_dir"]);
        Assert.Equal([new RunId("a")], Run(plan, "b").DependsOn);
        Assert.Equal(new CommandTemplate.Line("cat {sibling.a.output_dir}/x"), Run(plan, "b").Command);
    }

    [Fact]
    public void Dependencies_are_named_by_stage_or_by_run()
    {
        var plan = Some.Good("backend: {command: x}\nsweep: {groups: [{params: {lr: [1, 2]}}, {configs: [{stage: a}, {stage: b, job.depends_on: a}, {stage: c, job.depends_on: [b, lr1_a]}]}]}");
        Assert.Equal([new RunId("lr2_a")], Run(plan, "lr2_b").DependsOn);
        Assert.Equal([new RunId("lr2_b"), new RunId("lr1_a")], Run(plan, "lr2_c").DependsOn);
    }

    [Fact]
    public void Axes_within_a_stage_do_not_part_siblings_and_name_their_runs()
    {
        var plan = Some.Good("""
            backend: {command: x}
            sweep:
              groups:
                - params: {lr: [1, 2]}
                - configs:
                    - stage: stable
                    - {stage: decay, params: {frac: [0.1, 0.2]}, job.depends_on: stable}
            """);
        Assert.Equal(["lr1_stable", "lr1_frac0.1_decay", "lr1_frac0.2_decay"], plan.Runs.Take(3).Select(static r => r.Id.Value));
        Assert.Equal([new RunId("lr2_stable")], Run(plan, "lr2_frac0.2_decay").DependsOn);
    }

    [Fact]
    public void Runs_that_wait_for_each_other_are_named_in_full()
    {
        var mistake = Some.Mistake("backend: {command: x}\nsweep: {configs: [{stage: a, job.depends_on: c}, {stage: b, job.depends_on: a}, {stage: c, job.depends_on: b}]}");
        Assert.Equal("PLN025", mistake.Code);
        Assert.Contains("a → c → b → a", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sibling_that_is_not_unique_is_told_with_the_candidates()
    {
        var plan = Some.Plan("backend: {command: x}\nsweep: {configs: [{stage: a, params: {k: [1, 2]}}, {stage: b, job.depends_on: a}]}");
        var mistake = Assert.Single(plan.Diagnostics);
        Assert.Equal("PLN024", mistake.Code);
        Assert.Contains("k1_a, k2_a", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stage_that_does_not_exist_is_told_with_those_that_do() =>
        Assert.Contains("'stable'", Some.Mistake("backend: {command: x}\nsweep: {configs: [{stage: stable}, {stage: b, job.depends_on: stabel}]}").Hint, StringComparison.Ordinal);

    [Fact]
    public void A_swept_key_that_looks_like_another_one_is_a_warning()
    {
        var warning = Assert.Single(Some.Plan("backend: {command: 'x ${rate}'}\nrate: 1\nsweep: {params: {ratee: [1, 2], own: [1, 2]}}").Diagnostics);
        Assert.Equal(("PLN043", "did you mean 'rate'?"), (warning.Code, warning.Hint));
    }
}
