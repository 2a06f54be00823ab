using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>Reads <c>sweep:</c> into nodes and reports what is wrong with it.</summary>
internal sealed class SweepReader(DiagnosticBag report)
{
    private const int MaxDepth = 32;
    private static readonly string[] RootKeys = ["type", "groups", "params", "configs", "defaults", "base_values"];
    private static readonly string[] GroupKeys = ["type", "groups", "params", "configs", "defaults"];

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
        if (sweep.Entries.Length == 0) return null;
        var body = sweep["groups"] is null && sweep["params"] is null && sweep["configs"] is null ? new SweepNode.Config([]) : ReadBody(sweep, 0);
        return Wrap(sweep["base_values"], body);
    }

    private SweepNode ReadGroup(ConfigNode node, int depth)
    {
        if (node is not ConfigNode.Mapping group || depth > MaxDepth)
        {
            report.Error("PLN001", node.At, depth > MaxDepth ? $"groups are nested deeper than {MaxDepth}" : $"a group must be a mapping with groups, params or configs, not {Binder.Describe(node)}");
            return new SweepNode.Union([]);
        }
        CheckKeys(group, GroupKeys);
        return ReadBody(group, depth);
    }

    private SweepNode ReadBody(ConfigNode.Mapping group, int depth)
    {
        var bodies = group.Entries.Where(static e => e.Key is "groups" or "params" or "configs").ToList();
        if (bodies.Count > 1) report.Error("PLN002", bodies[1].KeyAt, $"a group has either '{bodies[0].Key}' or '{bodies[1].Key}', not both", "put each into a group of its own");
        var kind = Kind(group);
        var body = bodies switch
        {
            [{ Key: "groups", Value: var groups }, ..] => Combine(kind, Items(groups, "groups").Select(g => ReadGroup(g, depth + 1))),
            [{ Key: "params", Value: var axes }, ..] => ReadParams(axes),
            [{ Key: "configs", Value: var configs }, ..] => ReadConfigs(configs, depth),
            _ => MissingBody(group),
        };
        return Wrap(group["defaults"], body);
    }

    private SweepNode.Union MissingBody(ConfigNode.Mapping group)
    {
        report.Error("PLN001", group.At, "a group needs 'groups', 'params' or 'configs'");
        return new([]);
    }

    private static SweepNode Combine(string kind, IEnumerable<SweepNode> parts) =>
        kind == "list" ? new SweepNode.Union([.. parts]) : new SweepNode.Product([.. parts]);

    private SweepNode Wrap(ConfigNode? defaults, SweepNode part)
    {
        if (defaults is null || ScalarValue.IsNull(defaults)) return part;
        if (defaults is ConfigNode.Mapping map) return new SweepNode.Under(Settings(map.Entries, SettingRole.Default), part);
        report.Error("PLN001", defaults.At, $"defaults and base_values are mappings of keys and values, not {Binder.Describe(defaults)}");
        return part;
    }

    private SweepNode.Params ReadParams(ConfigNode node)
    {
        if (node is not ConfigNode.Mapping map)
        {
            report.Error("PLN001", node.At, $"'params' must be a mapping of keys to lists of values, not {Binder.Describe(node)}");
            return new([]);
        }
        var axes = ImmutableArray.CreateBuilder<Axis>();
        foreach (var entry in map.Entries)
        {
            CheckKey(entry);
            if (entry.Value is ConfigNode.Sequence { Items.Length: 0 }) report.Error("PLN003", entry.Value.At, $"the axis '{entry.Key}' has no values, so there would be no runs", "give it a value or take the key out");
            axes.Add(new(entry.Key, entry.KeyAt, entry.Value is ConfigNode.Sequence list ? list.Items : [entry.Value]));
        }
        return new(axes.DrainToImmutable());
    }

    private SweepNode.Union ReadConfigs(ConfigNode node, int depth)
    {
        var items = Items(node, "configs");
        var parts = new List<SweepNode>(items.Length);
        // Where an entry names a stage, the other keys of all entries belong to their stages.
        var role = items.Any(static i => i is ConfigNode.Mapping map && map["stage"] is not null) ? SettingRole.Companion : SettingRole.Axis;
        foreach (var item in items)
        {
            if (item is not ConfigNode.Mapping map) report.Error("PLN001", item.At, $"an entry of 'configs' is a mapping of keys and values, not {Binder.Describe(item)}");
            else parts.Add(ReadConfig(map, role, depth));
        }
        return new SweepNode.Union([.. parts]);
    }

    private SweepNode ReadConfig(ConfigNode.Mapping map, SettingRole role, int depth)
    {
        var isGroup = map["groups"] is not null || map["params"] is not null || map["configs"] is not null;
        if (!isGroup) return new SweepNode.Config(Settings(map.Entries, role));
        var own = map.Entries.Where(static e => e.Key is not ("type" or "groups" or "params" or "configs" or "defaults")).ToImmutableArray();
        if (own.Length == 0) return ReadGroup(map, depth + 1);
        var group = ReadGroup(new ConfigNode.Mapping(map.At, map.Entries.RemoveRange(own)), depth + 1);
        var part = role is SettingRole.Companion ? new SweepNode.InStage(group) : group;
        return new SweepNode.Product([new SweepNode.Config(Settings(own, role)), part]);
    }

    private ImmutableArray<SweepSetting> Settings(ImmutableArray<ConfigEntry> entries, SettingRole role)
    {
        foreach (var entry in entries) CheckKey(entry);
        return [.. entries.Select(e => new SweepSetting(e.Key, e.KeyAt, e.Value, e.Key == "stage" && role is SettingRole.Companion ? SettingRole.Axis : role))];
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
        if (node is ConfigNode.Scalar { Text: "product" or "list" } kind) return kind.Text;
        report.Error("PLN004", node.At, $"a group's type is 'product' or 'list', not {Binder.Describe(node)}");
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
        if (entry.Key.Split('.').Any(static p => p.Length == 0)) report.Error("PLN005", entry.KeyAt, $"'{entry.Key}' is no dotted key");
        else if (entry.Key == "sweep" || entry.Key.StartsWith("sweep.", StringComparison.Ordinal)) report.Error("PLN005", entry.KeyAt, "a sweep cannot set itself");
    }
}
