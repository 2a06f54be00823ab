using System.Collections.Immutable;
using System.Globalization;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>Puts a point's settings into the composed tree; what they do not touch is shared between all points.</summary>
internal static class PointTree
{
    public static ConfigNode.Mapping Of(Composition composition, SweepPoint point, int index, DiagnosticBag report)
    {
        var tree = composition.Tree;
        foreach (var setting in point.Settings)
        {
            if (Merging.Set(tree, setting.Path, setting.KeyAt, setting.Value) is ConfigNode.Mapping changed) tree = changed;
            else report.Error("PLN007", setting.KeyAt, $"the sweep's '{setting.Key}' puts a mapping where a list is, or looks for a key inside a list");
        }
        // The index is set only where it is used: a run must not change when others are added before it.
        if (composition.References.Contains("index") && tree["index"] is null && Merging.Set(tree, ["index"], tree.At, Number(tree.At, index)) is ConfigNode.Mapping numbered) tree = numbered;
        return tree;
    }

    /// <summary>What the point set, each key once with its last value, in the order of the first.</summary>
    public static ImmutableArray<PointCoordinate> Coordinates(SweepPoint point, Func<string[], ConfigNode?> resolved)
    {
        var coordinates = ImmutableArray.CreateBuilder<PointCoordinate>(point.Settings.Length);
        foreach (var setting in point.Settings)
        {
            var coordinate = new PointCoordinate(setting.Key, Text(setting, resolved), setting.Role);
            var known = -1;
            for (var i = 0; i < coordinates.Count; i++)
                if (coordinates[i].Key == setting.Key) known = i;
            if (known < 0) coordinates.Add(coordinate);
            else coordinates[known] = coordinate;
        }
        return coordinates.DrainToImmutable();
    }

    private static string Text(SweepSetting setting, Func<string[], ConfigNode?> resolved) => setting.Value switch
    {
        ConfigNode.Scalar scalar when TemplateParser.MayInterpolate(scalar.Text) => resolved(setting.Path) is { } value ? Resolver.Text(value) : scalar.Text,
        ConfigNode.Scalar scalar => ScalarValue.IsNull(scalar) ? "null" : scalar.Text,
        var container => PythonText.Repr(container),
    };

    private static ConfigNode.Scalar Number(SourceSpan at, int number) => new(at, number.ToString(CultureInfo.InvariantCulture), ScalarStyle.Plain);
}
