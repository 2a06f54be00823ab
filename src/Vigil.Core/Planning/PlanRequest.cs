using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>Everything a plan is made of; the core reads nothing else.</summary>
/// <param name="Experiment">The experiment file.</param>
/// <param name="Overrides">As typed.</param>
/// <param name="CurrentFolder">Absolute: where a relative <c>base_output_dir</c> starts.</param>
public sealed record PlanRequest(SourceFile Experiment, ImmutableArray<string> Overrides, string CurrentFolder, ConfigWorld World)
{
    /// <summary>The experiment's name among the configs, such as <c>experiments/first</c>; null for a file that stands for itself.</summary>
    public string? ConfigName { get; init; }

    /// <summary>Where config groups are looked for.</summary>
    public ConfigLibrary Library { get; init; } = ConfigLibrary.Empty;
}
