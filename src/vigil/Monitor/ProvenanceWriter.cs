using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;
using Vigil.Spec;

namespace Vigil.Monitor;

/// <summary>Writes <c>RUN/provenance/</c> from what was frozen with the plan, once, before the run's first job. For several threads, each with other runs.</summary>
internal sealed class ProvenanceWriter(FrozenConfigs frozen, Func<ExperimentHeader> experiment, TimeProvider time)
{
    /// <summary>A longer diff stands once beside the experiment's frozen configurations, not in every run.</summary>
    private const int LongDiff = 64 << 10;

    private readonly ConcurrentDictionary<(string Run, string Hash), bool> _written = [];
    private readonly ConcurrentDictionary<string, LaunchRecord?> _launches = new(StringComparer.Ordinal);

    /// <summary>Where a file of a run is written, of which the path is known as its jobs find it: there, unless that is another machine or it is only shown.</summary>
    public Func<PlannedRun, string, string> Here { get; init; } = frozen.Folder.Here;

    /// <summary>Null when the files are there; else why the run must not start.</summary>
    public EffectResult.Refused? Freeze(PlannedRun run)
    {
        var key = (run.Id.Value, run.ConfigHash);
        if (_written.ContainsKey(key)) return null;
        var folder = Path.Combine(Here(run, run.OutputDir), "provenance");
        var metadata = Path.Combine(folder, "run_metadata.json");
        if (!(FileStatus.Of(metadata) is { IsRegular: true } && Known(metadata) == run.ConfigHash) && Write(run, folder, metadata) is { } refused) return refused;
        _written[key] = true;   // only now: what was refused or interrupted is tried again
        return null;
    }

    private EffectResult.Refused? Write(PlannedRun run, string folder, string metadata)
    {
        if (frozen.Find(run) is not { } config) return new EffectResult.Refused($"its frozen configuration is missing from the experiment's provenance/ folder (hash {run.ConfigHash})", Retryable: false);
        var launch = Launch(run);
        var reference = Reference(config, launch);
        PrivateFolder.Create(Here(run, run.OutputDir));
        PrivateFolder.Create(folder);
        var isNew = FileStatus.Of(metadata) is not { IsRegular: true };
        foreach (var file in config.Files ?? [])
        {
            var path = Path.Combine(Here(run, run.OutputDir), file.Path);
            if (isNew) KeepTheirs(path, file.Text);
            PrivateFolder.Create(Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, file.Text, file.IsScript ? PrivateFolder.OwnerOnly : AtomicFile.OwnerOnly);
        }
        // run_metadata.json is last, and says that the others are whole.
        AtomicFile.WriteUnannounced(Path.Combine(folder, "resolved_config.yaml"), config.ResolvedYaml);
        AtomicFile.WriteUnannounced(Path.Combine(folder, "resolved_config.json"), config.ResolvedJson);
        AtomicFile.WriteUnannounced(Path.Combine(folder, "unresolved_config.yaml"), config.UnresolvedYaml);
        AtomicFile.WriteUnannounced(Path.Combine(folder, "config_reference.json"), JsonSerializer.SerializeToUtf8Bytes(reference, ProvenanceJson.Plain.ConfigReference));
        AtomicFile.Write(metadata, JsonSerializer.SerializeToUtf8Bytes(Metadata(run, launch, reference), ProvenanceJson.Plain.RunMetadata));
        return null;
    }

    /// <summary>What somebody left who trained here before Vigil did. Only a file is looked into: a pipe would wait for its writer, and a link may lead anywhere.</summary>
    private static void KeepTheirs(string path, string ours)
    {
        if (FileStatus.Of(path) is { IsFolder: false } there && !(there.IsRegular && Holds(path, ours))) KeptAside.MoveAsItStands(path);
    }

    private static bool Holds(string path, string text)
    {
        var expected = Encoding.UTF8.GetBytes(text);
        using var file = RegularFile.Open(path);
        if (RandomAccess.GetLength(file) != expected.Length) return false;
        var content = new byte[expected.Length];
        return RandomAccess.Read(file, content, 0) == content.Length && content.AsSpan().SequenceEqual(expected);
    }

    private LaunchRecord? Launch(PlannedRun run) =>
        frozen.NameOf(run) is { } name ? _launches.GetOrAdd(name, name => LaunchRecord.Read(frozen.Folder, name)) : null;

    /// <summary>How this very run is composed again: the user's overrides, less those that the sweep point sets, and then the point's.</summary>
    private ConfigReference Reference(FrozenConfig config, LaunchRecord? launch)
    {
        var swept = config.PointOverrides.Select(OverrideText.KeyOf).ToHashSet();
        var typed = (launch?.Overrides ?? experiment().Overrides).Where(o => !swept.Contains(OverrideText.KeyOf(o)));
        return new(
            launch?.ConfigName ?? Path.GetFileNameWithoutExtension(experiment().File), launch?.ConfigDir ?? Path.GetDirectoryName(experiment().File) ?? "",
            [.. typed, .. config.PointOverrides]);
    }

    private RunMetadata Metadata(PlannedRun run, LaunchRecord? launch, ConfigReference reference)
    {
        var secrets = run.Secrets();
        launch = launch?.Without(secrets);
        var masked = reference with { Overrides = [.. Secrets.MaskWords(reference.Overrides).Select(secrets.Hide)] };
        var job = new JobMetadata(run.Id.Value, run.Stage, run.Index, run.Overrides.ToDictionary(static c => c.Key, c => secrets.Hide(Secrets.Mask(c.Key, c.Value))), run.LogPath, run.OutputDir);
        return new(run.Id.Value, experiment().Name, run.ConfigHash, time.GetLocalNow(), launch?.Host ?? Environment.MachineName, launch?.User ?? Environment.UserName, job, masked, masked.Overrides)
        {
            Planned = launch?.At,
            Command = launch?.Command,
            Cwd = launch?.Folder,
            SubsetIndices = launch?.SubsetIndices,
            Git = launch is null ? null : Short(run, launch.Git),
            Versions = launch?.Versions,
            Environment = launch?.Environment,
        };
    }

    private GitMetadata Short(PlannedRun run, GitState git)
    {
        var isLong = git.Diff is { Length: > LongDiff };
        return new(git.Commit, git.Branch, git.Dirty, git.Status, isLong ? null : git.Diff, isLong ? Path.Combine(frozen.Folder.Provenance, $"launch-{frozen.NameOf(run)}.json") : null, git.DiffIsCut, git.Problem);
    }

    /// <summary>The hash that the files there were written for; null when they are of no use.</summary>
    private static string? Known(string metadata)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(metadata), ProvenanceJson.Default.FrozenFor)?.ConfigHash;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
