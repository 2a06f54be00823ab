using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Vigil.Planning;

/// <summary>Names runs after what varies between them: key and value as written for every axis, the stage last.</summary>
internal static class RunNames
{
    public const int MaxLength = 100;

    /// <summary>For each run its name and its point's name, which lacks the stage. Equal names are told apart by a hash of the coordinates.</summary>
    public static ImmutableArray<(string Name, string Point)> Default(ImmutableArray<RunDraft> drafts, string experiment)
    {
        var names = Names(drafts, VaryingKeys.Of(drafts, Companions.Unnamed), experiment);
        var repeated = Repeated(names);
        if (repeated.Count > 0)
        {
            // Entries of one stage that differ in nothing but what goes with it.
            names = Names(drafts, VaryingKeys.Of(drafts, Companions.Named), experiment);
            repeated = Repeated(names);
        }
        for (var i = 0; i < names.Length; i++)
            if (repeated.Contains(names[i].Name) || names[i].Name.Length > MaxLength) names[i] = (Shorten(names[i].Name, drafts[i].Coordinates), Shorten(names[i].Point, drafts[i].Coordinates.Where(static c => c.Key != "stage" && c.Role is not SettingRole.Companion)));
        return [.. names];
    }

    private static (string Name, string Point)[] Names(ImmutableArray<RunDraft> drafts, ImmutableArray<NamedKey> keys, string experiment)
    {
        var names = new (string, string)[drafts.Length];
        var text = new StringBuilder();
        for (var i = 0; i < names.Length; i++) names[i] = Name(drafts[i], keys, experiment, text);
        return names;
    }

    private static (string Name, string Point) Name(RunDraft draft, ImmutableArray<NamedKey> keys, string experiment, StringBuilder text)
    {
        text.Clear();
        foreach (var (key, role, label) in keys)
            foreach (var coordinate in draft.Coordinates)
            {
                if (coordinate.Role != role || coordinate.Key != key) continue;
                if (text.Length > 0) text.Append('_');
                text.Append(label).Append(coordinate.Name);
                break;
            }
        var point = text.Length > 0 ? text.ToString() : experiment;
        if (draft.Stage is not { } stage) return (point, point);
        if (text.Length > 0) text.Append('_');
        return (text.Append(SweepSetting.Clean(stage)).ToString(), point);
    }

    private static HashSet<string> Repeated((string Name, string)[] names)
    {
        var seen = new HashSet<string>(names.Length);
        var repeated = new HashSet<string>();
        foreach (var (name, _) in names)
            if (!seen.Add(name)) repeated.Add(name);
        return repeated;
    }

    private static string Shorten(string name, IEnumerable<PointCoordinate> coordinates)
    {
        var text = string.Join('\n', coordinates.Select(static c => $"{c.Key}={c.Text}"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..6];
        return $"{(name.Length > MaxLength - 7 ? name[..(MaxLength - 7)] : name)}_{hash}";
    }
}

/// <summary>Whether what goes with a stage stands in names as well.</summary>
internal enum Companions { Unnamed, Named }

/// <summary>A key that names runs, as the axis it is, and its short form.</summary>
internal readonly record struct NamedKey(string Key, SettingRole Role, string Label);

/// <summary>Finds the keys that tell runs apart.</summary>
internal static class VaryingKeys
{
    /// <summary>What was seen of one key: where it came first, its values, and how many runs of each stage have it.</summary>
    private sealed class Seen(int order, string first)
    {
        public int Order { get; } = order;
        public string First { get; } = first;
        public bool Varies { get; set; }
        public Dictionary<string, int> Counts { get; } = [];
    }

    /// <summary>Keys in the order in which they first appear. An axis that is the same everywhere names nothing; one within a stage is compared within that stage.</summary>
    public static ImmutableArray<NamedKey> Of(ImmutableArray<RunDraft> drafts, Companions companions)
    {
        var seen = new Dictionary<(string Key, SettingRole Role, string? Stage), Seen>();
        var sizes = new Dictionary<string, int>();
        foreach (var draft in drafts)
        {
            var stage = draft.Stage ?? "";
            CollectionsMarshal.GetValueRefOrAddDefault(sizes, stage, out _)++;
            foreach (var coordinate in draft.Coordinates)
                if (coordinate.Key != "stage" && (coordinate.Role is SettingRole.Axis or SettingRole.WithinStage || companions is Companions.Named)) Note(coordinate, stage, seen);
        }
        // What all runs of some stages have and the others lack, the stage says already.
        var varying = seen.Where(k => k.Value.Varies || k.Value.Counts.Any(c => c.Value < sizes[c.Key]))
            .OrderBy(static k => k.Value.Order).Select(static k => (k.Key.Key, k.Key.Role)).Distinct().ToList();
        var keys = varying.Select(static k => k.Key).Distinct().ToList();
        return [.. varying.Select(k => new NamedKey(k.Key, k.Role, Label(k.Key, keys)))];
    }

    private static void Note(PointCoordinate coordinate, string stage, Dictionary<(string, SettingRole, string?), Seen> seen)
    {
        var key = (coordinate.Key, coordinate.Role, coordinate.Role is SettingRole.Axis ? null : stage);
        if (!seen.TryGetValue(key, out var known)) seen[key] = known = new(seen.Count, coordinate.Text);
        CollectionsMarshal.GetValueRefOrAddDefault(known.Counts, stage, out _)++;
        known.Varies |= known.First != coordinate.Text;
    }

    /// <summary>The shortest ending, by dots and by slashes, that no other key shares.</summary>
    private static string Label(string key, List<string> keys)
    {
        var label = key;
        for (var cut = key.LastIndexOfAny(Steps); cut >= 0; cut = cut == 0 ? -1 : key.LastIndexOfAny(Steps, cut - 1))
        {
            var ending = key[(cut + 1)..];
            if (keys.Any(k => k != key && (k == ending || k.EndsWith(ending, StringComparison.Ordinal) && Steps.Contains(k[^(ending.Length + 1)])))) continue;
            label = ending;
            break;
        }
        return string.Create(label.Length, label, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsAsciiLetterOrDigit(source[i]) || source[i] is '_' or '+' or '-' ? source[i] : '-';
        });
    }

    private static readonly char[] Steps = ['.', '/'];
}
