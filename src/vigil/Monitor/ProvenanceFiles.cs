using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigil.Monitor;

/// <summary>How the configuration was composed: <c>config_reference.json</c>.</summary>
/// <param name="ConfigName">Under <paramref name="ConfigDir"/>, without its extension.</param>
/// <param name="ConfigDir">Absolute.</param>
/// <param name="Overrides">Of this run: the user's, then the sweep point's.</param>
internal sealed record ConfigReference(string ConfigName, string ConfigDir, IReadOnlyList<string> Overrides);

/// <summary>What, when, where, from which code and with which programs: <c>run_metadata.json</c>. Secrets are masked.</summary>
/// <param name="Frozen">When this was written.</param>
internal sealed record RunMetadata(
    string Run, string Experiment, string ConfigHash, DateTimeOffset Frozen, string Host, string User, JobMetadata Job, ConfigReference ConfigReference, IReadOnlyList<string> Overrides)
{
    /// <summary>When the launch that planned this run looked around. Null, like all below, where no launch left its record.</summary>
    public DateTimeOffset? Planned { get; init; }

    public ImmutableArray<string>? Command { get; init; }

    /// <summary>Where the command was typed.</summary>
    public string? Cwd { get; init; }

    /// <summary>Null: the whole sweep.</summary>
    public ImmutableArray<int>? SubsetIndices { get; init; }

    public GitMetadata? Git { get; init; }
    public ProgramVersions? Versions { get; init; }
    public IReadOnlyDictionary<string, string>? Environment { get; init; }
}

/// <param name="Parameters">What the sweep set.</param>
internal sealed record JobMetadata(string Name, string? Stage, int Index, IReadOnlyDictionary<string, string> Parameters, string LogPath, string OutputDir);

/// <param name="DiffFile">Where a diff stands that is too long to stand in every run.</param>
/// <param name="DiffIsCut">Whether the diff was longer than a megabyte, and is cut there.</param>
internal sealed record GitMetadata(string? Commit, string? Branch, bool? Dirty, string? Status, string? Diff, string? DiffFile, bool DiffIsCut, string? Problem);

/// <summary>What of <c>run_metadata.json</c> tells whether it is of this configuration.</summary>
internal sealed record FrozenFor(string? ConfigHash);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ConfigReference))]
[JsonSerializable(typeof(RunMetadata))]
[JsonSerializable(typeof(LaunchRecord))]
[JsonSerializable(typeof(FrozenFor))]
internal sealed partial class ProvenanceJson : JsonSerializerContext
{
    /// <summary>Paths and diffs as people read them.</summary>
    public static ProvenanceJson Plain => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
