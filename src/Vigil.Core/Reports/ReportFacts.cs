using System.Collections.Immutable;
using Vigil.Evaluations;
using Vigil.Logs;
using Vigil.Logs.Checkpoints;
using Vigil.Monitoring;

namespace Vigil.Reports;

/// <summary>All that the shell has gathered for a report.</summary>
/// <param name="Root">The experiment's folder, absolute: sources are named from there.</param>
/// <param name="Generated">The only thing in a report that the same state may give differently.</param>
/// <param name="Runs">In plan order.</param>
/// <param name="Notes">What could not be looked at, as sentences.</param>
public sealed record ReportFacts(string? Experiment, string Root, DateTimeOffset Generated, ImmutableArray<RunFacts> Runs, ImmutableArray<string> Notes)
{
    /// <summary>A path as the report names it: from the experiment's folder, or absolute where it lies elsewhere.</summary>
    public string Source(string path) => path.StartsWith($"{Root}/", StringComparison.Ordinal) ? path[(Root.Length + 1)..] : path;
}

/// <summary>All of one run.</summary>
public sealed record RunFacts(RunRecord Run)
{
    /// <summary>Where the run's output folder lies on this machine.</summary>
    public required string Folder { get; init; }

    /// <summary>Where the log of an attempt lies on this machine.</summary>
    public ImmutableSortedDictionary<string, string> Logs { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>What the newest log that shows any says; null: none does.</summary>
    public ProgressReport? Progress { get; init; }

    /// <summary>When the newest log last grew; null: there is none.</summary>
    public DateTimeOffset? LastOutput { get; init; }

    public RunSeries Series { get; init; } = RunSeries.None;

    /// <summary>The furthest first.</summary>
    public ImmutableArray<CheckpointSeen> Checkpoints { get; init; } = [];

    /// <summary>Null: nobody looked.</summary>
    public FolderSize? Size { get; init; }

    /// <summary>Logs of evaluations in the run's folder that are no other run's.</summary>
    public ImmutableArray<EvalLogAt> Evaluations { get; init; } = [];

    /// <summary>Samples of the run's GPUs, by file.</summary>
    public ImmutableArray<GpuUseAt> Gpus { get; init; } = [];

    /// <summary>What Slurm says that the newest job used; null: it does not say, or was not asked.</summary>
    public JobUse? Use { get; init; }

    /// <summary>The end of the newest log, safe to be shown; empty where the run did not fail.</summary>
    public ImmutableArray<string> LastLines { get; init; } = [];
}

/// <summary>What lies below a run's folder, other runs left out.</summary>
/// <param name="IsPart">Whether there was more than was looked at.</param>
public sealed record FolderSize(long Bytes, int Files, bool IsPart);

/// <param name="Path">Absolute.</param>
public sealed record EvalLogAt(string Path, EvalReading Reading);

/// <param name="Path">Absolute.</param>
public sealed record GpuUseAt(string Path, GpuUse Use);
