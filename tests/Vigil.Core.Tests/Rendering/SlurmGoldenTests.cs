using System.Collections.Immutable;
using Vigil.Planning;
using Vigil.Rendering;

namespace Vigil.Core.Tests.Rendering;

/// <summary>Scripts as they were agreed to be. <c>VIGIL_WRITE_GOLDEN=1</c> writes them anew.</summary>
public sealed class SlurmGoldenTests
{
    private static readonly CommandTemplate Line = Some.Line("python3 train.py --lr 1e-3 --out {output_dir} --log '{log_path}' | tee x");
    private static readonly CommandTemplate Words = Some.Words("python3", "train.py", "--out={output_dir}", "it's");

    private static readonly SlurmOption[] Options = [new("partition", "main"), new("nodes", "1"), new("time", "0-01:00:00"), new("comment", "it's \"mine\" #1"), new("exclusive", null)];

    private static readonly Container Image = new(ContainerRuntime.Apptainer, "/images/torch 2.sif", ["/data:/data:ro", "{output_dir}:/out"], [new("HF_HOME", "/data/it's hf")], [], ["--nv"]);

    private const string DocumentTemplate = """
        #!/bin/bash
        {sbatch_directives}

        # Create symlink to current log file (for multi-stage monitoring)
        {log_symlink_cmd}

        # Your job execution
        srun {srun_opts}{launcher_cmd}
        """;

    private const string DocumentTemplateInFull = """
        #!/bin/bash
        #SBATCH --job-name={name}
        #SBATCH --output={log_path}
        #SBATCH --error={log_path}
        #SBATCH --nodes=1
        #SBATCH --ntasks-per-node=8

        # Create/update symlink to most recent log file
        {log_symlink_cmd}

        # Load environment
        module load cuda/11.8

        # Run training
        srun python train.py {backend_cmd}
        """;

    private const string Predecessors = """
        #!/bin/bash -eu
        {{sbatch_directives}}
        # {name} of {project_name}
        {env_exports}
        echo "${SLURM_JOB_ID} {output_dir} {name}" '{lr}'
        srun {srun_opts}bash -c '{launcher_cmd}'
        cat <<EOF
        {name} {backend_cmd}
        EOF
        """;

    private static readonly Dictionary<string, (CommandTemplate Command, SlurmScript? Script, SlurmOption[] Options)> Cases = new()
    {
        ["line"] = (Line, null, Options),
        ["words"] = (Words, null, []),
        ["setup"] = (Words, new() { Modules = ["gcc", "cuda/11.8"], Setup = "ulimit -n 4096\nexport A=$(hostname) B='{name}'", EnvFile = "/home/u/my env.sh", Env = [new("A", "$(id) 'x'"), new("NAME", "{name}")], Directives = ["#SBATCH --mail-type=END   # mine"] }, Options),
        ["signal"] = (Line, null, [new("signal", "B:USR1@120"), new("requeue", null)]),
        ["python"] = (Words, new() { Launcher = Launcher.Python }, []),
        ["srun-line"] = (Line, new() { Launcher = Launcher.Srun, Srun = [new("ntasks", "2"), new("cpu-bind", "none")], SrunText = "--label" }, [new("ntasks", "2")]),
        ["srun-words"] = (Words, new() { Launcher = Launcher.Srun }, [new("nodes", "2"), new("ntasks-per-node", "2"), new("cpus-per-task", "2")]),
        ["torchrun"] = (Words, new() { Launcher = Launcher.Torchrun, LauncherOptions = ["--max_restarts=0", "--tee=3"] }, [new("nodes", "2"), new("gpus-per-node", "4")]),
        ["torchrun-rdzv"] = (Line, new() { Launcher = Launcher.Torchrun, LauncherOptions = ["--rdzv_backend=c10d"] }, [new("nodes", "2")]),
        ["per-node"] = (Some.Words("python", "-u", "-m", "torch.distributed.run", "--node-rank", "{node_rank}", "--master-addr={master_addr}:{master_port}", "--local-addr", "{local_addr}", "--rdzv-id={job_id}", "it's.py"), new() { Launcher = Launcher.Srun }, [new("nodes", "2")]),
        ["launcher-cmd"] = (Words, new() { Launcher = Launcher.Srun, LauncherText = "singularity exec {{bind_flags}} {{env_flags}} image.sif", Env = [new("A", "b c")], Container = Image with { Runtime = ContainerRuntime.Venv, Place = "/venv" } }, []),
        ["apptainer"] = (Line, new() { Container = Image }, []),
        ["singularity"] = (Words, new() { Launcher = Launcher.Srun, Container = Image with { Runtime = ContainerRuntime.Singularity, PassedEnv = ["SSH_AUTH_SOCK"], Folder = "/work" } }, []),
        ["enroot"] = (Words, new() { Launcher = Launcher.Torchrun, Container = Image with { Runtime = ContainerRuntime.Enroot, Options = ["--rw"] } }, [new("nodes", "2")]),
        ["pyxis"] = (Line, new() { Container = Image with { Runtime = ContainerRuntime.Pyxis, Place = "nvcr.io#nvidia/pytorch:24.01-py3", Options = ["--no-container-mount-home"] } }, []),
        ["conda"] = (Words, new() { Container = Image with { Runtime = ContainerRuntime.Conda, Place = "ml env" } }, []),
        ["conda-script"] = (Words, new() { Container = Image with { Runtime = ContainerRuntime.Conda, Place = "base", ActivateScript = "/opt/conda/etc/profile.d/conda.sh" } }, []),
        ["venv"] = (Line, new() { Container = Image with { Runtime = ContainerRuntime.Venv, Place = "/home/u/it's/.venv/" } }, []),
        ["template"] = (Words, new() { Template = DocumentTemplate, Srun = [new("ntasks", "1")] }, Options),
        ["template-in-full"] = (Some.Words("--lr", "1e-3"), new() { Template = DocumentTemplateInFull }, [new("partition", "main")]),
        ["template-of-the-predecessor"] = (Some.Words("python3", "it's {name}", "$HOME"), new() { Template = Predecessors, Env = [new("A", "1")] }, Options),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    private static PlannedRun Run(string name)
    {
        var (command, script, options) = Cases[name];
        return Some.Run(command, "/exp") with
        {
            Slurm = new() { Sbatch = [.. options], Script = script },
            Env = ImmutableSortedDictionary<string, string>.Empty.Add("OMP_NUM_THREADS", "1"),
            Placeholders = ImmutableSortedDictionary<string, string>.Empty.Add("lr", "1e-3").Add("project_name", "tiny"),
        };
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_script_is_what_it_was_agreed_to_be(string name) => Check($"{name}.sbatch", ScriptRenderer.Render(Run(name), Some.First(Run(name)), "/exp/lr1e-3/attempts/1", "vigil:0123456789abcdef0123"));

    [Fact]
    public void A_link_of_a_chain_is_what_it_was_agreed_to_be() =>
        Check("chain.sbatch", ScriptRenderer.Render(Run("words"), new(new(new("lr1e-3"), 2), null) { After = new(new("lr1e-3"), 1), TimeLimit = TimeSpan.FromMinutes(30), ExcludedNodes = "n3" }, "/exp/lr1e-3/attempts/2", "vigil:0123456789abcdef0123"));

    [Fact]
    public void A_script_that_looks_at_the_runs_before_it_is_what_it_was_agreed_to_be() =>
        Check("needs.sbatch", ScriptRenderer.Render(Run("words"), Some.First(Run("words")) with { Needs = [new(new(new("lr1e-3_stable"), 1), "/exp/lr1e-3_stable/attempts/1"), new(new(new("it's"), 2, 1), "/exp/it's/attempts/2")] }, "/exp/lr1e-3/attempts/1", "vigil:0123456789abcdef0123"));

    [Fact]
    public void An_array_is_what_it_was_agreed_to_be()
    {
        ImmutableArray<ArrayMember> members = [.. Enumerable.Range(1, 3).Select(static i =>
        {
            var run = Run("line") with { Id = new($"lr{i}"), OutputDir = $"/exp/lr{i}", LogPath = $"/exp/lr{i}/slurm-%j.out" };
            return new ArrayMember(run with { Slurm = run.Slurm! with { PackKey = "k" } }, new(new(run.Id, 1), null), $"/exp/lr{i}/attempts/1");
        })];
        var files = ArrayScript.Render(members, "/exp/arrays/0123ab", "tiny.0123ab", "vigil:0123456789abcdef0123");
        Check("array.sbatch", files.Script);
        Check("array-index.json", files.Index);
    }

    private static void Check(string file, string text)
    {
        var golden = Path.Combine(AppContext.BaseDirectory, "../../../../tests/Vigil.Core.Tests/Rendering/golden-slurm", file);
        if (Environment.GetEnvironmentVariable("VIGIL_WRITE_GOLDEN") is "1") File.WriteAllText(golden, text);
        Assert.Equal(File.ReadAllText(golden), text);
        if (file.EndsWith(".sbatch", StringComparison.Ordinal)) Assert.Equal((0, "", ""), Workplace.Bash(["-n", golden]));
    }
}
