using System.Collections.Immutable;
using System.CommandLine;
using Vigil.Configuration;
using Vigil.Planning;
using Vigil.Views;

namespace Vigil.Cli;

/// <summary>Which runs of a plan are meant: <c>--only SELECTOR</c>, <c>--array-subset 0,3-5</c>. Names and folders stay those of the whole plan.</summary>
/// <param name="Only">Null: all.</param>
/// <param name="ArraySubset">Null: all.</param>
internal sealed record PlanNarrowing(string? Only, string? ArraySubset)
{
    public static PlanNarrowing None { get; } = new(null, null);

    public static Option<string?> OnlyOption() => new("--only") { Description = "only the runs that match a selector, such as lr=1e-3", HelpName = "SELECTOR" };

    public static Option<string?> SubsetOption() => new("--array-subset") { Description = "only the runs with these places in the plan, such as 0,3-5", HelpName = "INDICES" };

    /// <summary>The plan with the chosen runs; the whole one, with the mistake reported, where the choice cannot be made.</summary>
    public Plan Of(Plan plan, DiagnosticBag report)
    {
        IEnumerable<PlannedRun> runs = plan.Runs;
        if (Only is not null)
        {
            if (Selector.TryParse([Only], out var problem) is not { } selector) return Refuse(plan, report, $"--only: {problem}", null);
            runs = runs.Where(selector.Matches);
        }
        if (ArraySubset is not null)
        {
            if (Planning.ArraySubset.TryParse(ArraySubset, out var problem) is not { } subset) return Refuse(plan, report, $"--array-subset: {problem}", null);
            runs = runs.Where(r => subset.Contains(r.Index));
        }
        if (Only is null && ArraySubset is null) return plan;
        var chosen = runs.ToImmutableArray();
        if (chosen.IsEmpty) return Refuse(plan, report, $"{Words} matches none of the {plan.Runs.Length} runs", $"the first is called {plan.Runs[0].Id} and has index 0; the last has index {plan.Runs[^1].Index}");
        CheckEdges(chosen, report);
        return plan with { Runs = chosen };
    }

    private string Words => string.Join(" with ", new[] { Only is null ? null : $"--only '{Only}'", ArraySubset is null ? null : $"--array-subset '{ArraySubset}'" }.Where(static w => w is not null));

    private void CheckEdges(ImmutableArray<PlannedRun> chosen, DiagnosticBag report)
    {
        var kept = chosen.Select(static r => r.Id).ToHashSet();
        foreach (var run in chosen)
            foreach (var before in run.DependsOn.Where(d => !kept.Contains(d)))
                report.Error("RUN003", SourceSpan.None, $"{Words} leaves out {before}, which {run.Id} comes after", "choose both, or neither");
    }

    private static Plan Refuse(Plan plan, DiagnosticBag report, string message, string? hint)
    {
        report.Error("RUN003", SourceSpan.None, message, hint);
        return plan;
    }
}
