using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Configuration.Composing;

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

    /// <summary>How a single run is called.</summary>
    public SingleRun Naming { get; init; }

    /// <summary>The overrides, read, each on a line of its own; what cannot be read is reported and left out.</summary>
    internal ImmutableArray<Override> ReadOverrides(DiagnosticBag report) => [.. Overrides.Select((text, i) => Override.Parse(text, new(Override.File, i + 1, 1), report)).OfType<Override>()];

    /// <summary>Null, with diagnostics, when the experiment file cannot be used at all.</summary>
    internal Composed? Compose(Composer composer, ImmutableArray<Override> overrides, ComposeRules rules, DiagnosticBag report) =>
        composer.Compose(Experiment, ConfigName ?? Path.GetFileNameWithoutExtension(Experiment.Name), overrides, rules, report);
}

/// <summary>What the run of a plan that has only one is called after.</summary>
public enum SingleRun
{
    /// <summary>Its stage where it has one, as every run.</summary>
    AsEveryRun,
    /// <summary>The experiment: it joins the runs of another one, where its stage names a run already.</summary>
    AfterTheExperiment,
}
