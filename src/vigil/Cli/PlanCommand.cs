using System.CommandLine;
using Vigil.Configuration;

namespace Vigil.Cli;

/// <summary><c>vigil plan</c>: what <c>run</c> would do. Writes nothing.</summary>
internal static class PlanCommand
{
    public static Command Create(CliContext context)
    {
        var words = ExperimentOptions.Create();
        var json = new Option<bool>("--json") { Description = "one JSON document, diagnostics included" };
        var only = new Option<string?>("--only") { Description = "only the runs that match a selector", HelpName = "SELECTOR" };
        var against = new Option<string?>("--against") { Description = "show what would change in the experiment of a folder", HelpName = "DIR" };
        var command = new Command("plan", "what 'run' would do: runs, folders, order, commands; writes nothing") { words.Words, words.ConfigDir, words.ConfigName, json, only, against };
        command.SetAction(parsed => Run(context, words.Read(parsed), parsed.GetValue(only), parsed.GetValue(against), parsed.GetValue(json)));
        return command;
    }

    private static int Run(CliContext context, ExperimentWords words, string? only, string? dir, bool json)
    {
        var loaded = ExperimentLoader.Load(context, words);
        var plan = PlanLoading.Check(context, loaded, only);
        var report = loaded.Report;
        Against? against = null;
        if (dir is not null && plan is not null && !report.HasErrors && (against = Against.Of(context, plan, dir, out var problem)) is null)
            report.Error("RUN006", SourceSpan.None, $"--against: {problem}");
        if (json)
        {
            PlanJson.Write(context.Out, report.HasErrors ? null : plan, plan?.Experiment.Name, report.All, against);
            return Reporting.Code(report);
        }
        loaded.Print(context);
        if (plan is null || report.HasErrors) return Reporting.Code(report);
        PlanPrinter.Print(context, plan);
        against?.Print(context.Out, plan);
        return ExitCode.Done;
    }
}
