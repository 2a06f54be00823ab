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
        var all = new Option<bool>("--all") { Description = "give every known experiment that nobody watches a watch in the background, and return" };
        var asJob = new Option<bool>("--as-job") { Description = "let a Slurm job of one CPU watch, which hands over to its successor before its time is up" };
        var successor = new Option<bool>("--successor") { Hidden = true };
        var time = new Option<string?>("--time") { Description = "with --as-job: the time limit of each such job", HelpName = "TIME" };
        var partition = new Option<string?>("--partition") { Description = "with --as-job: where it runs", HelpName = "NAME" };
        var account = new Option<string?>("--account") { Description = "with --as-job: who pays (default: the runs' account)", HelpName = "NAME" };
        var qos = new Option<string?>("--qos") { Description = "with --as-job", HelpName = "NAME" };
        var sbatch = new Option<string[]>("--sbatch") { Description = "with --as-job: any other option of sbatch: --sbatch=--mem=2G", HelpName = "OPTION", AllowMultipleArgumentsPerToken = false };
        var command = new Command("watch", "take up the watch of an experiment again, from its journal alone") { dir, all, asJob, successor, time, partition, account, qos, sbatch };
        command.SetAction((parsed, stop) =>
        {
            var options = new WatchJobOptions(parsed.GetValue(time), parsed.GetValue(partition), parsed.GetValue(account), parsed.GetValue(qos), [.. parsed.GetValue(sbatch) ?? []]);
            return (parsed.GetValue(all), parsed.GetValue(asJob)) switch
            {
                (true, true) => Task.FromResult(Problem(context, "--all and --as-job exclude each other: name the folder of one experiment for --as-job")),
                (true, _) when parsed.GetValue(dir) is not null => Task.FromResult(Problem(context, "--all means every known experiment: leave out the folder, or leave out --all")),
                (_, false) when !options.IsEmpty => Task.FromResult(Problem(context, "--time, --partition, --account, --qos and --sbatch say what the watch's own job asks for: they need --as-job")),
                (true, _) => WatchAll.RunAsync(context, stop),
                (_, true) => AsJobAsync(context, parsed.GetValue(dir), options, parsed.GetValue(successor) ? job => job.HandOverAsync(stop) : job => job.SubmitAsync(stop)),
                _ => RunAsync(context, parsed.GetValue(dir)),
            };
        });
        return command;
    }

    private static Task<int> AsJobAsync(CliContext context, string? dir, WatchJobOptions options, Func<WatchAsJob, Task<int>> step)
    {
        if (One(context, dir, out var problem) is not { } folder) return Task.FromResult(Problem(context, problem!));
        if (options.Others.FirstOrDefault(static o => !o.StartsWith("--", StringComparison.Ordinal)) is { } word) return Task.FromResult(Problem(context, $"--sbatch {word}: write the option whole, as sbatch takes it: --sbatch=--mem=2G"));
        return step(new WatchAsJob(context, folder, options));
    }

    private static ExperimentFolder? One(CliContext context, string? dir, out string? problem)
    {
        if (ExperimentDirs.Find(context, dir is null ? [] : [dir], out problem) is not { } found) return null;
        if (found.Count == 1) return found[0];
        problem = $"There are {found.Count} experiments here. Name the folder of one: {string.Join(", ", found.Take(3).Select(static f => f.Root))} …";
        return null;
    }

    private static async Task<int> RunAsync(CliContext context, string? dir)
    {
        if (One(context, dir, out var problem) is not { } folder) return Problem(context, problem!);
        KnownExperiments.Remember(context, folder);
        using var stopping = new Stopping(context.Talk.WriteLine);
        switch (await Open(context, folder, stopping.Gently))
        {
            case Opening.Ready { State.Experiment: null } empty:
                empty.Lease.Release();
                return Problem(context, $"{folder.Root} has a journal without a plan: its launch was interrupted. Type the 'vigil run' command again");
            case Opening.Ready { State.Experiment: { } experiment } ready:
                // Without a connection the watch waits for it, and says so.
                await SshLogin.OpenAsync(context, ready.State.InPlanOrder.Where(static r => r.State is not Monitoring.RunState.Finished).Select(static r => r.Plan), stopping.Gently);
                using (var screen = Screens.Create(context, experiment.Name, stopping))
                using (var session = MonitorSession.Start(folder, ready, experiment, new RunStarter(context, folder), screen.Screen, context.Time, out var refusal))
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
