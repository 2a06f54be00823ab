using System.CommandLine;
using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary><c>vigil plan</c>: what <c>run</c> would do. Writes nothing but what it is asked to save.</summary>
internal static class PlanCommand
{
    public static Command Create(CliContext context)
    {
        var words = ExperimentOptions.Create();
        var json = new Option<bool>("--json") { Description = "one JSON document, diagnostics included" };
        var (only, subset) = (PlanNarrowing.OnlyOption(), PlanNarrowing.SubsetOption());
        var graph = GraphOption.Create();
        var against = new Option<string?>("--against") { Description = "show what would change in the experiment of a folder", HelpName = "DIR" };
        var save = new Option<string?>("--save") { Description = "keep the plan in a file; 'vigil run FILE' uses it unchanged, whatever becomes of the experiment file", HelpName = "FILE" };
        var command = new Command("plan", "what 'run' would do: runs, folders, order, commands; without --save it writes nothing") { words.Words, words.ConfigDir, words.ConfigName, json, only, subset, graph, against, save };
        command.SetAction(parsed => Run(context, words.Read(parsed), new(parsed.GetValue(only), parsed.GetValue(subset)), parsed.GetValue(against), parsed.GetValue(graph), parsed.GetValue(save), parsed.GetValue(json)));
        return command;
    }

    private static int Run(CliContext context, ExperimentWords words, PlanNarrowing narrowing, string? dir, string? graph, string? save, bool json)
    {
        var loaded = ExperimentLoader.Load(context, words);
        var recording = save is not null && loaded.Request is { } request ? new PlanRecording(request) : null;
        if (recording is not null) loaded = loaded with { Request = recording.Request };
        var plan = PlanLoading.Check(context, loaded, narrowing);
        var report = loaded.Report;
        Against? against = null;
        if (dir is not null && plan is not null && !report.HasErrors && (against = Against.Of(context, plan, dir, out var problem)) is null)
            report.Error("RUN006", SourceSpan.None, $"--against: {problem}");
        if (recording is not null && plan is not null && !report.HasErrors) SavedPlan.Write(context, save!, recording, loaded.Saved?.Narrowing ?? narrowing, plan, report);
        if (json)
        {
            PlanJson.Write(context.Out, report.HasErrors ? null : plan, plan?.Experiment.Name, report.All, against);
            return Reporting.Code(report);
        }
        loaded.Print(context);
        if (plan is null || report.HasErrors) return Reporting.Code(report);
        if (graph is not null) GraphOption.Print(context, plan, graph);
        else PlanPrinter.Print(context, plan);
        against?.Print(context.Out, plan);
        if (save is not null) context.Talk.WriteLine($"Saved in {context.FullPath(save)}; to launch it: vigil run {save}");
        return ExitCode.Done;
    }
}
