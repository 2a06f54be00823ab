using Vigil.Logs;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary>A checked plan, or everything that is wrong with it, printed.</summary>
internal static class PlanLoading
{
    /// <summary>Null, with the exit code, when there were errors; they have been printed.</summary>
    public static Plan? Load(CliContext context, LoadedExperiment loaded, PlanNarrowing narrowing, out int code)
    {
        var plan = Check(context, loaded, narrowing);
        loaded.Print(context);
        code = Reporting.Code(loaded.Report);
        return loaded.Report.HasErrors ? null : plan;
    }

    /// <summary>The plan, null where there was no experiment to read; everything that is to be said of it is in the experiment's report.</summary>
    public static Plan? Check(CliContext context, LoadedExperiment loaded, PlanNarrowing narrowing)
    {
        var report = loaded.Report;
        if (loaded.Saved is not null && narrowing != PlanNarrowing.None) report.Error("RUN062", new(loaded.File!.Name, 0, 0), "a saved plan is used unchanged, and --only and --array-subset would change it", SavedPlan.Unchanged);
        var plan = loaded.Request is { } request ? Planner.Plan(request) : null;
        DocumentPreflight.Check(loaded);
        foreach (var diagnostic in plan?.Diagnostics ?? []) report.Add(diagnostic);
        if (plan is not { HasErrors: false }) return plan;
        if (loaded.Sources.AskForTheTime) plan = plan with { Experiment = plan.Experiment with { Time = loaded.Request!.World.Now } };
        plan = (loaded.Saved?.Narrowing ?? narrowing).Of(plan, report);
        loaded.Saved?.Compare(plan, new(loaded.File!.Name, 0, 0), report);
        Preflight.Check(plan, context, loaded);
        RulePreflight.Check(plan, context, loaded);
        plan = plan with { Trainings = TrainingPreflight.Check(plan, report) };
        plan = Estimates.Into(context, plan, loaded);
        TrainingChecks.CheckLimits(plan, OutlookText.Text, report);
        ProgressPacks.Check(ProgressPacks.Own(loaded.Request!.Library), report);
        return plan;
    }
}
