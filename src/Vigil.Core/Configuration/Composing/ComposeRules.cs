using System.Collections.Immutable;

namespace Vigil.Configuration.Composing;

/// <summary>What several values of one override are: a sweep's axis, or a mistake.</summary>
public enum Sweeps { AsAxes, Refused }

/// <summary>Where a group that the command line chooses goes in a file without <c>defaults:</c>: in the place of what the file says there, or under it.</summary>
public enum GroupSwitch { Replaces, LiesUnder }

/// <summary>A group that lies under a file without <c>defaults:</c>, as if it were listed there.</summary>
/// <param name="Option">Null for none until one is chosen.</param>
public sealed record UnderlyingGroup(string Group, string? Option);

/// <summary>How a configuration is put together.</summary>
public sealed record ComposeRules
{
    /// <summary>Hydra's own rules and nothing else.</summary>
    public static ComposeRules Bare { get; } = new();

    public Sweeps Sweeps { get; init; } = Sweeps.Refused;

    /// <summary>Whether a dotted key that no file has may be set all the same, because Vigil itself reads it.</summary>
    public Func<string, bool> IsKnown { get; init; } = static _ => false;

    /// <summary>The keys that Vigil reads, for suggestions.</summary>
    public Func<ImmutableArray<string>> KnownKeys { get; init; } = static () => [];

    /// <summary>The overrides as the tree spells their keys, where a key has two names.</summary>
    public Func<ConfigNode.Mapping, ImmutableArray<Override>, ImmutableArray<Override>> Spell { get; init; } = static (_, overrides) => overrides;

    /// <summary>What lies under a file without <c>defaults:</c>, in order. Null: nothing does, and a bare name at a group's key is a text.</summary>
    public ImmutableArray<UnderlyingGroup>? Underneath { get; init; }

    public GroupSwitch Switch { get; init; } = GroupSwitch.Replaces;
}
