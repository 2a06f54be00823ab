using System.CommandLine;

namespace Vigil.Cli;

/// <summary><c>vigil doctor</c>: what works here, each line with its remedy; <c>--recover</c> for a damaged journal.</summary>
internal static class DoctorCommand
{
    public static Command Create(CliContext context)
    {
        var dir = new Argument<string?>("DIR") { Description = "an experiment's folder, to look at its disk and journal", Arity = ArgumentArity.ZeroOrOne };
        var recover = new Option<bool>("--recover") { Description = "cut a damaged journal at the damage, after copying it" };
        var install = new Option<bool>("--install") { Description = "let this machine take up watches again that have died: a systemd timer of yours, or lines of your crontab" };
        var yes = new Option<bool>("--yes", "-y") { Description = "answer the question with yes" };
        var json = new Option<bool>("--json") { Description = "one JSON document" };
        var command = new Command("doctor", "what works on this machine, and what to do about the rest") { dir, recover, install, yes, json };
        command.SetAction(async (parsed, stop) => parsed.GetValue(recover)
            ? Recovery.Run(context, parsed.GetValue(dir), parsed.GetValue(yes))
            : parsed.GetValue(install)
            ? await InstallAsync(context, parsed.GetValue(dir), parsed.GetValue(yes) ? Answer.Yes : Answer.Open, stop)
            : await Checkup.RunAsync(context, parsed.GetValue(dir), parsed.GetValue(json), stop));
        return command;
    }

    /// <summary>A folder that is named is kept in mind as well.</summary>
    private static Task<int> InstallAsync(CliContext context, string? dir, Answer answer, CancellationToken stop)
    {
        if (dir is not null)
        {
            if (ExperimentDirs.Find(context, [dir], out var problem) is not [var folder]) return Task.FromResult(WatchCommand.Problem(context, problem!));
            KnownExperiments.Remember(context, folder);
        }
        return new Keeping(context, new(context.Time)).RunAsync(answer, stop);
    }
}
