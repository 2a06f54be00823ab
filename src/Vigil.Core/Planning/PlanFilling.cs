using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>Fills texts of one run in which everything must be known when the plan is made.</summary>
/// <param name="tree">Of the run, resolved.</param>
internal sealed class PlanFilling(NamedRun run, ConfigNode.Mapping tree, ExperimentHeader experiment, DiagnosticBag report)
{
    /// <summary>The text filled; a name that is not known, or not yet, is reported and left out.</summary>
    public string Fill(string text, SourceSpan at, FilledPlace place) => string.Concat(PlaceholderText.Parse(text).Parts.Select(part =>
        part is PlaceholderPart.Name { Key: var name } ? Value(name, at, place) : ((PlaceholderPart.Literal)part).Text));

    public string Fill(ConfigNode.Scalar scalar, FilledPlace place) => Fill(scalar.Text, scalar.At, place);

    private string Value(string name, SourceSpan at, FilledPlace place)
    {
        if ((OfThePlan(name) ?? Placeholders.Configured(name, tree, OfThePlan)) is { } value) return value;
        if (Placeholders.IsOfAnAttempt(name)) report.Error("PLN021", at, $"{{{name}}} in {place.Name} is known only when an attempt starts{place.Before}", place.Remedy);
        else Placeholders.ReportUnknown(name, at, place.Key, tree, report);
        return "";
    }

    private string? OfThePlan(string name) => Placeholders.Value(name, run, experiment);
}

/// <summary>Where a text stands, for what is reported of it.</summary>
/// <param name="Name">As a message calls it.</param>
/// <param name="Before">What happens to it before an attempt starts; empty: nothing need be said.</param>
/// <param name="Remedy">Null: there is none.</param>
internal sealed record FilledPlace(string Key, string Name, string Before = "", string? Remedy = null)
{
    public static FilledPlace Files { get; } = new("backend.files", "'backend.files'", ", and the file is written before", "give it to the program in backend.command");

    public static FilledPlace Artifacts { get; } = new("job.artifacts", "'job.artifacts'");

    public static FilledPlace SlurmOption { get; } = new("slurm.sbatch", "an option of Slurm", ", and the option is given before");

    public static FilledPlace Variable(string name) => new($"env.{name}", $"the variable {name}", Remedy: "use it in backend.command, such as: VAR={attempt} python3 …");
}
