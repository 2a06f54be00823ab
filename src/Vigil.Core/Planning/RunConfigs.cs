using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>The configurations of a plan's runs, each frozen when it is asked for: all of them at once would be most of what a plan weighs.</summary>
public sealed class RunConfigs
{
    private readonly RunCompiler? _compiler;
    private readonly ImmutableArray<NamedRun> _runs;
    private Dictionary<string, NamedRun>? _byName;

    internal RunConfigs(ImmutableArray<NamedRun> runs, RunCompiler? compiler) =>
        (_runs, _compiler) = (runs, compiler);

    public static RunConfigs None { get; } = new([], null);

    /// <summary>The run's resolved tree; null for a run that the plan does not hold.</summary>
    internal ConfigNode.Mapping? Resolved(RunId run) => Named(run) is { } named ? _compiler!.Resolved(named) : null;

    /// <summary>Null for a run that the plan does not hold.</summary>
    public FrozenConfig? Find(RunId run) => Named(run) is { } named ? _compiler!.Freeze(named) : null;

    private NamedRun? Named(RunId run) => (_byName ??= _runs.ToDictionary(static r => r.Name)).GetValueOrDefault(run.Value);
}
