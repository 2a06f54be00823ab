using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>Expands the sweep into its points.</summary>
internal static class Sweep
{
    public const int MaxPoints = 200_000;

    /// <summary>All points in order; a single empty one without a sweep.</summary>
    public static ImmutableArray<SweepPoint> Expand(ConfigNode? sweep, DiagnosticBag report)
    {
        if (new SweepReader(report).Read(sweep) is not { } node) return [SweepPoint.Empty];
        var count = Count(node);
        if (count <= MaxPoints) return Points(node);
        report.Error("PLN006", sweep!.At, $"this sweep has {(count == long.MaxValue ? "more runs than can be counted" : $"{count} runs")}; at most {MaxPoints} are planned at once", "split it into several experiments");
        return [];
    }

    /// <summary>How many points a node has, without making them.</summary>
    public static long Count(SweepNode node) => node switch
    {
        SweepNode.Params { Axes: var axes } => axes.Aggregate(1L, static (n, axis) => Times(n, axis.Values.Length)),
        SweepNode.Config => 1,
        SweepNode.Product { Parts: var parts } => parts.Aggregate(1L, static (n, part) => Times(n, Count(part))),
        SweepNode.Union { Parts: var parts } => parts.Aggregate(0L, static (n, part) => Plus(n, Count(part))),
        SweepNode.Under { Part: var part } => Count(part),
        SweepNode.InStage { Part: var part } => Count(part),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static long Plus(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;

    private static long Times(long a, long b) => a == 0 || b == 0 ? 0 : a > long.MaxValue / b ? long.MaxValue : a * b;

    private static ImmutableArray<SweepPoint> Points(SweepNode node) => node switch
    {
        SweepNode.Params { Axes: var axes } => Product([.. axes.Select(static a => a.Values.Select(v => new SweepPoint([new(a.Key, a.KeyAt, v, SettingRole.Axis)])).ToImmutableArray())]),
        SweepNode.Config { Settings: var settings } => [new(settings)],
        SweepNode.Product { Parts: var parts } => Product([.. parts.Select(static p => Points(p))]),
        SweepNode.Union { Parts: var parts } => [.. parts.SelectMany(static IEnumerable<SweepPoint> (p) => Points(p))],
        SweepNode.Under { Defaults: var defaults, Part: var part } => [.. Points(part).Select(p => Over(defaults, p))],
        SweepNode.InStage { Part: var part } => [.. Points(part).Select(static p => new SweepPoint([.. p.Settings.Select(Within)]))],
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static SweepSetting Within(SweepSetting setting) => setting.Role is SettingRole.Axis && setting.Key != "stage" ? setting with { Role = SettingRole.WithinStage } : setting;

    private static ImmutableArray<SweepPoint> Product(ImmutableArray<ImmutableArray<SweepPoint>> parts)
    {
        List<SweepPoint> points = [SweepPoint.Empty];
        foreach (var part in parts)
            points = [.. points.SelectMany(_ => part, static (left, right) => Join(left, right))];
        return [.. points];
    }

    /// <summary>Defaults of either side lie under what both sides set; among settings the later wins.</summary>
    private static SweepPoint Join(SweepPoint left, SweepPoint right)
    {
        if (left.Settings.Length == 0) return right;
        if (right.Settings.Length == 0) return left;
        return new(
        [
            .. left.Settings.Where(static s => s.Role is SettingRole.Default), .. right.Settings.Where(static s => s.Role is SettingRole.Default),
            .. left.Settings.Where(static s => s.Role is not SettingRole.Default), .. right.Settings.Where(static s => s.Role is not SettingRole.Default),
        ]);
    }

    private static SweepPoint Over(ImmutableArray<SweepSetting> defaults, SweepPoint point) => new([.. defaults, .. point.Settings]);
}
