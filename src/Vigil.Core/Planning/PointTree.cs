using System.Collections.Immutable;
using System.Globalization;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>Puts a point's settings into the composed tree; what they do not touch is shared between all points.</summary>
internal static class PointTree
{
    /// <param name="composition">Composed with the point's own config-group choice.</param>
    public static ConfigNode.Mapping Of(Composition composition, SweepPoint point, int index, DiagnosticBag report)
    {
        var tree = Set(Set(composition.Tree, point.Defaults, report), point.Settings, report);
        // The index is set only where it is used: a run must not change when others are added before it.
        if (composition.References.Contains("index") && tree["index"] is null && Merging.Set(tree, ["index"], tree.At, Number(tree.At, index)) is ConfigNode.Mapping numbered) tree = numbered;
        return tree;
    }

    private static ConfigNode.Mapping Set(ConfigNode.Mapping tree, ImmutableArray<SweepSetting> settings, DiagnosticBag report)
    {
        foreach (var setting in settings)
        {
            if (setting.IsChoice) continue;
            if (Merging.Set(tree, setting.Path, setting.KeyAt, setting.Value) is ConfigNode.Mapping changed) tree = changed;
            else report.Error("PLN007", setting.KeyAt, $"the sweep's '{setting.Key}' puts a mapping where a list is, or looks for a key inside a list");
        }
        return tree;
    }

    /// <summary>What the point set, in order: each axis once, and each other key once. Defaults are no coordinates.</summary>
    public static ImmutableArray<PointCoordinate> Coordinates(SweepPoint point, Func<string[], ConfigNode?> resolved)
    {
        var settings = point.Settings;
        var coordinates = ImmutableArray.CreateBuilder<PointCoordinate>(settings.Length);
        for (var i = 0; i < settings.Length; i++)
        {
            var setting = settings[i];
            var (isRepeated, isOverruled) = (false, false);
            for (var later = i + 1; later < settings.Length; later++)
            {
                if (settings[later].Key != setting.Key) continue;
                isOverruled = true;
                isRepeated |= setting.Role is SettingRole.Companion || settings[later].Role == setting.Role;
            }
            if (isRepeated) continue;
            var coordinate = setting.Coordinate;
            if (setting.Interpolates && !setting.MentionsSibling && !isOverruled && resolved(setting.Path) is { } value) coordinate = coordinate with { Text = Resolver.Text(value) };
            coordinates.Add(isOverruled ? coordinate with { IsInForce = false } : coordinate);
        }
        return coordinates.DrainToImmutable();
    }

    private static ConfigNode.Scalar Number(SourceSpan at, int number) => new(at, number.ToString(CultureInfo.InvariantCulture), ScalarStyle.Plain);
}
