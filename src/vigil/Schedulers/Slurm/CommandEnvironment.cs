using Vigil.Rendering;

namespace Vigil.Schedulers.Slurm;

/// <summary>
/// The environment of Slurm's commands: the user's own, without what changes the commands' output or waits, and,
/// where the monitor is itself a job, without what that job's allocation says about memory, tasks and devices.
/// </summary>
internal static class CommandEnvironment
{
    /// <summary>Formats and filters of the commands, and what would change what a submission is.</summary>
    private static readonly string[] Output = ["SQUEUE_", "SACCT_", "SCANCEL_", "SCONTROL_", "SINFO_", "VIGIL_JOB_ID", .. SbatchWords.VariablesToDrop];

    /// <summary>The beginnings of the variables that must not reach the commands.</summary>
    public static IEnumerable<string> Dropped => Output;

    private static readonly string[] OfJob = ["SLURM", "SBATCH_CPU_BIND", "SBATCH_MEM_BIND", "PMI_", "PMIX_", "CUDA_VISIBLE_DEVICES", "GPU_DEVICE_ORDINAL", "ROCR_VISIBLE_DEVICES", "ZE_AFFINITY_MASK", "ENVIRONMENT"];

    /// <summary>What says where and as whom to ask: never the job's doing.</summary>
    private static readonly string[] Kept = ["SLURM_CONF", "SLURM_CLUSTERS", "SLURM_JWT", "SLURM_DEBUG_FLAGS", "SLURMRESTD_SOCK"];

    public static IReadOnlyDictionary<string, string> Of(IReadOnlyDictionary<string, string> ours)
    {
        var inJob = ours.ContainsKey("SLURM_JOB_ID") || ours.ContainsKey("SLURM_JOBID");
        return ours.Where(e => !StartsWith(e.Key, Output) && !(inJob && StartsWith(e.Key, OfJob) && !Kept.Contains(e.Key))).ToDictionary(StringComparer.Ordinal);
    }

    public static IReadOnlyDictionary<string, string> Ours() =>
        Of(Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(static e => (string)e.Key, static e => (string?)e.Value ?? ""));

    private static bool StartsWith(string name, string[] starts) => Array.Exists(starts, start => name.StartsWith(start, StringComparison.Ordinal));
}
