using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>A run on its way to the plan: its point, its tree before and after resolving, and what they ask for.</summary>
internal sealed record RunDraft(int Index, ImmutableArray<PointCoordinate> Coordinates, ConfigNode.Mapping Unresolved, ExperimentSpec Spec)
{
    public string? Stage => Spec.Stage;

    /// <summary>The resolved tree.</summary>
    public ConfigNode.Mapping Tree => Spec.Tree;

    /// <summary>Whether its configuration refers to siblings: then <see cref="Tree"/> is a first look, with those references as text.</summary>
    public bool NeedsSiblings { get; init; }
}

/// <summary>A named draft with its places.</summary>
internal sealed record NamedRun(RunDraft Draft, string Name, string Point, string OutputDir, string LogPath, string? LogPathCurrent);
