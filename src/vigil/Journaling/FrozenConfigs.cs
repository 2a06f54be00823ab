using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Vigil.Planning;
using Vigil.Platform;

namespace Vigil.Journaling;

/// <summary>The configurations of planned runs, frozen when a plan is accepted: <c>provenance/configs-*.jsonl</c>, one run a line. Written before the plan reaches the journal, so every planned run has one.</summary>
internal sealed class FrozenConfigs(ExperimentFolder folder)
{
    public ExperimentFolder Folder => folder;

    private readonly Dictionary<(string Run, string Hash), (string File, long Offset, int Length)> _places = [];
    private readonly HashSet<string> _indexed = new(StringComparer.Ordinal);

    public static void Write(ExperimentFolder folder, string name, ImmutableArray<PlannedRun> runs, IEnumerable<FrozenConfig> configs)
    {
        var hashes = runs.ToDictionary(static r => r.Id, static r => r.ConfigHash);
        using var lines = new MemoryStream();
        foreach (var config in configs)
        {
            lines.Write(JsonSerializer.SerializeToUtf8Bytes(new FrozenLine(hashes[config.Run], config), FrozenJson.Default.FrozenLine));
            lines.WriteByte((byte)'\n');
        }
        AtomicFile.WriteDurable(Path.Combine(folder.Provenance, $"configs-{name}.jsonl"), lines.GetBuffer().AsSpan(0, (int)lines.Length));
    }

    /// <summary>Null when nobody froze it.</summary>
    public FrozenConfig? Find(PlannedRun run)
    {
        if (!_places.TryGetValue((run.Id.Value, run.ConfigHash), out var place))
        {
            IndexNewFiles();
            if (!_places.TryGetValue((run.Id.Value, run.ConfigHash), out place)) return null;
        }
        var line = new byte[place.Length];
        using var file = File.OpenHandle(place.File);
        return RandomAccess.Read(file, line, place.Offset) == line.Length && Read(line) is { } found && found.Config.Run == run.Id && found.Hash == run.ConfigHash ? found.Config : null;
    }

    /// <summary>The name under which a run that was found was frozen; null before it was.</summary>
    public string? NameOf(PlannedRun run) =>
        _places.TryGetValue((run.Id.Value, run.ConfigHash), out var place) ? Path.GetFileNameWithoutExtension(place.File)["configs-".Length..] : null;

    private void IndexNewFiles()
    {
        if (!Directory.Exists(folder.Provenance)) return;
        foreach (var path in Directory.GetFiles(folder.Provenance, "configs-*.jsonl").Where(_indexed.Add))
        {
            var bytes = File.ReadAllBytes(path);
            for (int start = 0, end; (end = Array.IndexOf(bytes, (byte)'\n', start)) >= 0; start = end + 1)
                if (Read(bytes.AsSpan(start, end - start)) is { } line)
                    _places[(line.Config.Run.Value, line.Hash)] = (path, start, end - start);
        }
    }

    /// <summary>Null for a line that is none: its run has no frozen configuration then, and does not start.</summary>
    private static FrozenLine? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, FrozenJson.Default.FrozenLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal sealed record FrozenLine(string Hash, FrozenConfig Config);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FrozenLine))]
internal sealed partial class FrozenJson : JsonSerializerContext;
