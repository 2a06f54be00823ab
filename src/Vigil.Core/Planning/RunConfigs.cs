using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>The configurations of a plan's runs, each frozen when it is asked for: all of them at once would be most of what a plan weighs.</summary>
public sealed class RunConfigs
{
    private readonly RunCompiler? _compiler;
    private readonly Dictionary<RunId, int> _places;

    internal RunConfigs(ImmutableArray<NamedRun> runs, RunCompiler? compiler) =>
        (_places, _compiler) = (runs.Select(static (r, i) => (Id: new RunId(r.Name), Place: i)).ToDictionary(static r => r.Id, static r => r.Place), compiler);

    public static RunConfigs None { get; } = new([], null);

    /// <summary>The run's resolved tree; null for a run that the plan does not hold.</summary>
    internal ConfigNode.Mapping? Resolved(RunId run) => _compiler is not null && _places.TryGetValue(run, out var place) ? _compiler.Resolved(place) : null;

    /// <summary>Null for a run that the plan does not hold.</summary>
    public FrozenConfig? Find(RunId run) => _compiler is not null && _places.TryGetValue(run, out var place) ? _compiler.Freeze(place) : null;
}
