using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>A run on its way to the plan: its point, and of its configuration what names and places it.</summary>
internal sealed record RunDraft(RunTrees Trees, int Index, ImmutableArray<PointCoordinate> Coordinates, ProjectSpec Project, string? Stage)
{
    /// <summary>What siblings share: every axis but the stage and those within a stage.</summary>
    public string SiblingKey { get; } = string.Join('\u0001', Coordinates
        .Where(static c => c.Role is SettingRole.Axis && c.Key != "stage").OrderBy(static c => c.Key, StringComparer.Ordinal).Select(static c => $"{c.Key}={c.Text}"));

    /// <summary>The resolved tree, made when asked for.</summary>
    public ConfigNode.Mapping Tree => Trees.Resolved(Index);
}

/// <summary>One key that a point sets and the text of its value as written.</summary>
internal sealed record PointCoordinate(string Key, string Text, SettingRole Role);

/// <summary>A named draft with its places.</summary>
internal sealed record NamedRun(RunDraft Draft, string Name, string Point, string OutputDir, string LogPath, string? LogPathCurrent);
