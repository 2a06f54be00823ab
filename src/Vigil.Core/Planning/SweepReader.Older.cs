using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>The forms that files of earlier tools have, and what stands beside a body: filters and lists that grow.</summary>
internal sealed partial class SweepReader
{
    /// <summary><c>grids</c>: each entry is a product, and all their points follow one another.</summary>
    private SweepNode ReadGrids(ConfigNode node)
    {
        if (node is ConfigNode.Sequence { Items: var items }) return items.IsEmpty ? new SweepNode.Config([]) : new SweepNode.Union([.. items.Select(i => ReadParams(i, "product", Home.Point))]);
        report.Error("PLN001", node.At, $"'grids' must be a list of mappings of keys to lists of values, not {Binder.Describe(node)}");
        return new SweepNode.Union([]);
    }

    /// <summary><c>axes</c>: a mapping is the product of its keys, a list the alternatives of its entries; nested keys are joined by dots.</summary>
    private SweepNode ReadAxes(ConfigNode node, string key, int depth)
    {
        switch (node)
        {
            case ConfigNode.Mapping map when depth <= MaxDepth:
                if (key.Length == 0) foreach (var entry in map.Entries) CheckKey(entry);
                return new SweepNode.Product([.. map.Entries.Select(e => ReadAxes(e.Value, key.Length == 0 ? e.Key : $"{key}.{e.Key}", depth + 1))]);
            case ConfigNode.Sequence { Items.IsEmpty: false } list when list.Items.All(static i => i is ConfigNode.Mapping { Entries.Length: 1 }) && depth <= MaxDepth:
                return new SweepNode.Union([.. list.Items.Select(i => ReadAxes(i, key, depth + 1))]);
            case ConfigNode.Sequence { Items.IsEmpty: false } list when key.Length > 0 && list.Items.All(static i => i is ConfigNode.Scalar):
                return MakeAxis(key, list.At, list.Items, SettingRole.Axis);
            case ConfigNode.Scalar scalar when key.Length > 0 && !ScalarValue.IsNull(scalar): return MakeAxis(key, scalar.At, [scalar], SettingRole.Axis);
            case ConfigNode.Scalar scalar when ScalarValue.IsNull(scalar): return new SweepNode.Config([]);
            default:
                report.Error("PLN001", node.At, "'axes' are keys with lists of values, or lists of mappings with one key each", "a group with params says the same: {params: {lr: [1e-3, 3e-3]}}");
                return new SweepNode.Union([]);
        }
    }

    private SweepNode Filter(ConfigNode.Mapping group, SweepNode part)
    {
        if (group["filter"] is not { } node || ScalarValue.IsNull(node)) return part;
        if (node is ConfigNode.Scalar scalar)
            return ScalarValue.Of(scalar) is ScalarValue.Bool { Value: true } ? part : new SweepNode.Where(new(scalar, [.. Sweep.Settings(part).Select(static s => s.Key).Distinct()]), part);
        report.Error("PLN040", node.At, $"a filter is an expression such as 'lr * bs <= 1', not {Binder.Describe(node)}");
        return part;
    }

    /// <summary><c>list_composition</c>: where two parts of a product set one of these keys to lists, the later list follows the earlier one.</summary>
    private SweepNode Compose(ConfigNode? node, SweepNode part)
    {
        if (node is null || ScalarValue.IsNull(node) || node is ConfigNode.Sequence { Items.IsEmpty: true }) return part;
        if (node is ConfigNode.Sequence list && list.Items.All(static i => i is ConfigNode.Scalar)) return new SweepNode.Growing([.. list.Items.Select(static i => ((ConfigNode.Scalar)i).Text)], part);
        report.Error("PLN001", node.At, $"'list_composition' must be a list of keys, not {Binder.Describe(node)}");
        return part;
    }
}
