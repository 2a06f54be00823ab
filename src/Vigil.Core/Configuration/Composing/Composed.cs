using System.Collections.Immutable;

namespace Vigil.Configuration.Composing;

/// <summary>A configuration put together; every <c>${…}</c> still stands in it.</summary>
/// <param name="Layers">The files in the order they were merged.</param>
/// <param name="Choices">The option of every group in the defaults list, by the name that an override would use; null for none.</param>
/// <param name="Overrides">All overrides in order, those that the configuration gives itself first: what composing again with another choice starts from.</param>
/// <param name="ValueOverrides">The overrides that changed values, in order.</param>
/// <param name="SweepOverrides">The overrides with several values, in the order of their axes.</param>
/// <param name="OpenGroups">Groups whose option is <c>???</c>, which only a sweep may leave so.</param>
public sealed record Composed(
    ConfigNode.Mapping Tree,
    ImmutableArray<Layer> Layers,
    ImmutableSortedDictionary<string, string?> Choices,
    ImmutableArray<Override> Overrides,
    ImmutableArray<Override> ValueOverrides,
    ImmutableArray<Override> SweepOverrides,
    ImmutableArray<OpenGroup> OpenGroups);

/// <summary>A group whose option someone has to choose.</summary>
/// <param name="Key">What an override must call it.</param>
/// <param name="Mistake">What to report when no axis of the sweep chooses it.</param>
public sealed record OpenGroup(string Key, Diagnostic Mistake);

/// <summary>What one config file contributed.</summary>
/// <param name="Config">The config's name, such as <c>db/mysql</c>.</param>
/// <param name="Package">The dotted place in the tree; empty for the top.</param>
/// <param name="Tree">Its content at that place.</param>
/// <param name="ChosenAt">The entry of a defaults list, or the override, that chose this file.</param>
/// <param name="ChosenBy">The same as text, such as <c>db: mysql</c> or <c>db=pg</c>; empty for the primary config.</param>
public sealed record Layer(string Config, SourceFile File, string Package, ConfigNode.Mapping Tree, SourceSpan ChosenAt, string ChosenBy);
