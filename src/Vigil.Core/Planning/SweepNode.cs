using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>A part of the sweep: each gives a list of points.</summary>
internal abstract record SweepNode
{
    private SweepNode() { }

    /// <summary>Cartesian product in order, the last key fastest.</summary>
    public sealed record Params(ImmutableArray<Axis> Axes) : SweepNode;

    /// <summary>Settings that stand together: one point.</summary>
    public sealed record Config(ImmutableArray<SweepSetting> Settings) : SweepNode;

    /// <summary>Every combination of one point of each part.</summary>
    public sealed record Product(ImmutableArray<SweepNode> Parts) : SweepNode;

    /// <summary>The points of all parts, one after the other.</summary>
    public sealed record Union(ImmutableArray<SweepNode> Parts) : SweepNode;

    /// <summary>Settings that lie under all points of a part: they never overwrite what a point sets.</summary>
    public sealed record Under(ImmutableArray<SweepSetting> Defaults, SweepNode Part) : SweepNode;

    /// <summary>The part belongs to one stage: what varies in it does not part siblings.</summary>
    public sealed record InStage(SweepNode Part) : SweepNode;
}

/// <summary>One key of <c>params</c> and its values.</summary>
internal sealed record Axis(string Key, SourceSpan KeyAt, ImmutableArray<ConfigNode> Values);

/// <summary>One key that a point sets, and why.</summary>
internal sealed record SweepSetting(string Key, SourceSpan KeyAt, ConfigNode Value, SettingRole Role)
{
    private string[]? _path;
    public string[] Path => _path ??= Key.Split('.');
}

/// <summary>What a setting is for a point: an axis names it and parts siblings; an axis within a stage only names it; a companion of a stage and a default do neither.</summary>
internal enum SettingRole { Axis, WithinStage, Companion, Default }

/// <summary>One answer to the sweep: its settings in the order they are applied.</summary>
internal sealed record SweepPoint(ImmutableArray<SweepSetting> Settings)
{
    public static SweepPoint Empty { get; } = new([]);
}
