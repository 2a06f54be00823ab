using Vigil.Configuration;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Core.Tests.Planning;

public sealed class PlannerTests
{
    private const string TinyLm = """
        project: {name: tiny-lm, base_output_dir: outputs/tiny-lm}
        scheduler: local
        backend:
          command: python3 train.py --lr ${lr} --seed ${seed} --out {output_dir}
        lr: 1e-3
        seed: 0
        sweep:
          type: product
          groups:
            - params: {lr: [1e-3, 3e-3]}
            - params: {seed: [0, 1]}
        """;

    [Fact]
    public void A_product_sweep_becomes_one_run_for_each_combination_with_the_last_key_fastest()
    {
        var plan = Some.Good(TinyLm);
        Assert.Equal(["lr1e-3_seed0", "lr1e-3_seed1", "lr3e-3_seed0", "lr3e-3_seed1"], plan.Runs.Select(static r => r.Id.Value));
        Assert.Equal([0, 1, 2, 3], plan.Runs.Select(static r => r.Index));
        Assert.Equal("/home/u/outputs/tiny-lm", plan.Experiment.Dir);
        Assert.Equal(new CommandTemplate.Line("python3 train.py --lr 0.003 --seed 1 --out {output_dir}"), plan.Runs[3].Command);
    }

    [Fact]
    public void A_run_has_its_folder_and_its_log_below_the_experiments_folder()
    {
        var run = Some.Good(TinyLm).Runs[0];
        Assert.Equal("/home/u/outputs/tiny-lm/lr1e-3_seed0", run.OutputDir);
        Assert.Equal("/home/u/outputs/tiny-lm/lr1e-3_seed0/slurm-%j.out", run.LogPath);
        Assert.Equal("/home/u/outputs/tiny-lm/lr1e-3_seed0/current.log", run.LogPathCurrent);
        Assert.Equal("/home/u/exp", run.WorkDir);
        Assert.Equal([new Coordinate("lr", "1e-3"), new Coordinate("seed", "0")], run.Overrides);
        Assert.Equal(3, run.Restart.MaxAttempts);
        Assert.Equal([FailureCause.Infrastructure], run.Restart.Causes);
    }

    [Fact]
    public void A_file_of_three_lines_is_one_run_called_after_the_file()
    {
        var plan = Some.Good("backend: {command: echo hello}");
        Assert.Equal(("e", "/home/u/outputs/e", "/home/u/outputs/e/e"), (plan.Experiment.Name, plan.Experiment.Dir, Assert.Single(plan.Runs).OutputDir));
    }

    [Fact]
    public void An_experiment_yaml_is_called_after_its_folder()
    {
        var plan = Planner.Plan(new PlanRequest(new SourceFile("x/experiment.yaml", "/w/tiny-lm/experiment.yaml", "backend: {command: x}"), [], "/w", Some.World));
        Assert.Equal("tiny-lm", plan.Experiment.Name);
    }

    [Fact]
    public void A_setting_without_effect_is_said_to_have_none()
    {
        var plan = Planner.Plan(new PlanRequest(new SourceFile("e.yaml", "/w/e.yaml", "backend: {command: x}\nproject: {share: group}"), [], "/w", Some.World));
        Assert.Equal([("PLN011", Severity.Warning)], plan.Diagnostics.Select(static d => (d.Code, d.Severity)));
        Assert.Single(plan.Runs);
    }

    [Fact]
    public void Every_setting_reaches_the_run_it_belongs_to()
    {
        var plan = Some.Good("""
            project: {name: all, base_output_dir: /o, work_dir: sub, log_path: "/logs/{name}/job-%j.log", max_gpu_hours: 5}
            scheduler: {type: local, max_jobs: 3}
            backend: {command: [python3, train.py, 1e-3, "{output_dir}/x"], env: {B: "{experiment}/{tag}"}}
            local: {slots: 7, cpus_per_run: 2, gpus_per_run: 4, time: "1-00:30:00", priority: 5, grace_seconds: 3, share_gpus: true}
            job: {restart: {max_attempts: 5, delay_seconds: 0.5, causes: [crash, timeout]}, env: {A: 1, B: 2}, env_defaults: false}
            tag: t1
            """);
        var run = Assert.Single(plan.Runs);
        Assert.Equal(["python3", "train.py", "1e-3", "{output_dir}/x"], Assert.IsType<CommandTemplate.Words>(run.Command).Items);
        Assert.Equal(("/home/u/exp/sub", "/logs/all/job-%j.log", "/logs/all/current.log"), (run.WorkDir, run.LogPath, run.LogPathCurrent));
        Assert.Equal((new Resources(2, 4), new TimeSpan(1, 0, 30, 0), 5, false), (run.Resources, run.TimeLimit, run.Priority, run.EnvDefaults));
        Assert.Equal(98, run.GpuHours);
        Assert.Equal("A=1,B=all/t1", string.Join(',', run.Env.Select(static v => $"{v.Key}={v.Value}")));
        Assert.Equal((5, 0.5), (run.Restart.MaxAttempts, run.Restart.DelaySeconds));
        Assert.Equal([FailureCause.Crash, FailureCause.Timeout], run.Restart.Causes);
        Assert.Equal(new LocalSettings(3, ShareGpus: true, GraceSeconds: 3), plan.Experiment.Local);
        Assert.Equal(5, plan.Experiment.MaxGpuHours);
    }

    [Fact]
    public void Overrides_change_the_plan_and_are_kept_as_typed()
    {
        var plan = Some.Good(TinyLm, "project.base_output_dir=/tmp/o", "local.slots=2", "job.restart.causes=[crash]");
        Assert.Equal("/tmp/o", plan.Experiment.Dir);
        Assert.Equal(2, plan.Experiment.Local.Slots);
        Assert.Equal(["project.base_output_dir=/tmp/o", "local.slots=2", "job.restart.causes=[crash]"], plan.Experiment.Overrides);
        Assert.All(plan.Runs, static r => Assert.Equal([FailureCause.Crash], r.Restart.Causes));
    }

    [Fact]
    public void The_frozen_configs_are_those_of_the_runs_and_carry_their_hash()
    {
        var plan = Some.Good(TinyLm);
        Assert.Equal(plan.Runs.Select(static r => (RunId?)r.Id), plan.Runs.Select(r => plan.Configs.Find(r.Id)?.Run));
        Assert.Contains("\nlr: 0.003\nseed: 1\n", plan.Configs.Find(plan.Runs[3].Id)!.ResolvedYaml, StringComparison.Ordinal);
        Assert.Contains("--lr 0.003 --seed 1", plan.Configs.Find(plan.Runs[3].Id)!.ResolvedYaml, StringComparison.Ordinal);
        Assert.Contains("--lr ${lr} --seed ${seed}", plan.Configs.Find(plan.Runs[3].Id)!.UnresolvedYaml, StringComparison.Ordinal);
        Assert.DoesNotContain("sweep", plan.Configs.Find(plan.Runs[3].Id)!.UnresolvedYaml, StringComparison.Ordinal);
        Assert.Contains("\"lr\": 0.003", plan.Configs.Find(plan.Runs[3].Id)!.ResolvedJson, StringComparison.Ordinal);
        Assert.Equal(4, plan.Runs.Select(static r => r.ConfigHash).Distinct().Count());
        Assert.All(plan.Runs, static r => Assert.Matches("^[0-9a-f]{64}$", r.ConfigHash));
    }

    [Fact]
    public void Placeholders_of_the_command_bring_the_values_they_name()
    {
        var run = Some.Good("""
            backend: {command: 'x {opt.lr} {out} {name} {attempt} {last_checkpoint} \{lit} {{opt.kind}} {1..3} ${HOME_DIR}', args: {}}
            opt: {lr: 1e-5, kind: null}
            out: "{output_dir}/ckpt"
            HOME_DIR: h
            """).Runs[0];
        Assert.Equal([new("opt.kind", ""), new("opt.lr", "1e-05"), new("out", "/home/u/outputs/e/e/ckpt")], run.Placeholders);
    }

    [Fact]
    public void All_mistakes_are_told_at_once_each_at_its_place()
    {
        var plan = Some.Plan("""
            project: {nmae: x, base_output_dir: /o}
            scheduler: local
            backend: {command: [1, {a: b}]}
            job: {restart: {max_attempts: many}}
            """);
        Assert.Equal(["e.yaml:1:11 CFG040", "e.yaml:3:24 CFG059", "e.yaml:4:31 CFG041"], plan.Diagnostics.Select(static d => $"{d.At} {d.Code}"));
        Assert.Equal("did you mean 'name'?", plan.Diagnostics[0].Hint);
        Assert.Empty(plan.Runs);
    }

    [Theory]
    [InlineData("backend: {command: x}\nscheduler: loca", "CFG051")]
    [InlineData("backend: {command: x}\nscheduler: {type: local, max_job: 1}", "CFG040")]
    [InlineData("lr: 1", "CFG042")]
    [InlineData("backend: {command: ''}", "CFG042")]
    [InlineData("backend: {command: x, class_name: MegatronBackend}", "CFG057")]
    [InlineData("backend: kohya", "CFG041")]
    [InlineData("backend: {command: x}\nlocal: {time: 1:30:00}", "CFG055")]
    [InlineData("backend: {command: x}\nslurm: {sbatch: {time: 1:30:00}}", "CFG055")]
    [InlineData("backend: {command: x}\njob: {id: 017}", "CFG040,CFG055")]
    [InlineData("backend: {command: x}\nlocal: {time: soon}", "CFG054")]
    [InlineData("backend: {command: x}\nlocal: {slots: 0}", "CFG053")]
    [InlineData("backend: {command: x}\nlocal: {slots: 1.5}", "CFG041")]
    [InlineData("backend: {command: x}\njob: {restart: {causes: [user_error]}}", "CFG056")]
    [InlineData("backend: {command: x}\njob: {restart: {causes: [crashes]}}", "CFG056")]
    [InlineData("backend: {command: x}\njob: {restart: {causes: crash}}", "CFG041")]
    [InlineData("backend: {command: x}\njob: {env: {1A: x}}", "CFG058")]
    [InlineData("backend: {command: x}\njob: {env: {A: [1]}}", "CFG041")]
    [InlineData("backend: {command: x}\ndefaults: [base]", "CFG060")]
    [InlineData("backend: {command: x}\nproject: {share: all}", "PLN011")]
    [InlineData("backend: {command: x}\nproject: {name: a/b}", "PLN010")]
    [InlineData("backend: {command: x}\nproject: {log_path: '/l/{job_id}-%j.log'}", "PLN021")]
    [InlineData("backend: {command: x}\nproject: {base_output_dir: '/o/{timestamp}'}", "PLN012")]
    [InlineData("backend: {command: 'awk {print}'}", "PLN020")]
    [InlineData("backend: {command: 'x {backend}'}", "PLN020")]
    [InlineData("backend: {command: 'x {sibling.a.output_dir}'}", "PLN023")]
    [InlineData("backend: {command: 'x {sibling.a.nothing}'}", "PLN023")]
    [InlineData("backend: {command: x, env: {A: '{attempt}'}}", "PLN021")]
    [InlineData("- 1", "CFG010")]
    [InlineData("backend: {command: x}\njob: {depends_on: nobody}", "PLN023")]
    [InlineData("backend: {command: x}\njob: {depends_on: e}", "PLN025")]
    [InlineData("backend: {command: x}\na: ???", "CFG024")]
    [InlineData("backend: {command: x}\nsweep: {groups: [{params: {project.base_output_dir: [/a, /b]}}]}", "PLN012")]
    [InlineData("backend: {command: x}\nsweep: {groups: [{params: {project.name: [a, a]}}]}", "PLN015")]
    [InlineData("backend: {command: x}\nsweep: {groups: [{params: {lr: [1, 1]}}]}", "PLN015")]
    [InlineData("backend: {command: x}\nsweep: {groups: [{params: {stage: [views, b]}}]}", "PLN014")]
    [InlineData("backend: {command: x}\nproject: {log_path: /l/%j.log}\nsweep: {params: {lr: [1, 2]}}", "PLN016")]
    public void A_mistake_has_a_code_of_its_own(string yaml, string codes) =>
        Assert.Equal(codes, string.Join(',', Some.Plan(yaml).Diagnostics.Where(static d => d.Severity is Severity.Error).Select(static d => d.Code).Order()));

    [Theory]
    [InlineData("outputs/a{1}", "/home/u/outputs/a{1}")]
    [InlineData(@"/o/a\{b}/c", "/o/a{b}/c")]
    public void A_folder_s_name_may_hold_braces(string written, string folder) =>
        Assert.Equal(folder, Some.Good($"backend: {{command: x}}\nproject: {{base_output_dir: '{written}'}}").Experiment.Dir);

    [Fact]
    public void What_was_frozen_in_a_folder_with_braces_plans_again_to_the_same_folder()
    {
        var plan = Planner.Plan(Some.Request("backend: {command: x}") with { CurrentFolder = "/home/u/a{b}" });
        var again = Some.Good(plan.Configs.Find(plan.Runs[0].Id)!.UnresolvedYaml);

        Assert.Equal("/home/u/a{b}/outputs/e", plan.Experiment.Dir);
        Assert.Equal(plan.Experiment.Dir, again.Experiment.Dir);
    }

    [Fact]
    public void A_mistake_of_the_command_line_does_not_make_the_sweep_s_own_keys_missing() =>
        Assert.Equal(["CFG031"], Some.Plan("backend: {command: 'x ${lr}'}\nlr: ???\nsweep: {params: {lr: [1, 2]}}", "nope=1").Diagnostics.Select(static d => d.Code));

    [Theory]
    [InlineData("/l/out.log", "/l/out-%j.log")]
    [InlineData("/l/out", "/l/out-%j")]
    [InlineData("/l/%j/out.log", "/l/%j/out-%j.log")]
    [InlineData("/l/task-%a.log", "/l/task-%a-%j.log")]
    public void A_log_path_without_the_job_s_id_is_a_warning_and_the_id_is_put_in(string written, string planned)
    {
        var plan = Some.Plan($"backend: {{command: x}}\nproject: {{log_path: '{written}'}}");

        Assert.Equal(["Warning PLN013"], plan.Diagnostics.Select(static d => $"{d.Severity} {d.Code}"));
        Assert.Equal(planned, plan.Runs[0].LogPath);
    }

    [Fact]
    public void A_key_of_a_section_that_something_refers_to_is_not_unknown() => Some.Good("project: {tag: x}\nbackend: {command: 'x ${project.tag}'}");

    [Fact]
    public void A_section_that_was_meant_otherwise_is_a_warning_and_the_plan_stands()
    {
        var plan = Some.Plan("backend: {command: x}\nprojct: {name: y}");
        Assert.Equal((Severity.Warning, "did you mean 'project'?"), (Assert.Single(plan.Diagnostics).Severity, plan.Diagnostics[0].Hint));
        Assert.Single(plan.Runs);
    }

    [Fact]
    public void A_name_that_differs_between_points_names_the_runs()
    {
        var plan = Some.Good("project: {name: 'exp_lr${lr}'}\nbackend: {command: x}\nsweep: {groups: [{params: {lr: [1, 2]}}, {params: {stage: [a, b]}}]}");
        Assert.Equal(["exp_lr1_a", "exp_lr1_b", "exp_lr2_a", "exp_lr2_b"], plan.Runs.Select(static r => r.Id.Value));
        Assert.Equal(["exp_lr1", "exp_lr1", "exp_lr2", "exp_lr2"], plan.Runs.Select(static r => r.Point));
        Assert.Equal("e", plan.Experiment.Name);
    }

    [Fact]
    public void A_run_does_not_change_when_others_come_before_it()
    {
        var before = Some.Good(TinyLm).Runs.Single(static r => r.Id.Value == "lr3e-3_seed1");
        var after = Some.Good(TinyLm.Replace("[1e-3, 3e-3]", "[1e-4, 1e-3, 3e-3]", StringComparison.Ordinal)).Runs.Single(static r => r.Id.Value == "lr3e-3_seed1");
        Assert.Equal(before.ConfigHash, after.ConfigHash);
        Assert.Empty(RunChange.Between(before, after).Differences);
    }

    [Fact]
    public void The_composed_configuration_shows_the_overrides_and_resolves_on_demand()
    {
        var request = Some.Request("a: ${b}\nb: 1\nsweep: {params: {b: [1, 2]}}\n", "b=5");
        Assert.Equal("a: ${b}\nb: 5\nsweep:\n  params:\n    b:\n    - 1\n    - 2\n", new YamlEmitter().Emit(Planner.Compose(request, Interpolations.AsWritten).Tree!));
        Assert.StartsWith("a: 5\nb: 5\n", new YamlEmitter().Emit(Planner.Compose(request, Interpolations.Resolved).Tree!), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_of_the_environment_stays_a_reference_in_frozen_files_and_is_in_the_plan()
    {
        var world = new ConfigWorld(static name => name switch { "HF_TOKEN" => "s3cr3t", "USER" => "ada", _ => null }, default);
        var request = Some.Request("""
            backend: {command: "train --token ${hub.token}"}
            hub: {token: "${oc.env:HF_TOKEN}", url: "https://${oc.env:USER}:${oc.env:HF_TOKEN}@host/\\${later}"}
            lr: 1
            sweep: {params: {lr: [1, 2]}}
            """) with { World = world };
        var plan = Planner.Plan(request);
        Assert.Empty(plan.Diagnostics);
        Assert.Equal("train --token s3cr3t", Assert.IsType<CommandTemplate.Line>(plan.Runs[1].Command).Text);
        var frozen = plan.Configs.Find(plan.Runs[1].Id)!;
        Assert.All([frozen.ResolvedYaml, frozen.ResolvedJson, frozen.UnresolvedYaml], static text => Assert.DoesNotContain("s3cr3t", text, StringComparison.Ordinal));
        Assert.Contains("token: ${oc.env:HF_TOKEN}\n", frozen.ResolvedYaml, StringComparison.Ordinal);
        Assert.Contains(@"url: https://ada:${oc.env:HF_TOKEN}@host/\${later}", frozen.ResolvedYaml, StringComparison.Ordinal);
        Assert.Contains("command: train --token ${oc.env:HF_TOKEN}\n", frozen.ResolvedYaml, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_that_looks_into_a_secret_leaves_the_written_text_in_the_frozen_file()
    {
        var world = new ConfigWorld(static name => name switch { "MY_API_KEY" => "8080", "JSON_TOKEN" => "{a: [1, 2]}", _ => null }, default);
        var plan = Planner.Plan(Some.Request("""
            backend: {command: "echo port ${port} half ${half}"}
            port: ${oc.decode:${oc.env:MY_API_KEY}}
            half: ${oc.divi:${oc.env:MY_API_KEY},2}
            cut: ${oc.slice:${oc.env:MY_API_KEY},0,3}
            tree: ${oc.decode:${oc.env:JSON_TOKEN}}
            plain: ${oc.env:MY_API_KEY}
            """) with { World = world });
        Assert.Empty(plan.Diagnostics);
        Assert.Equal("echo port 8080 half 4040", Assert.IsType<CommandTemplate.Line>(plan.Runs[0].Command).Text);
        var frozen = plan.Configs.Find(plan.Runs[0].Id)!.ResolvedYaml;
        Assert.Contains("command: echo port ${port} half ${half}\n", frozen, StringComparison.Ordinal);
        Assert.Contains("port: ${oc.decode:${oc.env:MY_API_KEY}}\nhalf: 4040\ncut: '808'\ntree:\n  a:\n  - 1\n  - 2\nplain: ${oc.env:MY_API_KEY}\n", frozen, StringComparison.Ordinal);
        var again = Planner.Plan(Some.Request(frozen) with { World = world });
        Assert.Empty(again.Diagnostics);
        Assert.Equal(plan.Runs[0].Command, again.Runs[0].Command);
    }

    [Fact]
    public void A_swept_value_that_holds_a_secret_is_shown_as_it_was_written()
    {
        var world = new ConfigWorld(static name => name == "MY_API_KEY" ? "hunter2secret" : null, default);
        var plan = Planner.Plan(Some.Request("backend: {command: 'x ${tok}'}\ntok: 0\nlr: 1\nsweep: {params: {tok: ['${oc.env:MY_API_KEY}', plain], lr: [1]}}") with { World = world });
        Assert.Empty(plan.Diagnostics);
        Assert.DoesNotContain("hunter2", string.Concat(plan.Runs.SelectMany(static r => r.Overrides).Select(static c => c.Value)) + string.Concat(plan.Runs.Select(static r => r.OutputDir)), StringComparison.Ordinal);
    }
}
