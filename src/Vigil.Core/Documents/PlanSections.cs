using System.Collections.Immutable;

namespace Vigil.Documents;

/// <summary>The sections of a plan by the names of the canonical form, in its order.</summary>
internal static class PlanSections
{
    public const string Overview = "Overview", Tools = "Tools", Variables = "Variables", Runs = "All Runs", Resources = "Resources", Models = "Models", Data = "Dataset", Evaluations = "Evaluations",
        Evaluation = "Evaluation Configuration", Tasks = "Evaluation Tasks", Matrix = "Evaluation Matrix", Configuration = "Configuration", Output = "Output";

    private static readonly ImmutableArray<string> Known = [Overview, Tools, Variables, Runs, Resources, Models, Data, Evaluations, Evaluation, Tasks, Matrix, Configuration, Output];

    /// <summary>Sections that are kept as they are and have a place in the order all the same.</summary>
    private static readonly ImmutableArray<string> Kept = ["directory_structure", "compute_estimates", "naming_conventions", "quick_reference", "notes", "prerequisites"];

    public static int Order(DocumentNote note) => Known.IndexOf(note.Section) is >= 0 and var order ? order : Known.Length;

    public static int Order(DocumentSection section) => Kept.IndexOf(DocumentWords.Key(section.Title)) is >= 0 and var order ? order : Kept.Length;

    /// <summary>The section that a heading means; null for one without a meaning here.</summary>
    /// <param name="parent">The key of the heading of the second level above it.</param>
    public static string? Of(string key, string parent) => (key, parent) switch
    {
        ("overview", _) => Overview,
        ("tools", _) => Tools,
        ("variables" or "factors" or "experimental_variables", _) => Variables,
        ("all_runs" or "runs" or "control_runs" or "fine_tuned_runs", _) => Runs,
        ("resources", _) => Resources,
        ("models" or "base_models", _) => Models,
        ("dataset" or "datasets" or "data" or "training_data", _) => Data,
        ("evaluations" or "evaluation_plan", _) => Evaluations,
        ("evaluation_configuration", _) or ("evaluation", "configuration") => Evaluation,
        ("evaluation_tasks", _) => Tasks,
        ("evaluation_matrix", _) => Matrix,
        ("configuration", _) or ("training", "configuration") => Configuration,
        ("output", "configuration") => Output,
        _ => null,
    };
}
