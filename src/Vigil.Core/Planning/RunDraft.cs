using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>A run on its way to the plan: its point, and of its configuration what names and places it.</summary>
internal sealed record RunDraft(RunTrees Trees, int Index, ImmutableArray<PointCoordinate> Coordinates, ProjectSpec Project, string? Stage)
{
    /// <summary>Whether its configuration refers to siblings: then <see cref="Tree"/> is a first look, with those references as text.</summary>
    public bool NeedsSiblings { get; } = Trees.NeedSiblings(Index);

    /// <summary>As composed, made when asked for.</summary>
    public ConfigNode.Mapping Unresolved => Trees.Unresolved(Index);

    /// <summary>The resolved tree, made when asked for.</summary>
    public ConfigNode.Mapping Tree => Trees.Resolved(Index);
}

/// <summary>A named draft with its places.</summary>
internal sealed record NamedRun(RunDraft Draft, string Name, string Point, string OutputDir, string LogPath, string? LogPathCurrent);
