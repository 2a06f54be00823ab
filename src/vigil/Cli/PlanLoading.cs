using Vigil.Configuration;
using Vigil.Planning;
using Vigil.Views;

namespace Vigil.Cli;

/// <summary>A checked plan, or everything that is wrong with it, printed.</summary>
internal static class PlanLoading
{
    /// <summary>Null, with the exit code, when there were errors; they have been printed.</summary>
    public static Plan? Load(CliContext context, ExperimentWords words, string? only, out int code)
    {
        var (plan, loaded) = Check(context, words, only);
        loaded.Print(context);
        code = Reporting.Code(loaded.Report);
        return loaded.Report.HasErrors ? null : plan;
    }

    /// <summary>The plan, null where there was no experiment to read, and everything that is to be said of it.</summary>
    public static (Plan? Plan, LoadedExperiment Loaded) Check(CliContext context, ExperimentWords words, string? only)
    {
        var loaded = ExperimentLoader.Load(context, words);
        var report = loaded.Report;
        var plan = loaded.Request is { } request ? Planner.Plan(request) : null;
        foreach (var diagnostic in plan?.Diagnostics ?? []) report.Add(diagnostic);
        if (plan is { HasErrors: false })
        {
            plan = Narrow(plan, only, report);
            Preflight.Check(plan, context, report);
        }
        return (plan, loaded);
    }

    private static Plan Narrow(Plan plan, string? only, DiagnosticBag report)
    {
        if (only is null) return plan;
        if (Selector.TryParse([only], out var problem) is not { } selector)
        {
            report.Error("RUN003", SourceSpan.None, $"--only: {problem}");
            return plan;
        }
        var runs = plan.Runs.Where(selector.Matches).ToList();
        if (runs.Count == 0) report.Error("RUN003", SourceSpan.None, $"--only '{only}' matches none of the {plan.Runs.Length} runs", $"the first is called {plan.Runs[0].Id}");
        var kept = runs.Select(static r => r.Id).ToHashSet();
        foreach (var run in runs)
            foreach (var before in run.DependsOn.Where(d => !kept.Contains(d)))
                report.Error("RUN003", SourceSpan.None, $"--only '{only}' leaves out {before}, which {run.Id} comes after", "choose both, or neither");
        return plan with { Runs = [.. runs] };
    }
}
