using System.Text.Json;
using System.Text.Json.Serialization;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;

namespace Vigil.Monitor;

/// <summary>Writes <c>RUN/provenance/</c> from what was frozen with the plan, once, before the run's first job.</summary>
internal sealed class ProvenanceWriter(FrozenConfigs frozen, Func<ExperimentHeader> experiment, TimeProvider time)
{
    private readonly HashSet<(string Run, string Hash)> _written = [];

    /// <summary>Null when the files are there; else why the run must not start.</summary>
    public EffectResult.Refused? Freeze(PlannedRun run)
    {
        var key = (run.Id.Value, run.ConfigHash);
        if (_written.Contains(key)) return null;
        var folder = Path.Combine(run.OutputDir, "provenance");
        var metadata = Path.Combine(folder, "run_metadata.json");
        if (!(File.Exists(metadata) && Known(metadata) == run.ConfigHash) && Write(run, folder, metadata) is { } refused) return refused;
        _written.Add(key);   // only now: what was refused or interrupted is tried again
        return null;
    }

    private EffectResult.Refused? Write(PlannedRun run, string folder, string metadata)
    {
        if (frozen.Find(run) is not { } config) return new EffectResult.Refused($"its frozen configuration is missing from the experiment's provenance/ folder (hash {run.ConfigHash})", Retryable: false);
        PrivateFolder.Create(run.OutputDir);
        PrivateFolder.Create(folder);
        AtomicFile.Write(Path.Combine(folder, "resolved_config.yaml"), config.ResolvedYaml);
        AtomicFile.Write(Path.Combine(folder, "resolved_config.json"), config.ResolvedJson);
        AtomicFile.Write(Path.Combine(folder, "unresolved_config.yaml"), config.UnresolvedYaml);
        AtomicFile.Write(Path.Combine(folder, "config_reference.json"), JsonSerializer.SerializeToUtf8Bytes(Reference(), ProvenanceJson.Default.ConfigReference));
        AtomicFile.Write(metadata, JsonSerializer.SerializeToUtf8Bytes(Metadata(run), ProvenanceJson.Default.RunMetadata));
        return null;
    }

    private ConfigReference Reference() =>
        new(Path.GetFileNameWithoutExtension(experiment().File), Path.GetDirectoryName(experiment().File) ?? "", [.. experiment().Overrides]);

    private RunMetadata Metadata(PlannedRun run) =>
        new(run.Id.Value, experiment().Name, run.ConfigHash, time.GetLocalNow(), Environment.MachineName, Environment.UserName, ProgramVersion.Text,
            run.Overrides.ToDictionary(static c => c.Key, static c => c.Value));

    /// <summary>The hash that the files there were written for; null when they are of no use.</summary>
    private static string? Known(string metadata)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(metadata), ProvenanceJson.Default.RunMetadata)?.ConfigHash;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>How the configuration was composed: <c>config_reference.json</c>.</summary>
internal sealed record ConfigReference(string ConfigName, string ConfigDir, IReadOnlyList<string> Overrides);

/// <summary>What, when, where and with which program: <c>run_metadata.json</c>.</summary>
internal sealed record RunMetadata(string Run, string Experiment, string ConfigHash, DateTimeOffset Frozen, string Host, string User, string Vigil, IReadOnlyDictionary<string, string> Coordinates);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ConfigReference))]
[JsonSerializable(typeof(RunMetadata))]
internal sealed partial class ProvenanceJson : JsonSerializerContext;
