using Vigil.Configuration;
using Vigil.Planning;
using Vigil.Views;

namespace Vigil.Cli;

/// <summary>A checked plan, or everything that is wrong with it, printed.</summary>
internal static class PlanLoading
{
    /// <summary>Null, with the exit code, when there were errors; they have been printed.</summary>
    public static Plan? Load(CliContext context, LoadedExperiment loaded, string? only, out int code)
    {
        var plan = Check(context, loaded, only);
        loaded.Print(context);
        code = Reporting.Code(loaded.Report);
        return loaded.Report.HasErrors ? null : plan;
    }

    /// <summary>The plan, null where there was no experiment to read; everything that is to be said of it is in the experiment's report.</summary>
    public static Plan? Check(CliContext context, LoadedExperiment loaded, string? only)
    {
        var report = loaded.Report;
        var plan = loaded.Request is { } request ? Planner.Plan(request) : null;
        foreach (var diagnostic in plan?.Diagnostics ?? []) report.Add(diagnostic);
        if (plan is not { HasErrors: false }) return plan;
        if (loaded.Sources.AskForTheTime) plan = plan with { Experiment = plan.Experiment with { Time = loaded.Request!.World.Now } };
        plan = Narrow(plan, only, report);
        Preflight.Check(plan, context, report);
        return plan;
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
