using System.Collections.Immutable;
using Vigil.Core.Tests.Rendering;
using Vigil.Planning;
using Vigil.Rendering;

namespace Vigil.Tests.Scripts;

/// <summary>Templates, launchers and containers, really run, with programs that say what they were given.</summary>
public sealed class SlurmTemplateTests : IDisposable
{
    private readonly ScriptPlace _place = new();
    public void Dispose() => _place.Dispose();

    private const string Hostile = "it's \"$(touch pwned)\"`touch pwned`; touch pwned # ${HOME} \\ *";

    private static readonly CommandTemplate Show = Some.Words("show", "a b", "{x.y}", "it's");

    public SlurmTemplateTests()
    {
        _place.Program("show", "printf '[%s]' \"$@\"; echo");
        _place.Program("module", "echo \"module $*\"");
        // Two tasks, one after the other, as Slurm would number them.
        _place.Program("srun", """
            words=(); while [[ $1 == -* ]]; do words+=("$1"); shift; done
            echo "srun ${words[*]}"
            for n in 0 1; do SLURM_PROCID=$n SLURM_LOCALID=$n SLURM_STEP_NUM_TASKS=2 SLURM_NODEID=$n "$@" || exit; done
            """);
        foreach (var program in new[] { "apptainer", "singularity", "enroot", "torchrun" })
            _place.Program(program, $"printf '{program}'; while (($# > 0)) && [[ $1 != show && $1 != bash ]]; do printf ' [%s]' \"$1\"; shift; done; echo; \"$@\"");
    }

    private string Log(PlannedRun run, int code = 0)
    {
        var job = _place.Start(run);
        Assert.True(code == job.End(), job.Log);
        Assert.False(File.Exists($"{_place.Dir}/pwned"), job.Log);
        return job.Log.Replace(_place.Dir, "/exp", StringComparison.Ordinal);
    }

    private PlannedRun With(CommandTemplate command, SlurmScript script, params SlurmOption[] options) => _place.Run(command, script, options) with
    {
        Placeholders = ImmutableSortedDictionary<string, string>.Empty.Add("x.y", Hostile).Add("project_name", "tiny"),
    };

    private string OfTemplate(string template, CommandTemplate? command = null, int code = 0) => Log(With(command ?? Show, new() { Template = template, Env = [new("A", Hostile)] }), code);

    private const string Shown = $"[a b][{Hostile}][it's]\n";

    [Theory]
    [InlineData("#!/bin/bash\n{sbatch_directives}\n{launcher_cmd}\n", Shown)]
    [InlineData("{sbatch_directives}\nset -e\n{backend_cmd}\n", Shown)]
    [InlineData("#!/bin/bash\nbash -c '{launcher_cmd}'\n", Shown)]
    [InlineData("#!/bin/bash\nbash -c \"{launcher_cmd}\"\n", Shown)]
    [InlineData("#!/bin/bash\nsrun {srun_opts}bash -c '{launcher_cmd}'\n", "srun \n" + Shown + Shown)]
    [InlineData("#!/bin/bash\nsrun {srun_opts}bash -c '{task_env}show $RANK/$WORLD_SIZE/$LOCAL_RANK {backend_cmd}'\n", "srun \n[0/2/0][show]" + Shown + "[1/2/1][show]" + Shown)]
    [InlineData("#!/bin/bash\nshow {x.y} \"{x.y}\" '{x.y}' {name} {project_name} {job_name} {{index}}\n# {backend_cmd}", $"[{Hostile}][{Hostile}][{Hostile}][lr1e-3][tiny][lr1e-3][0]\n")]
    [InlineData("#!/bin/bash\nshow {output_dir} {log_path} {log_path_current} {work_dir} ${SLURM_JOB_ID}\n# {backend_cmd}", "[/exp/lr1e-3][/exp/lr1e-3/slurm-17.out][/exp/lr1e-3/current.log][/exp][17]\n")]
    [InlineData("#!/bin/bash\n{env_exports}\nshow \"$A\"\n# {command}", $"[{Hostile}]\n")]
    [InlineData("#!/bin/bash\nshow \\{x.y} {1..2} '{\"a\":1}'\n# {command}", "[{x.y}][1][2][{\"a\":1}]\n")]
    [InlineData("#!/bin/bash\ncat <<EOF\n{x.y}\n{backend_cmd}\nEOF\n", Hostile + "\nshow 'a b' 'it'\\''s \"$(touch pwned)\"`touch pwned`; touch pwned # ${HOME} \\ *' 'it'\\''s'\n")]
    public void A_template_runs_as_it_is_printed_and_no_value_becomes_shell(string template, string log) => Assert.Equal(log, OfTemplate(template));

    [Fact]
    public void A_line_of_the_users_shell_is_that_in_a_template_too() =>
        Assert.Equal($"[{Hostile}][b]\n[{Hostile}][b]\n", OfTemplate("#!/bin/bash\nX=b\n{launcher_cmd}\nexport X\nbash -c '{launcher_cmd}'\n", Some.Line("show {x.y} $X")));

    [Fact]
    public void What_is_to_happen_before_the_command_happens_before_a_template_too()
    {
        File.WriteAllText($"{_place.Dir}/my env.sh", "FROM_FILE='a b'");
        Directory.CreateDirectory($"{_place.Dir}/venv/bin");
        File.WriteAllText($"{_place.Dir}/venv/bin/activate", "WHERE=venv");
        var script = new SlurmScript
        {
            Template = "#!/bin/bash\n{sbatch_directives}\nshow \"$FROM_FILE\" \"$B\" \"$WHERE\"\n{launcher_cmd}\n",
            Modules = ["gcc"],
            EnvFile = $"{_place.Dir}/my env.sh",
            Setup = "B={name}",
            Container = Image(ContainerRuntime.Venv) with { Place = $"{_place.Dir}/venv" },
        };

        Assert.Equal("module load gcc\n[a b][lr1e-3][venv]\n" + Shown, Log(With(Show, script)));
    }

    [Fact]
    public void The_link_of_the_document_is_made_by_the_template()
    {
        var run = With(Show, new() { Template = "#!/bin/bash\n{log_symlink_cmd}\n{backend_cmd}\n" });
        Log(run);
        Assert.Equal("slurm-17.out", new FileInfo($"{_place.Dir}/lr1e-3/current.log").LinkTarget);
        Assert.Contains($"ln -sf \"slurm-${{SLURM_JOB_ID}}.out\" \"{_place.Dir}/lr1e-3/current.log\"\n", File.ReadAllText($"{_place.Folder()}/script.sbatch"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/logs/job_name/slurm-%j.out", "/logs/job_name/current.log", "ln -sf \"slurm-${SLURM_JOB_ID}.out\" \"/logs/job_name/current.log\"")]
    [InlineData("/l/a`b$c\"d/-%A_%a.out", "/l/a`b$c\"d/current.log", "ln -sf \"./-${SLURM_ARRAY_JOB_ID:-${SLURM_JOB_ID}}_${SLURM_ARRAY_TASK_ID:-0}.out\" \"/l/a\\`b\\$c\\\"d/current.log\"")]
    [InlineData("/l/x-%j.out", null, "")]
    public void The_command_for_the_link_has_the_form_of_the_document(string log, string? link, string command) =>
        Assert.Equal(command, LogLink.Command(_place.Run("x") with { LogPath = log, LogPathCurrent = link }));

    [Fact]
    public void Lines_for_sbatch_take_values_by_sbatchs_own_quoting()
    {
        var run = With(Show, new() { Template = "#SBATCH --job-name={x.y} --comment=\"{x.y}\"\n#SBATCH --output={log_path}\n{backend_cmd}\n" }, new SlurmOption("partition", "p"));
        var script = ScriptRenderer.Render(run, Some.First(run), "/f", "t");
        Assert.StartsWith("#!/bin/bash\n#SBATCH --error=", script, StringComparison.Ordinal);
        Assert.Contains("#SBATCH --partition=p\n#SBATCH --job-name=\"it's \\\"$(touch pwned)\\\"`touch pwned`; touch pwned # ${HOME} \\\\ *\" --comment=\"it's \\\"$(touch pwned)\\\"`touch pwned`; touch pwned # ${HOME} \\\\ *\"\n", script, StringComparison.Ordinal);
        Assert.Single(script.Split("--output=")[1..]);
    }

    [Theory]
    [InlineData("#!/bin/bash -eu\nfalse\necho on\n# {command}", 1)]
    [InlineData("#!/bin/bash -l\nexit 7\n# {command}", 7)]
    [InlineData("#!/bin/bash\nif true; then\n{command}\n", 2)]
    [InlineData("#!/bin/bash\ntrap 'exit 9' EXIT\n{command}\n", 9)]
    public void A_templates_own_end_is_the_jobs_end(string template, int code)
    {
        OfTemplate(template, code: code);
        Assert.Equal(code, _place.Json("exit.json").GetProperty("code").GetInt32());
    }

    [Fact]
    public void Modules_the_environment_file_and_the_users_lines_come_before_the_command()
    {
        File.WriteAllText($"{_place.Dir}/my env.sh", "FROM_FILE=f\n");
        var log = Log(With(Some.Line("show $FROM_FILE $B"), new() { Modules = ["gcc", "a;b"], EnvFile = $"{_place.Dir}/my env.sh", Setup = "export B=$(echo {name})" }));
        Assert.Equal("module load gcc a;b\n[f][lr1e-3]\n", log);
    }

    [Theory]
    [InlineData("exit 5", 5)]
    [InlineData("if", 2)]
    public void A_setup_that_fails_is_no_start_of_the_command(string setup, int code) => Assert.DoesNotContain("[", Log(With(Show, new() { Setup = setup }), code), StringComparison.Ordinal);

    [Fact]
    public void Srun_numbers_the_tasks_and_gives_each_its_rank()
    {
        var script = new SlurmScript { Launcher = Launcher.Srun, Srun = [new("ntasks", "2")], SrunText = "--label" };
        Assert.Equal($"srun --kill-on-bad-exit=1 --ntasks=2 --label\n0/2/0 {Hostile}\n1/2/1 {Hostile}\n", Log(With(Some.Line("echo $RANK/$WORLD_SIZE/$LOCAL_RANK \"{x.y}\""), script)));
    }

    [Fact]
    public void The_processes_meet_on_the_first_node_at_a_port_of_the_job()
    {
        _place.Program("scontrol", "[[ $1$2 == showhostnames ]] && printf 'node7\\nnode8\\n'");
        var line = Some.Line("echo $MASTER_ADDR $MASTER_PORT $RANK $WORLD_SIZE");
        Assert.Equal("node7 10017 0 1\n", Log(With(line, new() { Launcher = Launcher.Python })));
        File.Delete($"{_place.Dir}/bin/scontrol");
        using var other = new ScriptPlace();
        var job = other.Start(other.Run(line, new() { Launcher = Launcher.Python }), job: "4020001");
        Assert.Equal((0, "n1 10001 0 1\n"), (job.End(), job.Log));
        using var own = new ScriptPlace();
        job = own.Start(own.Run(line, new() { Launcher = Launcher.Python, Env = [new("MASTER_ADDR", "x"), new("MASTER_PORT", "1")] }));
        Assert.Equal((0, "x 1 0 1\n"), (job.End(), job.Log));
    }

    [Fact]
    public void Torchrun_gets_its_nodes_number_in_the_task_itself()
    {
        var log = Log(With(Show, new() { Launcher = Launcher.Torchrun, LauncherOptions = ["--tee=3"] }));
        Assert.Equal(["srun --nodes= --ntasks= --ntasks-per-node=1 --kill-on-bad-exit=1",
            "torchrun [--nnodes=] [--nproc_per_node=1] [--node_rank=0] [--master_addr=n1] [--master_port=10017] [--tee=3] [--no_python]", Shown.TrimEnd(),
            "torchrun [--nnodes=] [--nproc_per_node=1] [--node_rank=1] [--master_addr=n1] [--master_port=10017] [--tee=3] [--no_python]", Shown.TrimEnd()], log.TrimEnd('\n').Split('\n'));
    }

    private static readonly CommandTemplate PerNode = Some.Words("show", "{node_rank}", "{master_addr}:{master_port}", "{x.y}", "{job_id}");

    [Fact]
    public void A_command_with_the_number_of_its_node_runs_once_on_each_and_gets_it_there()
    {
        Assert.Equal(["srun --nodes= --ntasks= --ntasks-per-node=1 --kill-on-bad-exit=1", $"[0][n1:10017][{Hostile}][17]", $"[1][n1:10017][{Hostile}][17]"],
            Log(With(PerNode, new() { Launcher = Launcher.Srun })).TrimEnd('\n').Split('\n'));
    }

    [Theory]
    [InlineData("#!/bin/bash\n{launcher_cmd}\n", "[0]")]
    [InlineData("#!/bin/bash\nsrun {srun_opts}{launcher_cmd}\n", "[0]|[1]")]
    [InlineData("#!/bin/bash\nsrun {srun_opts}bash -c '{launcher_cmd}'\n", "[0]|[1]")]
    public void A_template_leaves_the_number_of_the_node_to_the_node(string template, string ranks)
    {
        var shown = Log(With(PerNode, new() { Template = template, Launcher = Launcher.Srun })).TrimEnd('\n').Split('\n').Where(static l => !l.StartsWith("srun", StringComparison.Ordinal));
        Assert.Equal(ranks.Split('|').Select(static rank => $"{rank}[n1:10017][{Hostile}][17]"), shown);
    }

    [Fact]
    public void A_container_gets_the_number_of_the_node_as_well()
    {
        var log = Log(With(PerNode, new() { Launcher = Launcher.Srun, Container = Image(ContainerRuntime.Apptainer) }));
        Assert.Equal([$"[0][n1:10017][{Hostile}][17]", $"[1][n1:10017][{Hostile}][17]"], log.TrimEnd('\n').Split('\n').Where(static l => l.StartsWith('[')));
    }

    private static Container Image(ContainerRuntime runtime) => new(runtime, "/i/my image.sif", ["/data:/d:ro", "{output_dir}/x"], [new("HF", Hostile)], ["SLURMD_NODENAME"], ["--opt x"]);

    [Theory]
    [InlineData(ContainerRuntime.Apptainer, "apptainer [exec] [--bind] [/exp] [--bind] [/exp/lr1e-3] [--bind] [/data:/d:ro] [--bind] [/exp/lr1e-3/x] [--pwd] [/exp] [--opt x] [/i/my image.sif]\n" + Shown)]
    [InlineData(ContainerRuntime.Singularity, "singularity [exec] [--bind] [/exp] [--bind] [/exp/lr1e-3] [--bind] [/data:/d:ro] [--bind] [/exp/lr1e-3/x] [--pwd] [/exp] [--opt x] [/i/my image.sif]\n" + Shown)]
    [InlineData(ContainerRuntime.Pyxis, "srun --nodes=1 --ntasks=1 --container-image=/i/my image.sif --container-mounts=/exp:/exp,/exp/lr1e-3:/exp/lr1e-3,/data:/d:ro,/exp/lr1e-3/x:/exp/lr1e-3/x --container-workdir=/exp --container-env=HF,SLURMD_NODENAME --opt x\n" + Shown + Shown)]
    public void A_container_is_put_before_the_command(ContainerRuntime runtime, string log) => Assert.Equal(log, Log(With(Show, new() { Container = Image(runtime) })));

    [Theory]
    [InlineData(ContainerRuntime.Apptainer, "APPTAINERENV_")]
    [InlineData(ContainerRuntime.Singularity, "SINGULARITYENV_")]
    public void Variables_reach_the_inside_by_the_runtimes_own_names(ContainerRuntime runtime, string prefix)
    {
        var log = Log(With(Some.Words("bash", "-c", $"printf '%s|' \"${prefix}HF\" \"${prefix}SLURMD_NODENAME\""), new() { Container = Image(runtime) }));
        Assert.EndsWith($"\n{Hostile}|n1|", log, StringComparison.Ordinal);
    }

    [Fact]
    public void Enroot_is_given_the_jobs_variables_and_the_working_folder()
    {
        var log = Log(With(Some.Words("bash", "-c", "pwd"), new() { Container = Image(ContainerRuntime.Enroot), Env = [new("MINE", "1 2")] }));
        Assert.StartsWith("enroot [start] [--env] ", log, StringComparison.Ordinal);
        Assert.Contains("[--env] [MINE=1 2]", log, StringComparison.Ordinal);
        Assert.Contains("[--env] [SLURM_JOB_ID=17]", log, StringComparison.Ordinal);
        Assert.Contains($"[--env] [HF={Hostile}]", log, StringComparison.Ordinal);
        Assert.DoesNotContain("[PATH=", log, StringComparison.Ordinal);
        Assert.EndsWith("[--mount] [/exp:/exp] [--mount] [/exp/lr1e-3:/exp/lr1e-3] [--mount] [/data:/d:ro] [--mount] [/exp/lr1e-3/x:/exp/lr1e-3/x] [--opt x] [/i/my image.sif]\n/exp\n", log, StringComparison.Ordinal);
    }

    [Fact]
    public void A_venv_and_a_conda_environment_are_activated()
    {
        Directory.CreateDirectory($"{_place.Dir}/my venv/bin");
        File.WriteAllText($"{_place.Dir}/my venv/bin/activate", "export WHERE=venv\n");
        Assert.Equal("[venv]\n", Log(With(Some.Line("show $WHERE"), new() { Container = Image(ContainerRuntime.Venv) with { Place = $"{_place.Dir}/my venv" } })));
        using var other = new ScriptPlace();
        other.Program("conda", "[[ $1$2 == shell.bashhook ]] && echo 'conda() { WHERE=\"$*\"; }'");
        var job = other.Start(other.Run(Some.Line("echo $WHERE"), new() { Container = Image(ContainerRuntime.Conda) with { Place = "it's" } }));
        Assert.Equal((0, "activate it's\n"), (job.End(), job.Log));
    }

    [Fact]
    public void An_environment_that_is_not_there_ends_the_job() =>
        Assert.DoesNotContain("[", Log(With(Show, new() { Container = Image(ContainerRuntime.Venv) with { Place = "/no/such" } }), 1), StringComparison.Ordinal);

    [Fact]
    public void The_documents_launcher_is_filled_with_binds_and_variables()
    {
        _place.Program("launch", "printf 'launch'; while [[ $1 == -* ]]; do printf ' [%s] [%s]' \"$1\" \"$2\"; shift 2; done; echo; \"$@\"");
        var script = new SlurmScript { Launcher = Launcher.Srun, LauncherText = "launch {{bind_flags}} {{env_flags}}", Env = [new("A", "1 2")], Container = Image(ContainerRuntime.Venv) with { Place = $"{_place.Dir}/v" } };
        Directory.CreateDirectory($"{_place.Dir}/v/bin");
        File.WriteAllText($"{_place.Dir}/v/bin/activate", "");
        var once = "launch [--bind] [/data:/d:ro] [--bind] [/exp/lr1e-3/x] [--env] [A=1 2]\n" + Shown;
        Assert.Equal("srun --kill-on-bad-exit=1\n" + once + once, Log(With(Show, script)));
    }
}
