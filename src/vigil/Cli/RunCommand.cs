using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Vigil.Configuration;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;

namespace Vigil.Cli;

/// <summary><c>vigil run</c>: plan, launch and watch.</summary>
internal static class RunCommand
{
    public static Command Create(CliContext context)
    {
        var words = ExperimentOptions.Create();
        var detach = new Option<bool>("--detach") { Description = "hand the watch to a process in the background and return" };
        var dryRun = new Option<bool>("--dry-run") { Description = "show the plan and write nothing" };
        var yes = new Option<bool>("--yes", "-y") { Description = "answer every question with yes" };
        var noMonitor = new Option<bool>("--no-monitor") { Description = "submit what can start now and return; 'vigil watch' takes up the watch" };
        var only = PlanNarrowing.OnlyOption();
        var changed = new Option<string?>("--changed") { Description = "what to do with runs whose plan differs from what is there: retry or keep", HelpName = "retry|keep" };
        changed.AcceptOnlyFromAmong("retry", "keep");
        var subset = PlanNarrowing.SubsetOption();
        var isNew = new Option<bool>("--new") { Description = "start afresh in a folder of its own, although an unfinished experiment of the same command is there" };
        var command = new Command("run", "plan an experiment, or take a saved plan as it is, launch its runs and watch them, with a live table") { words.Words, words.ConfigDir, words.ConfigName, detach, dryRun, yes, noMonitor, only, subset, changed, isNew };
        command.SetAction((parsed, _) => RunAsync(context, words.Read(parsed), new RunChoices(
            parsed.GetValue(detach), parsed.GetValue(dryRun), parsed.GetValue(yes), parsed.GetValue(noMonitor), new(parsed.GetValue(only), parsed.GetValue(subset)), parsed.GetValue(changed), parsed.GetValue(isNew))));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, ExperimentWords words, RunChoices choices)
    {
        var loaded = ExperimentLoader.Load(context, words);
        if (!choices.New && loaded.Saved is null) loaded = Continued(context, loaded);
        if (PlanLoading.Load(context, loaded, choices.Narrowing, out var code) is not { } plan) return code;
        choices = choices with { Narrowing = loaded.Saved?.Narrowing ?? choices.Narrowing };
        if (choices.New && new ExperimentFolder(plan.Experiment.Dir).HoldsAnExperiment)
        {
            context.Talk.WriteLine($"error RUN024: {plan.Experiment.Dir} holds an experiment already, and --new never touches one");
            context.Talk.WriteLine("    Nothing was changed. Set project.base_output_dir to another folder, or put the time into it: outputs/NAME_${now:%Y%m%d_%H%M%S}");
            return ExitCode.UserMistake;
        }
        if (choices.DryRun) return PlanPrinter.Print(context, plan);
        return await new Launch(context, plan, choices, Origin(context, words, plan, choices.Narrowing), stop => ClusterCheck.BeforeRunAsync(context, plan, loaded, stop)) { Library = loaded.Request!.Library, Sources = [loaded.Request.Experiment, .. loaded.Request.Library.Taken] }.RunAsync();
    }

    /// <summary>With a time in its output folder an experiment would never be found again: the newest unfinished one of the same command is meant, at its own time.</summary>
    private static LoadedExperiment Continued(CliContext context, LoadedExperiment loaded)
    {
        if (loaded.Request is not { } request || !loaded.Sources.AskForTheTime || TimedFolder.Unfinished(request) is not var (folder, state)) return loaded;
        var ended = state.Runs.Values.Count(static r => r.State is RunState.Finished);
        context.Talk.WriteLine($"Continuing {folder.Root}, where {ended} of {Quantity.Of(state.Runs.Count, "run")} ended; --new starts afresh.");
        return loaded with { Request = request with { World = request.World with { Now = state.Experiment!.Time!.Value } } };
    }

    /// <summary>What a launch keeps of the command line.</summary>
    public static LaunchWords Origin(CliContext context, ExperimentWords words, Plan plan, PlanNarrowing narrowing)
    {
        var (name, dir) = ConfigFolders.NameOf(context, plan.Experiment.File, words.ConfigDir);
        return new(["vigil", .. context.Words], context.CurrentFolder, plan.Experiment.File, name, dir, plan.Experiment.Overrides, narrowing.ArraySubset is null ? null : [.. plan.Runs.Select(static r => r.Index)]);
    }
}

/// <summary>The options of one <c>run</c>.</summary>
/// <param name="New">Never continue what is there.</param>
/// <param name="Changed"><c>retry</c>, <c>keep</c>, or null: changed runs are a question for the user.</param>
internal sealed record RunChoices(bool Detach, bool DryRun, bool Yes, bool NoMonitor, PlanNarrowing Narrowing, string? Changed, bool New);
