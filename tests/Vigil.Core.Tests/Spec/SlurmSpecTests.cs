using Vigil.Configuration;
using Vigil.Core.Tests.Planning;
using Vigil.Planning;

namespace Vigil.Core.Tests.Spec;

public sealed class SlurmSpecTests
{
    private const string Base = "scheduler: slurm\nbackend: {command: x}\n";

    private static PlannedRun Run(string yaml) => Assert.Single(Some.Good(Base + yaml).Runs);
    private static SlurmJob Job(string yaml) => Run(yaml).Slurm!;
    private static SlurmScript Script(string yaml) => Job(yaml).Script!;

    [Fact]
    public void Any_option_of_sbatch_is_given_by_its_long_name()
    {
        var job = Job("slurm: {sbatch: {partition: gpu, cpus_per_task: 8, exclusive: true, time: \"1:30:00\", nodelist: [n1, n2], qos: null, hold: false, _note: x, mail-type: END}, sbatch_overrides: {cpus_per_task: 4}}\n");
        Assert.Equal(["partition=gpu", "exclusive", "time=1:30:00", "nodelist=n1,n2", "mail-type=END", "cpus-per-task=4"], job.Sbatch.Select(static o => o.Value is null ? o.Name : $"{o.Name}={o.Value}"));
        Assert.Null(job.Script);
    }

    [Fact]
    public void An_override_of_null_takes_an_option_back() => Assert.Empty(Job("slurm: {sbatch: {exclusive: true}, sbatch_overrides: {exclusive: null}}\n").Sbatch);

    [Fact]
    public void An_option_may_name_what_the_plan_knows() => Assert.Equal("run e of e", Job("slurm: {sbatch: {comment: \"run {name} of {experiment}\"}}\n").Option("comment"));

    [Theory]
    [InlineData("slurm: {sbatch: {job_name: x}}", "SLM001", "project.name")]
    [InlineData("slurm: {sbatch: {output: x}}", "SLM001", "project.log_path")]
    [InlineData("slurm: {sbatch: {chdir: /x}}", "SLM001", "project.work_dir")]
    [InlineData("slurm: {sbatch: {array: 0-3}}", "SLM002", "arrays")]
    [InlineData("slurm: {sbatch: {arr: 0-3}}", "SLM002", "arrays")]
    [InlineData("slurm: {sbatch: {depend: singleton}}", "SLM002", "job.depends_on")]
    [InlineData("slurm: {sbatch: {dependency: \"afterok:1\"}}", "SLM002", "job.depends_on")]
    [InlineData("slurm: {sbatch: {wrap: x}}", "SLM002", "backend.command")]
    [InlineData("slurm: {sbatch: {test_only: true}}", "SLM002", "vigil plan")]
    [InlineData("slurm: {sbatch_overrides: {wait: true}}", "SLM002", "vigil run")]
    [InlineData("slurm: {sbatch: {clusters: c1}}", "SLM002", "slurm.cluster")]
    [InlineData("slurm: {sbatch: {N: 2}}", "SLM003", "write it out: nodes")]
    [InlineData("slurm: {sbatch: {\"par tition\": x}}", "SLM003", "letters")]
    [InlineData("slurm: {sbatch: {comment: \"a\\nb\"}}", "SLM004", null)]
    [InlineData("slurm: {sbatch: {nodes: {a: 1}}}", "CFG041", null)]
    [InlineData("slurm: {sbatch: {comment: \"{job_id}\"}}", "PLN021", null)]
    [InlineData("slurm: {sbatch: {comment: \"{nmae}\"}}", "PLN020", "did you mean {name}?")]
    [InlineData("slurm: {env: {A: \"$(hostname)\"}}", "SLM005", "slurm.setup: export A=")]
    [InlineData("slurm: {env: {1A: x}}", "CFG058", null)]
    [InlineData("slurm: {env: {A: [1]}}", "CFG041", null)]
    [InlineData("slurm: {poll_seconds: [60, 5]}", "SLM006", "[5, 60]")]
    [InlineData("slurm: {poll_seconds: 5}", "SLM006", "[5, 60]")]
    [InlineData("slurm: {dependencies: slurm}", "SLM006", null)]
    [InlineData("slurm: {host: \"-oProxyCommand=x\", dir: /s}", "SLM007", "user@login")]
    [InlineData("slurm: {host: \"u@h; rm x\", dir: /s}", "SLM007", "user@login")]
    [InlineData("slurm: {cluster: \"a,b\"}", "SLM007", null)]
    [InlineData("slurm: {test_only: true}", "SLM008", "vigil plan")]
    [InlineData("slurm: {sbatch: {signal: USR1@60}}", "SLM009", "B:USR1@60")]
    [InlineData("slurm: {template: \"a\\nb\", template_path: c}", "SLM010", null)]
    [InlineData("slurm: {template_path: no.sbatch}", "SLM011", "/home/u/exp/no.sbatch")]
    [InlineData("slurm: {sbatch_extra_directives: [\"echo hi\"]}", "SLM015", "slurm.setup")]
    [InlineData("slurm: {sbatch_extra_directives: [\"#SBATCH --array=0-3\"]}", "SLM002", null)]
    [InlineData("slurm: {launcher: tochrun}", "SLM016", "did you mean 'torchrun'?")]
    [InlineData("slurm: {launcher: none, srun: {ntasks: 2}}", "SLM017", "slurm.launcher: srun")]
    [InlineData("slurm: {launcher: srun, launcher_args: {tee: 3}}", "SLM017", "torchrun")]
    [InlineData("slurm: {setup: \"echo {nope}\"}", "PLN020", "\\{nope}")]
    [InlineData("slurm: {launchr: x}", "CFG040", "did you mean 'launcher'?")]
    [InlineData("slurm: {chain: 0}", "CFG053", null)]
    [InlineData("container: {runtime: aptainer, image: x}", "SLM021", "did you mean 'apptainer'?")]
    [InlineData("container: {runtime: apptainer}", "SLM020", "container.image")]
    [InlineData("container: {image: x, env: [1-A]}", "CFG058", null)]
    [InlineData("slurm: {modules: [--force, gcc]}", "SLM018", "slurm.setup")]
    [InlineData("project: {base_output_dir: \"/o/a:b\"}\ncontainer: {image: x}", "SLM025", "project.base_output_dir")]
    [InlineData("container: {imag: x}", "CFG040", "did you mean 'image'?")]
    [InlineData("project: {base_output_dir: \"/o/a\\\\b\"}", "SLM022", null)]
    [InlineData("project: {log_path: \"/l/%u-%j.out\"}", "SLM023", "${oc.env:USER}")]
    [InlineData("project: {log_path: \"/l/%j/x-%j.out\"}", "SLM023", "only the file's name")]
    [InlineData("project: {log_path: \"/l/{name}.out\"}", "PLN013", "slurm-%j.out")]
    public void A_mistake_is_told_with_its_remedy(string yaml, string code, string? remedy)
    {
        var mistake = Some.Mistake(Base + yaml + "\n");
        Assert.Equal(code, mistake.Code);
        if (remedy is not null) Assert.Contains(remedy, mistake.Hint ?? mistake.Message, StringComparison.Ordinal);
        Assert.Equal("e.yaml", mistake.At.File);
    }

    [Fact]
    public void A_folder_that_Slurm_cannot_use_is_told_once_for_all_the_runs_in_it()
    {
        var mistake = Some.Mistake(Base + "project: {base_output_dir: \"/o/a\\\\b/c\"}\nx: 1\nsweep: {type: product, groups: [{params: {x: [1, 2, 3]}}]}\n");
        Assert.StartsWith("Slurm cannot use the path /o/a\\b: a backslash", mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("project: {log_path: \"/l/%x/slurm-%j.out\"}", "/l/e/slurm-%j.out", "/l/e/current.log")]
    [InlineData("project: {log_path: \"slurm-%A_%a.log\"}", "/home/u/outputs/e/e/slurm-%A_%a.log", "/home/u/outputs/e/e/current.log")]
    [InlineData("project: {log_path: \"/l/50%%/%N-%t-%j\"}", "/l/50%%/%N-%t-%j", "/l/50%/current.log")]
    [InlineData("project: {base_output_dir: \"/o/9%j\"}", "/o/9%%j/e/slurm-%j.out", "/o/9%j/e/current.log")]
    public void A_log_path_keeps_the_patterns_that_only_a_job_can_fill(string yaml, string path, string link)
    {
        var run = Run(yaml + "\n");
        Assert.Equal((path, link), (run.LogPath, run.LogPathCurrent));
    }

    [Fact]
    public void The_settings_of_the_cluster_stand_in_the_header()
    {
        var plan = Some.Good("scheduler: {type: slurm, max_jobs: 7, stagger_seconds: 2}\nbackend: {command: x}\nslurm: {array_size: 50, poll_seconds: [2, 30], requests_per_second: 0.5, stuck_after_seconds: 60, wait_seconds: 5, doubt_seconds: 20, dependencies: monitor}\n");
        Assert.Equal(new SlurmSettings(7, 2, 50, 2, 30, 0.5, 60, 5, 20) { Dependencies = DependencyKeeper.Monitor }, plan.Experiment.Slurm);
        Assert.Null(Some.Good("backend: {command: x}\n").Experiment.Slurm);
    }

    private const string Sweep = "sweep: {type: product, groups: [{params: {lr: [1, 2]}}]}\nlr: 0\n";

    [Fact]
    public void Runs_that_share_the_section_share_the_job_and_may_be_packed()
    {
        var runs = Some.Good(Base + Sweep + "slurm: {sbatch: {partition: gpu}, env: {A: \"{name}\"}}\n").Runs;
        Assert.Same(runs[0].Slurm, runs[1].Slurm);
        Assert.NotNull(runs[0].Slurm!.PackKey);
    }

    [Theory]
    [InlineData("slurm: {sbatch: {mem: \"${lr}G\"}}", true, false)]
    [InlineData("project: {log_path: \"{output_dir}/{name}-%j.out\"}", true, false)]
    [InlineData("slurm: {env: {A: \"${lr}\"}}", true, true)]
    [InlineData("project: {log_path: \"/logs/{name}/x-%j.out\"}", true, true)]
    [InlineData("project: {log_path: \"/logs/{name}/slurm-%A_%a.out\"}", true, true)]
    [InlineData("slurm: {array: false}", false, false)]
    [InlineData("slurm: {chain: 2}", false, false)]
    [InlineData("slurm: {template: \"#!/bin/bash\\n{backend_cmd}\\n\"}", false, false)]
    public void Only_equal_options_and_equal_log_names_are_packed(string yaml, bool packable, bool together)
    {
        var runs = Some.Good(Base + Sweep + yaml + "\n").Runs;
        Assert.All(runs, r => Assert.Equal(packable, r.Slurm!.PackKey is not null));
        if (packable) Assert.Equal(together, runs[0].Slurm!.PackKey == runs[1].Slurm!.PackKey);
    }

    [Fact]
    public void With_a_stagger_nothing_is_packed() =>
        Assert.All(Some.Good("scheduler: {type: slurm, stagger_seconds: 1}\nbackend: {command: x}\n" + Sweep).Runs, static r => Assert.Null(r.Slurm!.PackKey));

    [Theory]
    [InlineData("container: {image: a.sif}", ContainerRuntime.Apptainer, "a.sif")]
    [InlineData("container: {class_name: Container, runtime: singularity, image: a.sif, bind: [/a], python: python}", ContainerRuntime.Singularity, "a.sif")]
    [InlineData("container: {runtime: pyxis, image: \"nvcr.io#nvidia/pytorch:24.01-py3\"}", ContainerRuntime.Pyxis, "nvcr.io#nvidia/pytorch:24.01-py3")]
    [InlineData("container: {runtime: conda, name: ml}", ContainerRuntime.Conda, "ml")]
    [InlineData("container: {class_name: Conda, env_name: base, conda_prefix: /opt/conda/}", ContainerRuntime.Conda, "base")]
    [InlineData("container: {runtime: venv, path: /v}", ContainerRuntime.Venv, "/v")]
    [InlineData("container: {class_name: Venv, venv_path: .venv}", ContainerRuntime.Venv, ".venv")]
    public void A_container_is_told_by_its_runtime_and_its_place(string yaml, ContainerRuntime runtime, string place)
    {
        var container = Script(yaml + "\n").Container!;
        Assert.Equal((runtime, place), (container.Runtime, container.Place));
        if (yaml.Contains("conda_prefix", StringComparison.Ordinal)) Assert.Equal("/opt/conda/etc/profile.d/conda.sh", container.ActivateScript);
    }

    [Theory]
    [InlineData("container: {}")]
    [InlineData("container: {image: null}")]
    public void No_container_is_none(string yaml) => Assert.Null(Job(yaml + "\n").Script);

    [Fact]
    public void With_the_local_scheduler_a_container_has_no_effect_and_that_is_said() =>
        Assert.Equal("SLM024", Some.Mistake("backend: {command: x}\ncontainer: {image: a.sif}\n").Code);

    [Theory]
    [InlineData("slurm: {srun: {ntasks: 2}}", Launcher.Srun)]
    [InlineData("slurm: {srun_opts: --ntasks=2}", Launcher.Srun)]
    [InlineData("slurm: {launcher_cmd: env}", Launcher.Srun)]
    [InlineData("slurm: {launcher: torchrun, launcher_args: {rdzv_backend: c10d}}", Launcher.Torchrun)]
    [InlineData("slurm: {launcher: python}", Launcher.Python)]
    [InlineData("slurm: {modules: cuda}", Launcher.None)]
    public void A_launcher_is_what_the_section_says(string yaml, Launcher launcher) => Assert.Equal(launcher, Script(yaml + "\n").Launcher);

    [Fact]
    public void Modules_setup_and_an_environment_file_go_into_the_script()
    {
        var script = Script("slurm: {modules: [cuda/11.8, \"gcc nccl\"], setup: [\"ulimit -n 4096\", \"export A=$(hostname)\"], env_file: env.sh}\n");
        Assert.Equal(["cuda/11.8", "gcc", "nccl"], script.Modules);
        Assert.Equal(("ulimit -n 4096\nexport A=$(hostname)", "env.sh"), (script.Setup, script.EnvFile));
    }

    private static Plan PlanWith(string template, string yaml = "slurm: {template_path: t.sbatch}\n") => Planner.Plan(Some.Request(Base + yaml) with
    {
        World = Some.World with { ReadText = path => path == "/home/u/exp/t.sbatch" ? template : null },
    });

    [Fact]
    public void A_template_is_kept_with_the_run()
    {
        var plan = PlanWith("#!/bin/bash -l\n{sbatch_directives}\nsrun {srun_opts}{launcher_cmd} ${SLURM_JOB_ID} ${{OLD}}\n");
        Assert.Empty(plan.Diagnostics);
        Assert.Equal("#!/bin/bash -l\n{sbatch_directives}\nsrun {srun_opts}{launcher_cmd} ${SLURM_JOB_ID} ${OLD}\n", plan.Runs[0].Slurm!.Script!.Template);
    }

    [Theory]
    [InlineData("#!/usr/bin/env python3\n{backend_cmd}\n", "SLM013", 1, 1)]
    [InlineData("#!/bin/bash\n{backend_cmd} {log_pat}\n", "PLN020", 2, 15)]
    [InlineData("#!/bin/bash\n{backend_cmd}\n  echo {launcher_cnd}\n", "PLN020", 3, 8)]
    [InlineData("#!/bin/bash\necho hi\n", "SLM014", 1, 1)]
    [InlineData("#!/bin/bash\r\n{backend_cmd}\r\n", "SLM012", 1, 1)]
    [InlineData("#!/bin/bash\n#SBATCH -N 1 -a 0-3\n{backend_cmd}\n", "SLM002", 2, 1)]
    [InlineData("#!/bin/bash\n#SBATCH --dependency=afterok:1\n{backend_cmd}\n", "SLM002", 2, 1)]
    [InlineData("#!/bin/bash\n#SBATCH --arr=0-3\n{backend_cmd}\n", "SLM002", 2, 1)]
    [InlineData("#!/bin/bash\n#SBATCH -o /tmp/x.out\n{backend_cmd}\n", "SLM019", 2, 1)]
    [InlineData("#!/bin/bash\n#SBATCH --comment={job_id}\n{backend_cmd}\n", "PLN021", 2, 19)]
    [InlineData("#!/bin/bash\n#SBATCH --comment={note}\n{backend_cmd}\n", "SLM004", 2, 19)]
    public void A_mistake_in_a_template_has_its_place_there(string template, string code, int line, int column)
    {
        var mistake = Assert.Single(PlanWith(template, "slurm: {template_path: t.sbatch}\nnote: \"a\\nb\"\n").Diagnostics);
        Assert.Equal((code, new SourceSpan("t.sbatch", line, column)), (mistake.Code, mistake.At));
    }

    [Fact]
    public void What_is_asked_of_slurm_tells_plans_apart()
    {
        var before = Run("slurm: {sbatch: {partition: a, nodes: 1}, setup: \"x\"}\n");
        var after = Run("slurm: {sbatch: {partition: b, nodes: 1}, setup: \"y\", launcher: srun}\n");
        Assert.Equal(["slurm.launcher: (none) → srun", "slurm.sbatch.partition: a → b", "slurm.setup: x → y"],
            RunChange.Between(before, after).Differences.Select(static d => d.ToString()));
    }
}
