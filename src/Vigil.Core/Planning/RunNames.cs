using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Vigil.Planning;

/// <summary>Names runs after what varies between them: key and value as written for every axis, the stage last.</summary>
internal static partial class RunNames
{
    public const int MaxLength = 100;

    /// <summary>For each run its name and its point's name, which lacks the stage. Equal names are told apart by a hash of the coordinates.</summary>
    public static ImmutableArray<(string Name, string Point)> Default(ImmutableArray<RunDraft> drafts, string experiment)
    {
        var keys = VaryingKeys(drafts);
        var labels = keys.ToDictionary(static k => k, k => Label(k, keys));
        var names = drafts.Select(d => Name(d, keys, labels, experiment)).ToArray();
        var repeated = names.CountBy(static n => n.Name).Where(static n => n.Value > 1).Select(static n => n.Key).ToHashSet();
        return [.. names.Select((n, i) => repeated.Contains(n.Name) || n.Name.Length > MaxLength ? (Shorten(n.Name, drafts[i]), Shorten(n.Point, drafts[i])) : n)];
    }

    private static (string Name, string Point) Name(RunDraft draft, ImmutableArray<string> keys, Dictionary<string, string> labels, string experiment)
    {
        var parts = keys.Select(k => draft.Coordinates.FirstOrDefault(c => c.Key == k) is { } c ? labels[k] + Clean(c.Text) : null).OfType<string>();
        var axes = string.Join('_', parts);
        var point = axes.Length > 0 ? axes : experiment;
        if (draft.Stage is not { } stage) return (point, point);
        return (axes.Length > 0 ? $"{axes}_{Clean(stage)}" : Clean(stage), point);
    }

    /// <summary>Keys in the order in which they first appear; one that is the same everywhere names nothing.</summary>
    private static ImmutableArray<string> VaryingKeys(ImmutableArray<RunDraft> drafts)
    {
        var seen = new Dictionary<string, (int Order, int Count, HashSet<string> Texts)>();
        foreach (var draft in drafts)
            foreach (var coordinate in draft.Coordinates)
            {
                if (coordinate.Key == "stage" || coordinate.Role is not (SettingRole.Axis or SettingRole.WithinStage)) continue;
                if (!seen.TryGetValue(coordinate.Key, out var key)) key = (seen.Count, 0, []);
                key.Texts.Add(coordinate.Text);
                seen[coordinate.Key] = key with { Count = key.Count + 1 };
            }
        return [.. seen.Where(k => k.Value.Texts.Count > 1 || k.Value.Count < drafts.Length).OrderBy(static k => k.Value.Order).Select(static k => k.Key)];
    }

    /// <summary>The shortest dotted ending that no other key shares.</summary>
    private static string Label(string key, ImmutableArray<string> keys)
    {
        var label = key;
        for (var cut = key.LastIndexOf('.'); cut >= 0; cut = cut == 0 ? -1 : key.LastIndexOf('.', cut - 1))
        {
            var ending = key[(cut + 1)..];
            if (keys.Any(k => k != key && (k == ending || k.EndsWith("." + ending, StringComparison.Ordinal)))) continue;
            label = ending;
            break;
        }
        return KeySigns.Replace(label.Replace('.', '-'), "-");
    }

    private static string Shorten(string name, RunDraft draft)
    {
        var text = string.Join('\n', draft.Coordinates.Select(static c => $"{c.Key}={c.Text}"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..6];
        return $"{(name.Length > MaxLength - 7 ? name[..(MaxLength - 7)] : name)}_{hash}";
    }

    private static string Clean(string text) => ValueSigns.Replace(text, "-");

    [GeneratedRegex("[^A-Za-z0-9.+-]", RegexOptions.CultureInvariant)]
    private static partial Regex ValueSigns { get; }

    [GeneratedRegex("[^A-Za-z0-9_+-]", RegexOptions.CultureInvariant)]
    private static partial Regex KeySigns { get; }
}
