using System.Text.Json.Serialization;

namespace Vigil.Monitoring;

/// <summary>What Slurm's accounting says that a job used of what it was given; as <c>seff</c> reckons it.</summary>
/// <param name="Job">Its id; a task's with its number.</param>
/// <param name="State">In Slurm's word.</param>
/// <param name="Source">The question that was asked.</param>
public sealed record JobUse(string Job, string State, string Source)
{
    public double? WallSeconds { get; init; }

    /// <summary>Null: no limit.</summary>
    public double? LimitSeconds { get; init; }

    public int? Cpus { get; init; }

    /// <summary>Of all processes, user and system.</summary>
    public double? CpuSeconds { get; init; }

    /// <summary>The most that one step held; of steps at the same time the greatest counts alone.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Null: it was given what its node has.</summary>
    public long? MemoryAskedBytes { get; init; }

    /// <summary>Of the time of all its CPUs, from 0 to 1; null: too short, or not accounted.</summary>
    public double? CpuEfficiency => CpuSeconds / (WallSeconds * Cpus) is { } share && double.IsFinite(share) ? share : null;

    /// <summary>Of what was asked for, from 0; more than 1 where nobody enforces it.</summary>
    public double? MemoryEfficiency => (double?)MemoryBytes / MemoryAskedBytes is { } share && double.IsFinite(share) ? share : null;

    /// <summary>Whether the job goes on, and its numbers with it.</summary>
    [JsonPropertyName("running")]
    public bool IsRunning { get; init; }
}
