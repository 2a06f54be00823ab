using System.Collections.Immutable;
using System.Globalization;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>What <c>{…}</c> means in one run.</summary>
internal static class Placeholders
{
    /// <summary>Left out, it has a value all the same.</summary>
    private const string BaseOutputDir = "project.base_output_dir";

    /// <summary>Known when the plan is made.</summary>
    private static readonly string[] OfThePlan = ["name", "run", "stage", "index", "output_dir", "log_path", "log_path_current", "base_output_dir", "experiment"];

    /// <summary>Known when an attempt starts.</summary>
    private static readonly string[] OfAnAttempt = ["attempt", "last_checkpoint", LastCheckpointStep, "best_checkpoint", "checkpoint_path", "timestamp", "job_id"];

    /// <summary>Known on a node of the job, and there alone.</summary>
    private static readonly string[] OfANode = [NodeRank, "master_addr", "master_port", "local_addr"];

    /// <summary>The number of a job's node, from 0. A command that holds it runs once on each.</summary>
    public const string NodeRank = "node_rank";

    /// <summary>By it a trainer is told which of a folder's checkpoints to load.</summary>
    public const string LastCheckpointStep = "last_checkpoint_step";

    public static bool IsOfAnAttempt(string name) => OfAnAttempt.Contains(name);

    /// <summary>A key of the user's own with such a name comes first, so that older files mean what they meant.</summary>
    public static bool IsOfANode(string name) => OfANode.Contains(name);

    /// <summary>Whether the program's words hold the number of the node.</summary>
    public static bool IsPerNode(ExperimentSpec spec) =>
        spec.Command is CommandSpec.Words { Items: var words } && spec.Tree[NodeRank] is null && words.Any(static w => PlaceholderText.Parse(w).Names.Contains(NodeRank));

    /// <summary>Not to be read off a run alone, so it is kept with it.</summary>
    public static bool IsOfTheExperiment(string name) => name is "base_output_dir" or "experiment";

    public static bool IsOfThePlan(string name) => OfThePlan.Contains(name);

    /// <summary>The value of a name that the plan knows; null for any other.</summary>
    public static string? Value(string name, NamedRun run, ExperimentHeader experiment) => name switch
    {
        "name" or "run" => run.Name,
        "stage" => run.Draft.Stage ?? "",
        "index" => run.Draft.Index.ToString(CultureInfo.InvariantCulture),
        "output_dir" => run.OutputDir,
        "log_path" => run.LogPath,
        "log_path_current" => run.LogPathCurrent ?? "",
        "base_output_dir" => experiment.Dir,
        "experiment" => experiment.Name,
        _ => null,
    };

    /// <summary>The text of a key of the run's own configuration, with the plan's placeholders in it filled; null when it is no single value.</summary>
    public static string? Configured(string name, ConfigNode.Mapping tree, Func<string, string?> plan)
    {
        var found = Merging.Find(tree, name.Split('.'));
        if (name == BaseOutputDir && (found is null || ScalarValue.IsNull(found))) return plan("base_output_dir");
        if (found is not ConfigNode.Scalar scalar) return null;
        return ScalarValue.IsNull(scalar) ? "" : PlaceholderText.Fill(PythonText.Of(ScalarValue.Of(scalar)), plan);
    }

    /// <summary>Reports the names in a command that nothing knows.</summary>
    public static void CheckCommand(ExperimentSpec spec, DiagnosticBag report)
    {
        if (spec.Command is not { } command) return;
        IEnumerable<string> texts = command switch { CommandSpec.Line line => [line.Text], CommandSpec.Words words => words.Items, _ => [] };
        foreach (var name in texts.SelectMany(static t => PlaceholderText.Parse(t).Names).Distinct())
            if (!IsOfThePlan(name) && !IsOfAnAttempt(name) && !IsOfANode(name) && !name.StartsWith(Siblings.Prefix, StringComparison.Ordinal) && Configured(name, spec.Tree, static known => known) is null)
                ReportUnknown(name, PlaceOf(name, command), "backend.command", spec.Tree, report);
    }

    /// <summary>The word of a command that holds a placeholder; the command where it is in none.</summary>
    public static SourceSpan PlaceOf(string name, CommandSpec? command) => command is null ? SourceSpan.None : (Holder(name, command.At) ?? command.At).At;

    private static ConfigNode? Holder(string name, ConfigNode node) => node switch
    {
        ConfigNode.Scalar scalar => PlaceholderText.Parse(scalar.Text).Names.Contains(name) ? scalar : null,
        ConfigNode.Sequence list => list.Items.Select(i => Holder(name, i)).FirstOrDefault(static h => h is not null),
        ConfigNode.Mapping map => map.Entries.Select(e => Holder(name, e.Value)).FirstOrDefault(static h => h is not null),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static void ReportUnknown(string name, SourceSpan at, string where, ConfigNode.Mapping tree, DiagnosticBag report, params ReadOnlySpan<string> alsoKnown)
    {
        var container = Merging.Find(tree, name.Split('.')) is ConfigNode.Mapping or ConfigNode.Sequence;
        var near = Suggestion.Nearest(name, [.. OfThePlan, .. OfAnAttempt, .. OfANode, .. alsoKnown, .. tree.Entries.Select(static e => e.Key)]);
        var hint = $"text in braces is written \\{{{name}}}";
        if (near is not null) hint = $"did you mean {{{near}}}? {char.ToUpperInvariant(hint[0])}{hint[1..]}";
        var place = where.Contains('\'', StringComparison.Ordinal) ? where : $"'{where}'";
        report.Error("PLN020", at, container ? $"{{{name}}} in {place} names a whole section, not a value" : $"{place} holds the placeholder {{{name}}}, which is not known", hint);
    }
}
