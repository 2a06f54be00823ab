using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;

namespace Vigil.Spec;

/// <summary>The keys that Vigil itself reads, taken from the contract.</summary>
public static class BuiltInKeys
{
    public static ImmutableArray<string> Sections { get; } =
        ["project", "scheduler", "backend", "sweep", "slurm", "local", "container", "job", "monitoring", "stage", "index", "metadata"];

    /// <summary>Keys below which any key is welcome.</summary>
    private static readonly string[] Free = ["slurm.sbatch.", "slurm.sbatch_overrides.", "slurm.srun.", "slurm.launcher_args.", "slurm.env.", "slurm.client.", "container.env.", "monitoring.", "metadata."];

    /// <summary>Every key of the contract, dotted.</summary>
    public static ImmutableArray<string> All => field.IsDefault ? field = ReadContract() : field;

    private static ImmutableArray<string> ReadContract() =>
    [
        .. Sections, .. Under("project", SpecJson.Default.ProjectSpec), .. Under("scheduler", SpecJson.Default.SchedulerSpec), .. Under("backend", SpecJson.Default.BackendSpec),
        .. Under("local", SpecJson.Default.LocalSpec), .. Under("job", SpecJson.Default.JobSpec), .. Under("job.restart", SpecJson.Default.RestartSpec),
        .. Under("slurm", SpecJson.Default.SlurmSpec), .. Under("container", SpecJson.Default.ContainerSpec),
    ];

    private static HashSet<string> Known => field ??= [.. All];

    public static bool IsKnown(string key) => Known.Contains(key) || Free.Any(free => key.StartsWith(free, StringComparison.Ordinal));

    private static IEnumerable<string> Under(string section, JsonTypeInfo contract) => contract.Properties.Select(p => $"{section}.{p.Name}");
}
