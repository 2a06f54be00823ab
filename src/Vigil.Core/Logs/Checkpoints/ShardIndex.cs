using System.Collections.Immutable;
using System.Text.Json;

namespace Vigil.Logs.Checkpoints;

/// <summary>The index beside the shards of a model (<c>model.safetensors.index.json</c>) names all files that belong to it.</summary>
internal static class ShardIndex
{
    private const string Ending = ".index.json";

    /// <summary>A file that an index names and that is not there; null: none, or there is no index that could be read.</summary>
    public static string? Missing(ImmutableArray<CheckpointPart> parts, Func<CheckpointPart, ReadAt?> open)
    {
        var names = parts.Select(static p => p.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var index in parts.Where(static p => p.Name.EndsWith(Ending, StringComparison.Ordinal) && p.Bytes is > 0 and < CheckpointBytes.MostHeader))
            if (open(index) is { } read && Files(index, read).FirstOrDefault(f => !names.Contains(Below(index.Name, f))) is { } missing) return $"{missing}, which {index.Name} names, is missing";
        return null;
    }

    private static string Below(string index, string file) => index.LastIndexOf('/') is >= 0 and var cut ? index[..(cut + 1)] + file : file;

    /// <summary>Each name once; nothing where the file is no index.</summary>
    private static List<string> Files(CheckpointPart index, ReadAt read)
    {
        var bytes = new byte[index.Bytes];
        if (read(0, bytes) != bytes.Length) return [];
        try
        {
            using var json = JsonDocument.Parse(bytes);
            return json.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("weight_map", out var map) && map.ValueKind is JsonValueKind.Object
                ? [.. map.EnumerateObject().Where(static e => e.Value.ValueKind is JsonValueKind.String).Select(static e => e.Value.GetString()!).Distinct()]
                : [];
        }
        catch (JsonException) { return []; }   // that it is no JSON is told of the file itself
    }
}
