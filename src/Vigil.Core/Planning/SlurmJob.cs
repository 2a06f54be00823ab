using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Vigil.Planning;

/// <summary>What one run asks of Slurm. Kept in the journal with the run, so its fields are for ever; runs of one sweep share the object while it is planned.</summary>
public sealed record SlurmJob
{
    /// <summary><c>user@login</c>: where Slurm's commands run, over OpenSSH. Null: here.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Host { get; init; }

    /// <summary>The cluster among several behind one login node, as <c>--clusters</c> names it. Null: the default one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Cluster { get; init; }

    /// <summary>Options of <c>sbatch</c>, by their long names with dashes, in the order of the file; without those that Vigil itself sets.</summary>
    public ImmutableArray<SlurmOption> Sbatch { get; init; } = [];

    /// <summary>Runs with an equal key may be tasks of one array job; null: this run never is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PackKey { get; init; }

    /// <summary>So many jobs of the run are queued one behind the other, for runs longer than a time limit; 1: no chain.</summary>
    public int Chain { get; init; } = 1;

    /// <summary>Whether a further attempt asks only for the time that the ones before it have left.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AsksForTimeLeft { get; init; }

    /// <summary>Whether edges between stages are handed to Slurm where it can keep them whole.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool KeepsEdges { get; init; }

    /// <summary>How long a vanished job's files must be silent before it counts as gone.</summary>
    public double FenceSeconds { get; init; } = 120;
}

/// <summary>One long option without its dashes; <c>Value</c> null: a bare flag.</summary>
public readonly record struct SlurmOption(string Name, string? Value);

/// <summary>How an experiment deals with a Slurm cluster. Kept in the journal.</summary>
/// <param name="MaxJobs">Most jobs of this experiment that are with the scheduler at a time; null: no cap.</param>
/// <param name="StaggerSeconds">At least so long between two submissions.</param>
/// <param name="ArraySize">Most tasks of one array job.</param>
/// <param name="ShortestPoll">Seconds between looks while jobs change.</param>
/// <param name="LongestPoll">Seconds between looks when nothing does.</param>
/// <param name="RequestsPerSecond">Slurm commands that one user's Vigil sends, in the long run.</param>
/// <param name="StuckAfterSeconds">A job that pends so long for a reason that does not pass by itself is called stuck.</param>
/// <param name="WaitSeconds">So long the first answer of the scheduler is waited for.</param>
/// <param name="DoubtSeconds">So long after a submission of unknown outcome its job may still appear; more than Slurm's MessageTimeout.</param>
public sealed record SlurmSettings(
    int? MaxJobs = null, double StaggerSeconds = 0, int ArraySize = 1000, double ShortestPoll = 5, double LongestPoll = 60,
    double RequestsPerSecond = 1, double StuckAfterSeconds = 1800, double WaitSeconds = 120, double DoubtSeconds = 12)
{
    public static SlurmSettings Default { get; } = new();
}
