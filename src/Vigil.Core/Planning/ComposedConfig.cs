using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>Whether <c>${…}</c> still stand in a composed configuration.</summary>
public enum Interpolations { AsWritten, Resolved }

/// <summary>A configuration as <c>vigil config</c> shows it; written with <see cref="YamlEmitter"/> or <see cref="JsonEmitter"/>.</summary>
/// <param name="Tree">Null when the file cannot be used at all.</param>
public sealed record ComposedConfig(ConfigNode.Mapping? Tree, ImmutableArray<Diagnostic> Diagnostics);
