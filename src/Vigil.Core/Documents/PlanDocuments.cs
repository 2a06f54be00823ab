using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>Reads plan documents of any form.</summary>
public static class PlanDocuments
{
    public const string RunsPlanName = "runs_plan.md", SummaryTextName = "experiment_summary.md", SummaryYamlName = "experiment_summary.yaml";

    /// <summary>The names by which a folder's plan is found, in this order.</summary>
    public static ImmutableArray<string> Names { get; } = [RunsPlanName, SummaryYamlName, SummaryTextName];

    /// <summary>Whether a file is a plan document and no experiment file: Markdown, or YAML of that name.</summary>
    public static bool Claims(SourceFile file) =>
        file.FullPath.EndsWith(".md", StringComparison.OrdinalIgnoreCase) || Path.GetFileNameWithoutExtension(file.FullPath).StartsWith("experiment_summary", StringComparison.Ordinal);

    /// <summary>Reads a document by the ending of its name and reports every mistake in it; null when there is no plan in it.</summary>
    public static PlanDocument? Read(SourceFile file, DiagnosticBag report)
    {
        var isYaml = file.Name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || file.Name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);
        (PlanDocument? plan, ImmutableArray<PrintedTotal> totals) = isYaml ? (new SummaryYamlReader(file, report).Read(), []) : new MarkdownPlanReader(file, report).Read();
        if (plan is null) return null;
        new PlanChecks(plan, report).Run(totals);
        return plan;
    }
}
