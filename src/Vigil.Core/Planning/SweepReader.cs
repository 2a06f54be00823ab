using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>Reads <c>sweep:</c> into nodes and reports what is wrong with it.</summary>
/// <param name="isGroup">Whether a key such as <c>model</c> is a config group, so that its values choose files.</param>
internal sealed partial class SweepReader(Func<string, bool> isGroup, DiagnosticBag report)
{
    private const int MaxDepth = 32;
    private static readonly string[] BodyKeys = ["groups", "params", "configs"];
    private static readonly string[] RootKeys = ["type", .. BodyKeys, "defaults", "base_values", "filter", "list_composition", "grids", "axes", .. IgnoredKeys];
    private static readonly string[] GroupKeys = ["type", .. BodyKeys, "defaults", "filter"];

    /// <summary>Keys of older files that say nothing here.</summary>
    private static string[] IgnoredKeys => ["class_name", "store_sweep_json", "name_template"];

    /// <summary>Whether what is read belongs to one stage: what varies there does not part siblings.</summary>
    private enum Home { Point, Stage }

    /// <summary>Null without a sweep, or when it cannot be read.</summary>
    public SweepNode? Read(ConfigNode? node)
    {
        if (node is null || ScalarValue.IsNull(node)) return null;
        if (node is not ConfigNode.Mapping sweep)
        {
            report.Error("PLN001", node.At, $"'sweep' must be a mapping, not {Binder.Describe(node)}", "sweep: {type: product, groups: [{params: {lr: [1e-3, 3e-3]}}]}");
            return null;
        }
        CheckKeys(sweep, RootKeys);
        if (sweep["name_template"] is { } template && !ScalarValue.IsNull(template))
            report.Warning("PLN031", template.At, "'sweep.name_template' has no effect: runs are named after what varies", "to name them yourself set project.name, such as: 'exp_lr${lr}'");
        if (sweep.Entries.All(static e => IgnoredKeys.Contains(e.Key) || ScalarValue.IsNull(e.Value))) return null;
        return Compose(sweep["list_composition"], Wrap(sweep, "base_values", ReadRoot(sweep)));
    }

    private SweepNode ReadRoot(ConfigNode.Mapping sweep)
    {
        var bodies = sweep.Entries.Where(static e => e.Key is "groups" or "params" or "configs" or "grids" or "axes" && !ScalarValue.IsNull(e.Value)).ToList();
        if (bodies.Find(static e => e.Key is "grids" or "axes") is not { Key: not null } old) return bodies.Count == 0 ? Filter(sweep, Wrap(sweep, "defaults", new SweepNode.Config([]))) : ReadBody(sweep, Home.Point, 0);
        if (bodies.Count > 1) report.Error("PLN002", bodies[1].KeyAt, $"a sweep has either '{bodies[0].Key}' or '{bodies[1].Key}', not both", "put all of it into groups");
        return Filter(sweep, Wrap(sweep, "defaults", old.Key == "grids" ? ReadGrids(old.Value) : ReadAxes(old.Value, "", 0)));
    }

    private SweepNode ReadGroup(ConfigNode node, Home home, int depth)
    {
        if (node is not ConfigNode.Mapping group || depth > MaxDepth)
        {
            report.Error("PLN001", node.At, depth > MaxDepth ? $"groups are nested deeper than {MaxDepth}" : $"a group must be a mapping with groups, params or configs, not {Binder.Describe(node)}");
            return new SweepNode.Union([]);
        }
        CheckKeys(group, GroupKeys);
        return ReadBody(group, home, depth);
    }

    private SweepNode ReadBody(ConfigNode.Mapping group, Home home, int depth)
    {
        var bodies = group.Entries.Where(static e => BodyKeys.Contains(e.Key)).ToList();
        if (bodies.Count > 1) report.Error("PLN002", bodies[1].KeyAt, $"a group has either '{bodies[0].Key}' or '{bodies[1].Key}', not both", "put each into a group of its own");
        var kind = Kind(group);
        var body = bodies switch
        {
            [{ Key: "groups", Value: var groups }, ..] => Combine(kind, groups, [.. Items(groups, "groups").Select(g => ReadGroup(g, home, depth + 1))]),
            [{ Key: "params", Value: var axes }, ..] => ReadParams(axes, kind, home),
            [{ Key: "configs", Value: var configs }, ..] => ReadConfigs(configs, kind, home, depth),
            _ => MissingBody(group),
        };
        return Filter(group, Wrap(group, "defaults", body));
    }

    private SweepNode.Union MissingBody(ConfigNode.Mapping group)
    {
        report.Error("PLN001", group.At, "a group needs 'groups', 'params' or 'configs'");
        return new([]);
    }

    private SweepNode Combine(string kind, ConfigNode place, ImmutableArray<SweepNode> parts) => kind switch
    {
        "list" => new SweepNode.Union(parts),
        "zip" => Zip(place.At, parts, [.. Enumerable.Range(1, parts.Length).Select(static n => $"group {n}")]),
        _ => new SweepNode.Product(parts),
    };

    private SweepNode.Zip Zip(SourceSpan at, ImmutableArray<SweepNode> parts, ImmutableArray<string> names)
    {
        var counts = parts.Select(Sweep.Count).ToList();
        if (counts.Distinct().Count() > 1)
            report.Error("PLN032", at, $"what is zipped must be of equal length, but {string.Join(", ", names.Zip(counts, static (name, count) => $"{name} has {count}"))}", "type: product combines each value with each");
        return new(parts);
    }

    private SweepNode Wrap(ConfigNode.Mapping group, string key, SweepNode part)
    {
        if (group[key] is not { } defaults || ScalarValue.IsNull(defaults)) return part;
        if (defaults is ConfigNode.Mapping map) return new SweepNode.Under(Settings(map.Entries, SettingRole.Default), part);
        report.Error("PLN001", defaults.At, $"'{key}' must be a mapping of keys and values, not {Binder.Describe(defaults)}");
        return part;
    }

    private SweepNode ReadParams(ConfigNode node, string kind, Home home)
    {
        if (node is not ConfigNode.Mapping map)
        {
            report.Error("PLN001", node.At, $"'params' must be a mapping of keys to lists of values, not {Binder.Describe(node)}");
            return new SweepNode.Product([]);
        }
        var axes = ImmutableArray.CreateBuilder<SweepNode.Axis>(map.Entries.Length);
        foreach (var entry in map.Entries)
        {
            CheckKey(entry);
            axes.Add(Axis(entry, Values(entry), home));
        }
        if (kind != "zip") return new SweepNode.Product([.. axes]);
        // A single value goes with all of a zip's points.
        var lists = axes.Where((_, i) => map.Entries[i].Value is ConfigNode.Sequence || IsSample(map.Entries[i].Value)).ToImmutableArray();
        var zip = Zip(node.At, [.. lists], [.. lists.Select(static a => $"'{a.Key}'")]);
        return lists.Length == axes.Count ? zip : new SweepNode.Product([.. axes.Except(lists), zip]);
    }

    /// <summary>A key of a sweep need not be there before, so the signs that say this in overrides say nothing here.</summary>
    private static string Plain(string key) => key.TrimStart('+');

    private SweepNode.Axis MakeAxis(string key, SourceSpan at, IEnumerable<ConfigNode> values, SettingRole role)
    {
        key = Plain(key);
        var isChoice = SweepSetting.Chooses(key, isGroup);
        return new(key, at, [.. values.Select(v => new SweepSetting(key, at, Undeferred(v), role) { IsChoice = isChoice && v is not ConfigNode.Mapping })]);
    }

    private SweepNode.Axis Axis(ConfigEntry entry, ImmutableArray<ConfigNode> values, Home home) =>
        MakeAxis(entry.Key, entry.KeyAt, values, home is Home.Stage && entry.Key != "stage" ? SettingRole.WithinStage : SettingRole.Axis);

    private ImmutableArray<ConfigNode> Values(ConfigEntry entry)
    {
        if (entry.Value is ConfigNode.Mapping map && IsSample(map)) return SweepSamples.Draw(entry.Key, map, report);
        if (entry.Value is not ConfigNode.Sequence list) return [entry.Value];
        if (list.Items.IsEmpty) report.Error("PLN003", list.At, $"the axis '{entry.Key}' has no values, so there would be no runs", "give it a value or take the key out");
        return list.Items;
    }

    private static bool IsSample(ConfigNode value) => value is ConfigNode.Mapping map && map["sample"] is not null;

    private SweepNode.Union ReadConfigs(ConfigNode node, string kind, Home home, int depth)
    {
        if (kind == "zip") report.Error("PLN033", node.At, "'configs' cannot be zipped: each entry is a point already", "zip joins the values of params, or the points of groups");
        var items = Items(node, "configs");
        var parts = new List<SweepNode>(items.Length);
        // Where an entry names a stage, the other keys of all entries belong to their stages.
        var staged = items.Any(static i => i is ConfigNode.Mapping map && map["stage"] is not null);
        var role = staged ? SettingRole.Companion : home is Home.Stage ? SettingRole.WithinStage : SettingRole.Axis;
        foreach (var item in items)
        {
            if (item is not ConfigNode.Mapping map) report.Error("PLN001", item.At, $"an entry of 'configs' is a mapping of keys and values, not {Binder.Describe(item)}");
            else parts.Add(ReadConfig(map, role, staged ? Home.Stage : home, depth));
        }
        return new SweepNode.Union([.. parts]);
    }

    private SweepNode ReadConfig(ConfigNode.Mapping map, SettingRole role, Home home, int depth)
    {
        if (!map.Entries.Any(static e => BodyKeys.Contains(e.Key))) return new SweepNode.Config(Settings(map.Entries, role));
        var own = map.Entries.Where(static e => !GroupKeys.Contains(e.Key)).ToImmutableArray();
        if (own.Length == 0) return ReadGroup(map, home, depth + 1);
        var group = ReadGroup(new ConfigNode.Mapping(map.At, map.Entries.RemoveRange(own)), home, depth + 1);
        return new SweepNode.Product([new SweepNode.Config(Settings(own, role)), group]);
    }

    private ImmutableArray<SweepSetting> Settings(ImmutableArray<ConfigEntry> entries, SettingRole role)
    {
        foreach (var entry in entries) CheckKey(entry);
        return
        [
            .. entries.Select(static e => e.Key is ['+', ..] ? new(Plain(e.Key), e.KeyAt, e.Value) : e).Select(e => new SweepSetting(e.Key, e.KeyAt, Undeferred(e.Value), e.Key == "stage" && role is not SettingRole.Default ? SettingRole.Axis : role)
            {
                IsChoice = SweepSetting.Chooses(e.Key, isGroup) && e.Value is not ConfigNode.Mapping,
            }),
        ];
    }

    private ImmutableArray<ConfigNode> Items(ConfigNode node, string key)
    {
        if (node is ConfigNode.Sequence { Items.Length: > 0 } list) return list.Items;
        report.Error("PLN001", node.At, $"'{key}' must be a list with at least one entry, not {(node is ConfigNode.Sequence ? "an empty list" : Binder.Describe(node))}");
        return [];
    }

    private string Kind(ConfigNode.Mapping group)
    {
        if (group["type"] is not { } node || ScalarValue.IsNull(node)) return "product";
        if (node is ConfigNode.Scalar { Text: "product" or "list" or "zip" } kind) return kind.Text;
        report.Error("PLN004", node.At, $"a group's type is 'product', 'list' or 'zip', not {Binder.Describe(node)}", node is ConfigNode.Scalar { Text: var text } && Suggestion.Nearest(text, ["product", "list", "zip"]) is { } near ? $"did you mean '{near}'?" : null);
        return "product";
    }

    private void CheckKeys(ConfigNode.Mapping map, string[] known)
    {
        foreach (var entry in map.Entries)
        {
            if (known.Contains(entry.Key)) continue;
            var isKey = Suggestion.Nearest(entry.Key, known) is null;
            report.Error("PLN005", entry.KeyAt, $"the sweep knows no key '{entry.Key}' here", isKey ? $"keys that vary stand under params: {{{entry.Key}: […]}}" : Suggestion.Hint(entry.Key, known));
        }
    }

    private void CheckKey(ConfigEntry entry)
    {
        var key = Plain(entry.Key);
        if (key.StartsWith('~')) report.Error("PLN005", entry.KeyAt, $"'{entry.Key}' would delete a key, and a sweep sets keys", $"{key[1..]}: null empties it in a run");
        else if (key.Split('.').Any(static p => p.Length == 0)) report.Error("PLN005", entry.KeyAt, $"'{entry.Key}' is no dotted key");
        else if (key == "sweep" || key.StartsWith("sweep.", StringComparison.Ordinal)) report.Error("PLN005", entry.KeyAt, "a sweep cannot set itself");
    }

    /// <summary>A value of the sweep is the point's own text: an interpolation that was kept from being resolved before the sweep is one there.</summary>
    private static ConfigNode Undeferred(ConfigNode value) =>
        value is ConfigNode.Scalar scalar && DeferredText.Undefer(scalar.Text) is var text && text != scalar.Text ? new ConfigNode.Scalar(scalar.At, text, scalar.Style) : value;
}
