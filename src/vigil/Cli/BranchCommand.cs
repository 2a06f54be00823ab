using System.Collections.Immutable;
using System.CommandLine;

namespace Vigil.Cli;

/// <summary><c>vigil branch</c>: the cooldown by hand.</summary>
internal static class BranchCommand
{
    public static Command Create(CliContext context)
    {
        var dir = new Argument<string>("DIR") { Description = "the experiment's folder" };
        var run = new Argument<string>("RUN") { Description = "the run whose frozen configuration the new one is made of" };
        var overrides = new Argument<string[]>("KEY=VALUE") { Description = "what is different; a value may hold {checkpoint_path}, {checkpoint_iteration} and {timestamp}, as in rules", HelpName = "[KEY=VALUE …]", Arity = ArgumentArity.ZeroOrMore };
        var from = new Option<string>("--from") { Description = "a checkpoint of RUN: its path, its step or epoch, 'last' or 'best'", HelpName = "CHECKPOINT", Required = true };
        var dryRun = new Option<bool>("--dry-run") { Description = "show the plan and write nothing" };
        var yes = new Option<bool>("--yes", "-y") { Description = "answer every question with yes" };
        var command = new Command("branch", "start a new run of an experiment from a run's frozen configuration and one of its checkpoints") { dir, run, overrides, from, dryRun, yes };
        command.SetAction((parsed, _) => new Branching(context, new BranchWords(
            parsed.GetValue(run)!, parsed.GetValue(from)!, [.. parsed.GetValue(overrides) ?? []], parsed.GetValue(dryRun), parsed.GetValue(yes))).RunAsync(parsed.GetValue(dir)!));
        return command;
    }
}

/// <summary>What one <c>branch</c> was asked for.</summary>
/// <param name="From">As typed.</param>
internal sealed record BranchWords(string Run, string From, ImmutableArray<string> Overrides, bool DryRun, bool Yes);
