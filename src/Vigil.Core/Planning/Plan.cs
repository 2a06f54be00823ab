using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>What one experiment file means: its runs, checked. <c>Runs</c> is empty when <c>Diagnostics</c> holds an error.</summary>
public sealed record Plan(ExperimentHeader Experiment, ImmutableArray<PlannedRun> Runs, RunConfigs Configs, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>The rules that its runs name.</summary>
    public ImmutableArray<RuleSet> RuleSets { get; init; } = [];

    /// <summary>Where its notifications go.</summary>
    public ChannelSet Channels { get; init; } = ChannelSet.None;

    /// <summary>How long its trainings are; empty until somebody has looked at their data.</summary>
    public ImmutableArray<TrainingOutlook> Trainings { get; init; } = [];

    /// <summary>How long its runs will take, as far as earlier ones or their document tell; empty until somebody has looked.</summary>
    public ImmutableArray<RunEstimate> Estimates { get; init; } = [];

    /// <summary>What the estimates leave out, as a sentence; null: nothing.</summary>
    public string? EstimateNote { get; init; }

    public double GpuHours => Runs.Sum(static r => r.GpuHours);
    public bool HasErrors => Diagnostics.Any(static d => d.Severity is Severity.Error);
}

/// <summary>What all runs of an experiment share. Kept in the journal.</summary>
public sealed record ExperimentHeader
{
    public required string Name { get; init; }

    /// <summary>Absolute: <c>project.base_output_dir</c>.</summary>
    public required string Dir { get; init; }

    /// <summary>Absolute: the experiment file.</summary>
    public required string File { get; init; }

    /// <summary>The user's overrides, as typed.</summary>
    public ImmutableArray<string> Overrides { get; init; } = [];

    /// <summary><c>local</c> or <c>slurm</c>.</summary>
    public required string Scheduler { get; init; }

    /// <summary>The moment that the plan's times were made of; null when nothing asked for one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Time { get; init; }

    public LocalSettings Local { get; init; } = LocalSettings.Default;
    public double MaxGpuHours { get; init; } = 1000;

    /// <summary>Between two entries of <c>run-torchtune.log</c> and <c>run-inspect.log</c> that say how all jobs stand; null: 60.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? StatusCheckSeconds { get; init; }

    /// <summary>Null: no run goes to Slurm.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SlurmSettings? Slurm { get; init; }
}

/// <summary>The local scheduler's settings for one experiment.</summary>
/// <param name="Slots">Most jobs of this experiment at a time; null: as many as the machine's CPUs allow.</param>
/// <param name="GraceSeconds">Between TERM and KILL.</param>
public sealed record LocalSettings(int? Slots, bool ShareGpus, double GraceSeconds)
{
    public static LocalSettings Default { get; } = new(null, ShareGpus: false, GraceSeconds: 10);
}

/// <summary>The configuration of one run as it goes into <c>RUN/provenance/</c>.</summary>
/// <param name="ResolvedYaml">Every <c>${…}</c> substituted.</param>
/// <param name="UnresolvedYaml">The composed tree of this run, interpolations intact.</param>
/// <param name="ResolvedJson">The same tree as <paramref name="ResolvedYaml"/>.</param>
public sealed record FrozenConfig(RunId Run, string ResolvedYaml, string ResolvedJson, string UnresolvedYaml)
{
    /// <summary>What the sweep set, in Hydra's spelling: after the user's own overrides they compose the run anew.</summary>
    public ImmutableArray<string> PointOverrides { get; init; } = [];

    /// <summary>What <c>backend.files</c> asks for; null: nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<RunFile>? Files { get; init; }

    /// <summary>The settings as FluxGym's form knows them, a JSON object; null: nobody asked for them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Form { get; init; }
}
