using System.Collections.Immutable;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Rendering;

/// <summary>What starts a command on the nodes of a job: srun, torchrun, and where its processes meet.</summary>
internal static class Launchers
{
    /// <summary>
    /// The first node of the job and a port of its own. The batch shell runs on that node, so its own name serves where scontrol is missing. The port follows
    /// from the job's id, so that two jobs on one node do not meet; it lies below the ports that systems hand out by themselves.
    /// </summary>
    public const string Rendezvous = """
        vigil_nodes=$(scontrol show hostnames "${SLURM_JOB_NODELIST-}" 2>/dev/null)
        vigil_nodes=${vigil_nodes%%$'\n'*}
        export MASTER_ADDR="${vigil_nodes:-${SLURMD_NODENAME:-$HOSTNAME}}" MASTER_PORT="$((10000 + SLURM_JOB_ID % 20000))"

        """;

    /// <summary>A process group of one.</summary>
    public const string SingleRank = "export RANK=0 WORLD_SIZE=1 LOCAL_RANK=0\n";

    // srun of Slurm 22.05 and later no longer takes the CPUs of a task from the job.
    private const string CpusOfTasks = "[[ ${SLURM_CPUS_PER_TASK-} ]] && export SRUN_CPUS_PER_TASK=\"${SRUN_CPUS_PER_TASK:-$SLURM_CPUS_PER_TASK}\"\n";

    /// <summary>What each task of srun finds of itself, as shell that stands before its command.</summary>
    public const string Ranks = "export RANK=\"${SLURM_PROCID:-0}\" WORLD_SIZE=\"${SLURM_STEP_NUM_TASKS:-${SLURM_NTASKS:-1}}\" LOCAL_RANK=\"${SLURM_LOCALID:-0}\"; ";

    private static bool IsPyxis(SlurmScript script) => script.Container?.Runtime is ContainerRuntime.Pyxis;

    public static bool UsesSrun(SlurmScript script) => script.Launcher is Launcher.Srun or Launcher.Torchrun || IsPyxis(script);

    /// <summary>Variables that the launcher itself does not set. The user's own win.</summary>
    public static string Variables(SlurmScript script, JobCommand command, Func<string, bool> isSet)
    {
        var rendezvous = isSet("MASTER_ADDR") && isSet("MASTER_PORT") ? "" : Rendezvous;
        if (script.Launcher is Launcher.None) return (command.NeedsNode ? rendezvous : "") + (UsesSrun(script) ? CpusOfTasks : "");
        var text = rendezvous;
        if (script.Launcher is Launcher.Python) text += SingleRank;
        if (script.Launcher is Launcher.Srun) text += CpusOfTasks;
        return text;
    }

    /// <summary>Options of srun: ours unless the user set them, then the user's.</summary>
    public static IEnumerable<string> SrunWords(SlurmScript script, PlannedRun run, JobCommand command)
    {
        bool Has(string name) => script.Srun.Any(o => o.Name == name);
        var isPerNode = script.Launcher is Launcher.Torchrun || (script.Launcher is Launcher.Srun && command.IsPerNode);
        if (script.Template is null || isPerNode)
        {
            if (isPerNode)
            {
                if (!Has("nodes")) yield return "--nodes=\"$SLURM_JOB_NUM_NODES\"";
                if (!Has("ntasks")) yield return "--ntasks=\"$SLURM_JOB_NUM_NODES\"";
                if (!Has("ntasks-per-node")) yield return "--ntasks-per-node=1";
            }
            if (script.Launcher is Launcher.None or Launcher.Python && UsesSrun(script))
            {
                if (!Has("nodes")) yield return "--nodes=1";
                if (!Has("ntasks")) yield return "--ntasks=1";
            }
            // One task that is gone leaves the others waiting for it until the time limit.
            if (script.Launcher is Launcher.Srun or Launcher.Torchrun && !Has("kill-on-bad-exit")) yield return "--kill-on-bad-exit=1";
        }
        foreach (var word in Containers.SrunWords(script.Container, run, command)) yield return word;
        foreach (var option in script.Srun) yield return Bash.Quote(option.Value is null ? $"--{option.Name}" : $"--{option.Name}={option.Value}");
    }

    /// <summary>What each task of srun runs.</summary>
    public static string Task(SlurmScript script, string launched, bool isProgram) => (script.Launcher, isProgram) switch
    {
        (Launcher.Srun, true) => $"bash -c {Bash.QuoteAlways(Ranks + "exec \"$@\"")} vigil {launched}",
        (Launcher.Srun, false) => $"bash -c {Bash.QuoteAlways(Ranks + launched)}",
        (_, true) => launched,
        (_, false) => $"bash -c {Bash.QuoteAlways(launched)}",
    };

    /// <summary>torchrun as words before a program. Its node's number is known only in the task, so a shell there fills it in.</summary>
    public static ImmutableArray<string> TorchrunWords(SlurmScript script, JobCommand command)
    {
        if (script.Launcher is not Launcher.Torchrun) return [];
        bool Has(string name) => script.LauncherOptions.Any(o => o.TrimStart('-').Replace('-', '_') is var given && (given == name || given.StartsWith(name + "=", StringComparison.Ordinal)));
        var own = new List<string>();
        if (!Has("nnodes") && !Has("standalone")) own.Add("--nnodes=\"$SLURM_JOB_NUM_NODES\"");
        if (!Has("nproc_per_node")) own.Add("--nproc_per_node=\"${SLURM_GPUS_ON_NODE:-1}\"");
        if (Has("rdzv_backend"))
        {
            if (!Has("rdzv_endpoint")) own.Add("--rdzv_endpoint=\"$MASTER_ADDR:$MASTER_PORT\"");
            if (!Has("rdzv_id")) own.Add("--rdzv_id=\"$SLURM_JOB_ID\"");
        }
        else if (!Has("standalone"))
        {
            if (!Has("node_rank")) own.Add("--node_rank=\"$SLURM_NODEID\"");
            if (!Has("master_addr")) own.Add("--master_addr=\"$MASTER_ADDR\"");
            if (!Has("master_port")) own.Add("--master_port=\"$MASTER_PORT\"");
        }
        return ["bash", "-c", Bash.QuoteAlways($"exec torchrun {string.Concat(own.Select(static o => o + " "))}\"$@\""), "vigil", .. script.LauncherOptions.Select(command.Word), "--no_python"];
    }
}
