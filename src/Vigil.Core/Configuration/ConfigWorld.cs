using System.Collections.Immutable;

namespace Vigil.Configuration;

/// <summary>What a configuration may ask of the world. Handed in, so that the core asks nothing itself.</summary>
/// <param name="Environment">The value of an environment variable; null where it is not set.</param>
/// <param name="Now">The one moment that all of a plan's times are made of.</param>
public sealed record ConfigWorld(Func<string, string?> Environment, DateTimeOffset Now)
{
    /// <summary>The text of a file by its absolute path; null when it cannot be read.</summary>
    public Func<string, string?> ReadText { get; init; } = static _ => null;

    /// <summary>The names in a folder by its absolute path, sorted; empty when there is none.</summary>
    public Func<string, ImmutableArray<string>> ListFolder { get; init; } = static _ => [];
}
