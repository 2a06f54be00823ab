using System.CommandLine;

namespace Vigil.Cli;

/// <summary><c>vigil plan</c>: what <c>run</c> would do. Writes nothing.</summary>
internal static class PlanCommand
{
    public static Command Create(CliContext context)
    {
        var words = ExperimentOptions.Create();
        var json = new Option<bool>("--json") { Description = "one JSON document, diagnostics included" };
        var only = new Option<string?>("--only") { Description = "only the runs that match a selector", HelpName = "SELECTOR" };
        var command = new Command("plan", "what 'run' would do: runs, folders, order, commands; writes nothing") { words.Words, words.ConfigDir, words.ConfigName, json, only };
        command.SetAction(parsed => Run(context, words.Read(parsed), parsed.GetValue(only), parsed.GetValue(json)));
        return command;
    }

    private static int Run(CliContext context, ExperimentWords words, string? only, bool json)
    {
        var (plan, loaded) = PlanLoading.Check(context, words, only);
        var report = loaded.Report;
        if (json)
        {
            PlanJson.Write(context.Out, report.HasErrors ? null : plan, plan?.Experiment.Name, report.All);
            return Reporting.Code(report);
        }
        loaded.Print(context);
        return plan is null || report.HasErrors ? Reporting.Code(report) : PlanPrinter.Print(context, plan);
    }
}
