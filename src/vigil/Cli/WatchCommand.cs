using System.CommandLine;
using Vigil.Journaling;
using Vigil.Monitor;

namespace Vigil.Cli;

/// <summary><c>vigil watch</c>: take up the watch again, from the journal alone.</summary>
internal static class WatchCommand
{
    public static Command Create(CliContext context)
    {
        var dir = new Argument<string>("DIR") { Description = "the experiment's folder", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("watch", "take up the watch of an experiment again, from its journal alone") { dir };
        command.SetAction((parsed, _) => RunAsync(context, parsed.GetValue(dir)));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, string? dir)
    {
        if (ExperimentDirs.Find(context, dir is null ? [] : [dir], out var problem) is not { } found) return Problem(context, problem!);
        if (found.Count > 1) return Problem(context, $"There are {found.Count} experiments here. Name the folder of one: {string.Join(", ", found.Take(3).Select(static f => f.Root))} …");
        var folder = found[0];
        using var stopping = new Stopping(context.Talk.WriteLine);
        switch (await Open(context, folder, stopping.Gently))
        {
            case Opening.Ready { State.Experiment: null } empty:
                empty.Lease.Release();
                return Problem(context, $"{folder.Root} has a journal without a plan: its launch was interrupted. Type the 'vigil run' command again");
            case Opening.Ready { State.Experiment: { } experiment } ready:
                using (var screen = Screens.Create(context, experiment.Name, stopping))
                using (var session = MonitorSession.Start(folder, ready, experiment, screen.Screen, context.Time, out var refusal))
                    return session is null ? Talk.NoScheduler(context, refusal!) : await Watching.RunAsync(context, session, screen, folder, Stay.UntilDone, stopping.Gently);
            case var other:
                return Refused(context, folder, other);
        }
    }

    internal static Task<Opening> Open(CliContext context, ExperimentFolder folder, CancellationToken stop) =>
        new JournalOpening(folder, ThisProcess.Writer, ThisProcess.Lives, context.Time).OpenAsync(context.Talk.WriteLine, stop);

    internal static int Refused(CliContext context, ExperimentFolder folder, Opening opening) => opening switch
    {
        Opening.HeldBy held => Talk.Held(context, folder, held.Writer),
        Opening.Damaged damaged => Talk.Damaged(context, folder, damaged.Damage),
        Opening.Unwritable unwritable => Talk.Unwritable(context, folder, unwritable.Reason),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    internal static int Problem(CliContext context, string sentence)
    {
        context.Talk.WriteLine($"error RUN040: {sentence}");
        return ExitCode.UserMistake;
    }
}
