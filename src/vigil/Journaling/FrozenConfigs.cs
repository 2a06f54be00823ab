using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Vigil.Planning;
using Vigil.Platform;

namespace Vigil.Journaling;

/// <summary>The configurations of planned runs, frozen when a plan is accepted: <c>provenance/configs-*.jsonl</c>, one run a line. Written before the plan reaches the journal, so every planned run has one. For several threads.</summary>
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
        if (PlaceOf(run) is not { } place) return null;
        var line = new byte[place.Length];
        using var file = File.OpenHandle(place.File);
        return RandomAccess.Read(file, line, place.Offset) == line.Length && Read(line, FrozenJson.Default.FrozenLine) is { } found && found.Config.Run == run.Id && found.Hash == run.ConfigHash ? found.Config : null;
    }

    /// <summary>The name under which a run was frozen; null when nobody froze it.</summary>
    public string? NameOf(PlannedRun run) => PlaceOf(run) is { } place ? Path.GetFileNameWithoutExtension(place.File)["configs-".Length..] : null;

    private (string File, long Offset, int Length)? PlaceOf(PlannedRun run)
    {
        lock (_places)
        {
            if (!_places.ContainsKey((run.Id.Value, run.ConfigHash))) IndexNewFiles();
            return _places.TryGetValue((run.Id.Value, run.ConfigHash), out var place) ? place : null;
        }
    }

    private void IndexNewFiles()
    {
        if (!Directory.Exists(folder.Provenance)) return;
        foreach (var path in Directory.GetFiles(folder.Provenance, "configs-*.jsonl").Where(_indexed.Add))
        {
            var bytes = File.ReadAllBytes(path);
            for (int start = 0, end; (end = Array.IndexOf(bytes, (byte)'\n', start)) >= 0; start = end + 1)
                if (Read(bytes.AsSpan(start, end - start), FrozenJson.Default.FrozenKey) is { } line)
                    _places[(line.Config.Run.Value, line.Hash)] = (path, start, end - start);
        }
    }

    /// <summary>Null for a line that is none: its run has no frozen configuration then, and does not start.</summary>
    private static T? Read<T>(ReadOnlySpan<byte> line, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(line, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal sealed record FrozenLine(string Hash, FrozenConfig Config);

/// <summary>Of the same line what says whose it is: the long texts are passed over.</summary>
internal sealed record FrozenKey(string Hash, FrozenRun Config);

internal sealed record FrozenRun(RunId Run);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FrozenKey))]
[JsonSerializable(typeof(FrozenLine))]
internal sealed partial class FrozenJson : JsonSerializerContext;
