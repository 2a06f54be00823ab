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
        var render = new Option<string?>("--render") { Description = "write the scripts and provenance files of a launch into a new folder, and submit nothing", HelpName = "DIR" };
        var command = new Command("plan", "what 'run' would do: runs, folders, order, commands; without --save and --render it writes nothing") { words.Words, words.ConfigDir, words.ConfigName, json, only, subset, graph, against, save, render };
        command.SetAction((parsed, stop) => RunAsync(context, words.Read(parsed), new PlanChoices(
            new(parsed.GetValue(only), parsed.GetValue(subset)), parsed.GetValue(against), parsed.GetValue(graph), parsed.GetValue(save), parsed.GetValue(render), parsed.GetValue(json)), stop));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, ExperimentWords words, PlanChoices choices, CancellationToken stop)
    {
        var loaded = ExperimentLoader.Load(context, words);
        var moving = choices.Render is not null && DocumentRendering.Is(loaded) ? PlanRendering.BeginDocument(context, choices.Render, loaded) : null;
        var recording = choices.Save is not null && loaded.Request is { } request ? new PlanRecording(request) : null;
        if (recording is not null) loaded = loaded with { Request = recording.Request };
        var plan = PlanLoading.Check(context, loaded, choices.Narrowing);
        var notes = plan is not null && !loaded.Report.HasErrors ? await ClusterCheck.OfPlanAsync(context, plan, loaded, stop) : [];
        var (report, narrowing) = (loaded.Report, loaded.Saved?.Narrowing ?? choices.Narrowing);
        Against? against = null;
        if (choices.Against is not null && plan is not null && !report.HasErrors && (against = Against.Of(context, plan, choices.Against, out var problem)) is null)
            report.Error("RUN006", SourceSpan.None, $"--against: {problem}");
        if (recording is not null && plan is not null && !report.HasErrors) SavedPlan.Write(context, choices.Save!, recording, narrowing, plan, report);
        if (moving is not null && plan is not null && !report.HasErrors && await moving is { } moved)
            await PlanRendering.WriteDocumentAsync(context, choices.Render!, loaded, moved, narrowing, plan => RunCommand.Origin(context, words, plan, narrowing), stop);
        else if (choices.Render is not null && plan is not null && !report.HasErrors)
            await PlanRendering.WriteAsync(context, choices.Render, plan, RunCommand.Origin(context, words, plan, narrowing), report, stop);
        if (choices.Json)
        {
            PlanJson.Write(context.Out, report.HasErrors ? null : plan, plan?.Experiment.Name, report.All, against);
            return Reporting.Code(report);
        }
        loaded.Print(context);
        if (plan is null || report.HasErrors) return Reporting.Code(report);
        if (choices.Graph is not null) GraphOption.Print(context, plan, choices.Graph);
        else PlanPrinter.Print(context, plan);
        foreach (var note in notes) context.Talk.WriteLine(note);
        against?.Print(context.Out, plan);
        if (choices.Save is not null) context.Talk.WriteLine($"Saved in {context.FullPath(choices.Save)}; to launch it: vigil run {choices.Save}");
        if (choices.Render is not null) context.Talk.WriteLine($"Rendered into {context.FullPath(choices.Render)}; nothing was submitted.");
        return ExitCode.Done;
    }
}

/// <summary>The options of one <c>plan</c>.</summary>
/// <param name="Against">The folder of an experiment to compare with.</param>
/// <param name="Save">The file that the plan is kept in.</param>
/// <param name="Render">The folder that a launch's files are written below.</param>
internal sealed record PlanChoices(PlanNarrowing Narrowing, string? Against, string? Graph, string? Save, string? Render, bool Json);
