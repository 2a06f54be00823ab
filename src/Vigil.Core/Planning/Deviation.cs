using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Vigil.Planning;

/// <summary>A setting in which a run differs from what was planned, because a restart changed it.</summary>
/// <param name="Key">With its sections: <c>backend.finetune.batch_size</c>.</param>
/// <param name="Planned">As JSON writes it, texts without quotes; null: there was no such key.</param>
/// <param name="Now">The same of now; null: it is gone.</param>
public sealed record Deviation(string Key, string? Planned, string? Now);

/// <summary>Finds and words deviations.</summary>
public static class Deviations
{
    /// <summary>A restart changes a few settings; of one that replaces a whole section the first tell enough.</summary>
    private const int Most = 32;

    /// <summary>What differs below these keys, joined with what differed before: the value that was planned stays the one of the plan.</summary>
    /// <param name="before">The frozen configuration of the last attempt, as JSON.</param>
    /// <param name="after">That of the next.</param>
    /// <param name="keys">Those that were overridden.</param>
    public static ImmutableArray<Deviation> Between(string before, string after, IEnumerable<string> keys, ImmutableArray<Deviation> known)
    {
        using var old = JsonDocument.Parse(before);
        using var now = JsonDocument.Parse(after);
        var found = new OrderedDictionary<string, Deviation>(known.Select(static d => KeyValuePair.Create(d.Key, d)), StringComparer.Ordinal);
        foreach (var key in keys.Distinct())
            foreach (var (at, was, next) in Leaves(key, Find(old.RootElement, key), Find(now.RootElement, key)))
                if (found.ContainsKey(at) || found.Count < Most && !known.Any(d => at.StartsWith($"{d.Key}.", StringComparison.Ordinal))) found[at] = new(at, found.TryGetValue(at, out var first) ? first.Planned : was, next);
        // A list that was told whole may have changed in one of its items, and an item with its list.
        foreach (var told in known.Where(d => Shown(Find(old.RootElement, d.Key)) == d.Now && found[d.Key] == d)) found[told.Key] = told with { Now = Shown(Find(now.RootElement, told.Key)) };
        return [.. found.Values.Where(static d => d.Planned != d.Now)];
    }

    /// <summary><c>batch_size 16 → 8, gradient_accumulation_steps 1 → 2</c>.</summary>
    public static string Text(ImmutableArray<Deviation> deviations) => string.Join(", ", deviations.Select(d => $"{Name(d.Key, deviations)} {d.Planned ?? "(none)"} → {d.Now ?? "(none)"}"));

    /// <summary>The last part of a key says enough where no other ends in the same; the number of an item says nothing without its list.</summary>
    private static string Name(string key, ImmutableArray<Deviation> among)
    {
        var parts = key.Split('.');
        var last = string.Join('.', parts[Math.Max(0, Array.FindLastIndex(parts, static p => !p.All(char.IsAsciiDigit)))..]);
        return among.Count(d => d.Key.EndsWith($".{last}", StringComparison.Ordinal) || d.Key == last) == 1 ? last : key;
    }

    private static JsonElement? Find(JsonElement root, string key)
    {
        var at = root;
        foreach (var part in key.Split('.'))
            if (Below(at, part) is { } child) at = child;
            else return null;
        return at;
    }

    /// <summary>Lists of one length differ in their items; of others the whole list is told.</summary>
    private static IEnumerable<(string Key, string? Old, string? Now)> Leaves(string key, JsonElement? old, JsonElement? now)
    {
        if (Names(old, now) is not { } names)
        {
            if (Shown(old) != Shown(now)) yield return (key, Shown(old), Shown(now));
            yield break;
        }
        foreach (var name in names)
            foreach (var leaf in Leaves($"{key}.{name}", Below(old, name), Below(now, name))) yield return leaf;
    }

    /// <summary>What the two have below them; null where they are told as they are.</summary>
    private static IEnumerable<string>? Names(JsonElement? old, JsonElement? now) => (old, now) switch
    {
        ({ ValueKind: JsonValueKind.Array } was, { ValueKind: JsonValueKind.Array } list) => was.GetArrayLength() == list.GetArrayLength() ? Enumerable.Range(0, list.GetArrayLength()).Select(static i => i.ToString(CultureInfo.InvariantCulture)) : null,
        ({ ValueKind: JsonValueKind.Object }, _) or (_, { ValueKind: JsonValueKind.Object }) => Names(old).Union(Names(now)),
        _ => null,
    };

    private static IEnumerable<string> Names(JsonElement? element) => element is { ValueKind: JsonValueKind.Object } map ? map.EnumerateObject().Select(static p => p.Name) : [];

    /// <summary>An item of a list is named by its number.</summary>
    private static JsonElement? Below(JsonElement? element, string name) => element switch
    {
        { ValueKind: JsonValueKind.Object } map => map.TryGetProperty(name, out var value) ? value : null,
        { ValueKind: JsonValueKind.Array } list => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.GetArrayLength() ? list[index] : null,
        _ => null,
    };

    private static string? Shown(JsonElement? element) => element switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Object } => "(a section)",
        { } other => other.GetRawText(),
    };
}
