using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>A part of the sweep: each gives a list of points.</summary>
internal abstract record SweepNode
{
    private SweepNode() { }

    /// <summary>The values of one key, one point each.</summary>
    public sealed record Axis(string Key, SourceSpan KeyAt, ImmutableArray<SweepSetting> Values) : SweepNode;

    /// <summary>Settings that stand together: one point.</summary>
    public sealed record Config(ImmutableArray<SweepSetting> Settings) : SweepNode;

    /// <summary>Every combination of one point of each part, the last part fastest.</summary>
    public sealed record Product(ImmutableArray<SweepNode> Parts) : SweepNode;

    /// <summary>The first points of all parts together, then the second ones, and so on: all parts have equally many.</summary>
    public sealed record Zip(ImmutableArray<SweepNode> Parts) : SweepNode;

    /// <summary>The points of all parts, one after the other.</summary>
    public sealed record Union(ImmutableArray<SweepNode> Parts) : SweepNode;

    /// <summary>Settings that lie under all points of a part: they never overwrite what a point sets.</summary>
    public sealed record Under(ImmutableArray<SweepSetting> Defaults, SweepNode Part) : SweepNode;

    /// <summary>Where several settings of a point give one of these keys a list, the lists are joined.</summary>
    public sealed record Growing(ImmutableArray<string> Keys, SweepNode Part) : SweepNode;

    /// <summary>Only those points of a part that the filter keeps.</summary>
    public sealed record Where(SweepFilter Filter, SweepNode Part) : SweepNode;
}

/// <summary>One answer to the sweep.</summary>
/// <param name="Defaults">Lie under everything, the inner ones over the outer ones.</param>
/// <param name="Settings">In the order in which they are applied: the later wins.</param>
/// <param name="Filters">All must keep the point. They are asked when it is complete.</param>
internal sealed record SweepPoint(ImmutableArray<SweepSetting> Defaults, ImmutableArray<SweepSetting> Settings, ImmutableArray<SweepFilter> Filters)
{
    public static SweepPoint Empty { get; } = new([], [], []);

    /// <summary>Which of the sweep's config-group choices this point is composed with: an index into <see cref="SweepPoints.Choices"/>.</summary>
    public int Choice { get; init; }

    /// <summary>The setting that gives a key its value; null when none does.</summary>
    public SweepSetting? InForce(string key) => Last(Settings, key) ?? Last(Defaults, key);

    private static SweepSetting? Last(ImmutableArray<SweepSetting> settings, string key)
    {
        for (var i = settings.Length - 1; i >= 0; i--)
            if (settings[i].Key == key) return settings[i];
        return null;
    }
}

/// <summary>All points of a sweep in order, and the distinct config-group choices that they are composed with.</summary>
/// <param name="Choices">At least one: the first is empty where no group is swept. Each key once.</param>
internal sealed record SweepPoints(ImmutableArray<SweepPoint> Points, ImmutableArray<ImmutableArray<SweepSetting>> Choices)
{
    public static SweepPoints None { get; } = new([], [[]]);
}

/// <summary>A sweep of the command line, <c>lr=1e-3,1e-4</c> or <c>lr=range(1,5)</c>, or an entry of <c>hydra.sweeper.params</c>.</summary>
internal sealed record CommandLineAxis(string Key, SourceSpan At, ImmutableArray<ConfigNode> Values);
