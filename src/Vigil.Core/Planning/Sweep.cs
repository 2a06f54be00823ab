using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>Expands the sweep into its points.</summary>
internal static class Sweep
{
    public const int MaxPoints = 200_000;

    /// <summary>All points in order, filters not yet asked; a single empty one without a sweep, none when it is too large.</summary>
    public static SweepPoints Expand(SweepNode? node, DiagnosticBag report)
    {
        if (node is null) return new([SweepPoint.Empty], [[]]);
        var count = Count(node);
        if (count <= MaxPoints) return Choose(Points(node));
        report.Error("PLN006", PlaceOf(node), $"this sweep has {(count == long.MaxValue ? "more runs than can be counted" : $"{count} runs")}; at most {MaxPoints} are planned at once", "split it into several experiments");
        return SweepPoints.None;
    }

    /// <summary>How many points a node has before its filters, without making them.</summary>
    public static long Count(SweepNode node) => node switch
    {
        SweepNode.Axis { Values.Length: var values } => values,
        SweepNode.Config => 1,
        SweepNode.Product { Parts: var parts } => parts.Aggregate(1L, static (n, part) => Times(n, Count(part))),
        SweepNode.Zip { Parts: var parts } => parts.IsEmpty ? 1 : parts.Min(Count),
        SweepNode.Union { Parts: var parts } => parts.Aggregate(0L, static (n, part) => Plus(n, Count(part))),
        SweepNode.Under { Part: var part } => Count(part),
        SweepNode.Growing { Part: var part } => Count(part),
        SweepNode.Where { Part: var part } => Count(part),
        _ => throw new UnreachableException(),
    };

    /// <summary>Every setting that some point may have.</summary>
    public static IEnumerable<SweepSetting> Settings(SweepNode node) => node switch
    {
        SweepNode.Axis { Values: var values } => values,
        SweepNode.Config { Settings: var settings } => settings,
        SweepNode.Product { Parts: var parts } => parts.SelectMany(Settings),
        SweepNode.Zip { Parts: var parts } => parts.SelectMany(Settings),
        SweepNode.Union { Parts: var parts } => parts.SelectMany(Settings),
        SweepNode.Under { Defaults: var defaults, Part: var part } => defaults.Concat(Settings(part)),
        SweepNode.Growing { Part: var part } => Settings(part),
        SweepNode.Where { Part: var part } => Settings(part),
        _ => throw new UnreachableException(),
    };

    private static long Plus(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;

    private static long Times(long a, long b) => a == 0 || b == 0 ? 0 : a > long.MaxValue / b ? long.MaxValue : a * b;

    private static SourceSpan PlaceOf(SweepNode node) => Settings(node).Select(static s => s.KeyAt).FirstOrDefault(SourceSpan.None);

    private static ImmutableArray<SweepPoint> Points(SweepNode node) => node switch
    {
        SweepNode.Axis { Values: var values } => [.. values.Select(static v => new SweepPoint([], [v], []))],
        SweepNode.Config { Settings: var settings } => [new([], settings, [])],
        SweepNode.Product { Parts: var parts } => Product(parts),
        SweepNode.Zip { Parts: var parts } => Zip(parts),
        SweepNode.Union { Parts: [var only] } => Points(only),
        SweepNode.Union { Parts: var parts } => [.. parts.SelectMany(static IEnumerable<SweepPoint> (p) => Points(p))],
        SweepNode.Under { Defaults: var defaults, Part: var part } => Each(part, p => p with { Defaults = Join(defaults, p.Defaults) }),
        SweepNode.Growing { Keys: var keys, Part: var part } => Each(part, new GrowingLists(keys).Join),
        SweepNode.Where { Filter: var filter, Part: var part } => Each(part, p => p with { Filters = Join([filter], p.Filters) }),
        _ => throw new UnreachableException(),
    };

    private static ImmutableArray<SweepPoint> Each(SweepNode part, Func<SweepPoint, SweepPoint> change) => [.. Points(part).Select(change)];

    private static ImmutableArray<SweepPoint> Product(ImmutableArray<SweepNode> parts)
    {
        ImmutableArray<SweepPoint> points = [SweepPoint.Empty];
        foreach (var part in parts)
        {
            var factors = Points(part);
            if (points is [var only] && ReferenceEquals(only, SweepPoint.Empty)) { points = factors; continue; }
            var joined = ImmutableArray.CreateBuilder<SweepPoint>(points.Length * factors.Length);
            foreach (var left in points)
                foreach (var right in factors) joined.Add(Join(left, right));
            points = joined.MoveToImmutable();
        }
        return points;
    }

    private static ImmutableArray<SweepPoint> Zip(ImmutableArray<SweepNode> parts)
    {
        ImmutableArray<SweepPoint> points = [SweepPoint.Empty];
        for (var i = 0; i < parts.Length; i++)
        {
            var partners = Points(parts[i]);
            points = i == 0 ? partners : [.. points.Zip(partners, Join)];
        }
        return points;
    }

    /// <summary>Defaults of either side lie under what both sides set; among settings the later wins.</summary>
    private static SweepPoint Join(SweepPoint left, SweepPoint right) =>
        new(Join(left.Defaults, right.Defaults), Join(left.Settings, right.Settings), Join(left.Filters, right.Filters));

    /// <summary>An empty side costs nothing: points share their arrays.</summary>
    private static ImmutableArray<T> Join<T>(ImmutableArray<T> left, ImmutableArray<T> right) =>
        left.IsEmpty ? right : right.IsEmpty ? left : [.. left, .. right];

    /// <summary>Numbers the distinct config-group choices, so that each is composed once.</summary>
    private static SweepPoints Choose(ImmutableArray<SweepPoint> points)
    {
        if (!points.Any(static p => p.Settings.Any(static s => s.IsChoice) || p.Defaults.Any(static s => s.IsChoice))) return new(points, [[]]);
        var numbers = new Dictionary<string, int>();
        var choices = ImmutableArray.CreateBuilder<ImmutableArray<SweepSetting>>();
        var chosen = ImmutableArray.CreateBuilder<SweepPoint>(points.Length);
        foreach (var point in points)
        {
            var settings = Chosen(point);
            var text = new StringBuilder();
            foreach (var setting in settings) text.Append(setting.Key).Append('=').Append(setting.Canonical).Append('\u0001');
            if (!numbers.TryGetValue(text.ToString(), out var number))
            {
                numbers[text.ToString()] = number = choices.Count;
                choices.Add(settings);
            }
            chosen.Add(number == 0 ? point : point with { Choice = number });
        }
        return new(chosen.MoveToImmutable(), choices.DrainToImmutable());
    }

    private static ImmutableArray<SweepSetting> Chosen(SweepPoint point)
    {
        var settings = ImmutableArray.CreateBuilder<SweepSetting>();
        foreach (var setting in point.Defaults.AddRange(point.Settings))
            if (setting.IsChoice && !settings.Any(s => s.Key == setting.Key)) settings.Add(point.InForce(setting.Key)!);
        return settings.DrainToImmutable();
    }
}
