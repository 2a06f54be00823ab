using System.Globalization;
using Vigil.Planning;
using Vigil.Rendering;

namespace Vigil.Cli;

/// <summary>A plan for people.</summary>
internal static class PlanPrinter
{
    public static int Print(CliContext context, Plan plan)
    {
        context.Out.WriteLine($"{plan.Experiment.Name}: {Quantity.Of(plan.Runs.Length, "run")} in {plan.Experiment.Dir}");
        foreach (var run in plan.Runs)
        {
            context.Out.WriteLine();
            context.Out.WriteLine(run.DependsOn.IsEmpty ? run.Id.Value : $"{run.Id}  after {string.Join(", ", run.DependsOn)}");
            foreach (var line in CommandPreview.Of(run).Split('\n', StringSplitOptions.RemoveEmptyEntries)) context.Out.WriteLine($"    {LogText.Safe(line).TrimEnd()}");
        }
        context.Out.WriteLine();
        foreach (var line in OutlookText.Lines(plan)) context.Out.WriteLine(line);
        foreach (var line in OutlookText.Estimates(plan)) context.Out.WriteLine(line);
        PrintSums(context, plan);
        return ExitCode.Done;
    }

    /// <summary>The restart policy in one line, and what it all may cost.</summary>
    public static void PrintSums(CliContext context, Plan plan)
    {
        context.Out.WriteLine(Policy(plan));
        if (plan.GpuHours > 0) context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"up to {plan.GpuHours:0.##} GPU-hours"));
    }

    private static string Policy(Plan plan)
    {
        var policies = plan.Runs.Select(static r => (Attempts: r.MostAttempts(), r.Restart.DelaySeconds, Causes: string.Join(", ", r.Restart.Causes.Select(Views.RunWords.Cause)), Chain: r.Slurm?.Chain ?? 1)).Distinct().ToList();
        if (policies is not [var (attempts, delay, causes, chain)]) return $"{policies.Count} different restart policies; vigil config EXPERIMENT --run RUN shows each";
        var policy = causes.Length == 0 || attempts < 2
            ? "a failed run is not tried again"
            : string.Create(CultureInfo.InvariantCulture, $"a failed run is tried up to {attempts} times when the cause is {causes}, first after {delay:0.#} s, then after twice that");
        return chain < 2 ? policy : string.Create(CultureInfo.InvariantCulture, $"{policy}; {chain} jobs of each run are queued one behind the other, and the next goes on at once where one was ended by its time limit or from outside");
    }
}
