using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>
/// Brings sweeps of the command line into the file's sweep. As with Hydra's <c>hydra.sweeper.params</c>, one for a key that the file sweeps too takes
/// that axis's place; the others follow the file's axes, the last fastest.
/// </summary>
internal static class CommandLineAxes
{
    /// <param name="isGroup">Whether a key is a config group.</param>
    public static SweepNode? Add(SweepNode? sweep, ImmutableArray<CommandLineAxis> axes, Func<string, bool> isGroup, DiagnosticBag report)
    {
        var added = new Dictionary<string, SweepNode.Axis>();
        foreach (var axis in axes)
        {
            var isChoice = SweepSetting.Chooses(axis.Key, isGroup);
            var node = new SweepNode.Axis(axis.Key, axis.At, [.. axis.Values.Select(v => new SweepSetting(axis.Key, axis.At, v, SettingRole.Axis) { IsChoice = isChoice })]);
            if (axis.Values.IsEmpty) report.Error("PLN003", axis.At, $"the axis '{axis.Key}' has no values, so there would be no runs");
            switch (sweep is null ? 0 : Sweep.Settings(sweep).Where(s => s.Key == axis.Key && s.Role is not SettingRole.Default).Select(static s => s.KeyAt).Distinct().Count())
            {
                // Said twice on one command line: the last counts, in the first one's place.
                case 0: added[axis.Key] = node; break;
                case 1 when Replace(sweep!, node) is { } replaced: sweep = replaced; break;
                default:
                    report.Error("PLN035", axis.At, $"'{axis.Key}' is swept here and set by the sweep of the file as well", "an axis of the file's params is replaced; where entries of configs or several groups set the key, change the file");
                    break;
            }
        }
        if (added.Count == 0) return sweep;
        return sweep is null ? new SweepNode.Product([.. added.Values]) : new SweepNode.Product([sweep, .. added.Values]);
    }

    /// <summary>The sweep with another axis for the same key; null when the key is no axis in it.</summary>
    private static SweepNode? Replace(SweepNode node, SweepNode.Axis axis) => node switch
    {
        SweepNode.Axis { Key: var key, Values: var values } => key != axis.Key ? null : axis with { Values = [.. axis.Values.Select(v => new SweepSetting(v.Key, v.KeyAt, v.Value, values.IsEmpty ? SettingRole.Axis : values[0].Role) { IsChoice = v.IsChoice })] },
        SweepNode.Product { Parts: var parts } => ReplaceIn(parts, axis) is { } changed ? new SweepNode.Product(changed) : null,
        SweepNode.Union { Parts: var parts } => ReplaceIn(parts, axis) is { } changed ? new SweepNode.Union(changed) : null,
        SweepNode.Under under => Replace(under.Part, axis) is { } part ? under with { Part = part } : null,
        SweepNode.Where where => Replace(where.Part, axis) is { } part ? where with { Part = part } : null,
        SweepNode.Growing growing => Replace(growing.Part, axis) is { } part ? growing with { Part = part } : null,
        // A zip's lengths were checked: its axes go together or not at all.
        _ => null,
    };

    private static ImmutableArray<SweepNode>? ReplaceIn(ImmutableArray<SweepNode> parts, SweepNode.Axis axis)
    {
        for (var i = 0; i < parts.Length; i++)
            if (Replace(parts[i], axis) is { } changed) return parts.SetItem(i, changed);
        return null;
    }
}
