using System.Collections.Immutable;
using System.CommandLine;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Views;

namespace Vigil.Cli;

/// <summary><c>vigil cancel</c> and <c>vigil retry</c>: wishes to the monitor; where none lives, the command becomes the monitor until the wish is done.</summary>
internal static class WishCommands
{
    public static Command Cancel(CliContext context) => Create(context, "cancel", "end runs, and keep them from starting",
        static run => run.State is not RunState.Finished, static runs => new WishContent.Cancel(runs));

    public static Command Retry(CliContext context) => Create(context, "retry", "start ended runs again, with a fresh budget of attempts",
        static run => run.State is RunState.Finished { Outcome: not Outcome.Completed }, static runs => new WishContent.Retry(runs));

    private static Command Create(CliContext context, string name, string description, Func<RunRecord, bool> applies, Func<ImmutableArray<RunId>, WishContent> wish)
    {
        var dir = new Argument<string>("DIR") { Description = "the experiment's folder" };
        var selector = new Argument<string[]>("SELECTOR") { Description = "names of runs ('*' stands for anything), or filters such as state=failed, lr<1e-3, name~seed0", Arity = ArgumentArity.OneOrMore };
        var command = new Command(name, description) { dir, selector };
        command.SetAction((parsed, _) => RunAsync(context, name, parsed.GetValue(dir)!, parsed.GetValue(selector) ?? [], applies, wish));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, string name, string dir, string[] words, Func<RunRecord, bool> applies, Func<ImmutableArray<RunId>, WishContent> content)
    {
        if (ExperimentDirs.Find(context, [dir], out var problem) is not { } found) return WatchCommand.Problem(context, problem!);
        if (Selector.TryParse(words, out var mistake) is not { } selector) return WatchCommand.Problem(context, mistake!);
        var follower = new JournalFollower(found[0]);
        follower.Read();
        if (follower.Damage is { } damage) return Talk.Damaged(context, found[0], damage);
        var matching = follower.State.InPlanOrder.Where(selector.Matches).ToList();
        if (matching.Count == 0) return WatchCommand.Problem(context, $"'{string.Join(' ', words)}' matches none of the {follower.State.Runs.Count} runs; they are {string.Join(", ", follower.State.InPlanOrder.Take(8).Select(static r => r.Id))}");
        ImmutableArray<RunId> runs = [.. matching.Where(applies).Select(static r => r.Id)];
        if (runs.IsEmpty)
        {
            context.Talk.WriteLine($"Nothing to {name}: {string.Join(", ", matching.Take(5).Select(static r => $"{r.Id} is {RunWords.State(r).Replace('_', ' ')}"))}");
            return ExitCode.Done;
        }
        var now = context.Time.GetLocalNow();
        return await GrantAsync(context, found[0], new Wish(Inbox.NewId(now), context.User, now, content(runs)), $"{name} {string.Join(", ", runs.Take(5))}{(runs.Length > 5 ? $" and {runs.Length - 5} more" : "")}");
    }

    private static async Task<int> GrantAsync(CliContext context, ExperimentFolder folder, Wish wish, string text)
    {
        using var stopping = new Stopping(context.Talk.WriteLine);
        switch (await WatchCommand.Open(context, folder, stopping.Gently))
        {
            case Opening.HeldBy held:
                if (Refused(folder, wish) is { } reason) return Talk.Unwritable(context, folder, reason);
                context.Talk.WriteLine($"Asked the monitor on {held.Writer.Host} (pid {held.Writer.Pid}): {text}");
                return ExitCode.Done;
            case Opening.Ready { State.Experiment: { } experiment } ready:
                using (var session = MonitorSession.Start(folder, ready, experiment, new PlainScreen(context.Talk), context.Time, out var refusal))
                    return session is null ? Talk.NoScheduler(context, refusal!) : await GrantHereAsync(context, session, folder, wish, stopping.Gently);
            case Opening.Ready:
                return WatchCommand.Problem(context, $"{folder.Root} has a journal without a plan");
            case var other:
                return WatchCommand.Refused(context, folder, other);
        }
    }

    private static string? Refused(ExperimentFolder folder, Wish wish)
    {
        try
        {
            Inbox.Drop(folder, wish);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>Nobody watches: this command does, until the cancelled jobs are gone. Restarted runs are left for the next watch.</summary>
    private static async Task<int> GrantHereAsync(CliContext context, MonitorSession session, ExperimentFolder folder, Wish wish, CancellationToken stop)
    {
        session.Loop.Decide(new Observation.WishRead(wish.At, wish));
        await session.Loop.RunUntilAsync(wish.Content is WishContent.Cancel c ? state => c.Runs.All(r => state.Runs[r.Value].State is RunState.Finished) : static _ => true, stop);
        session.Leave();
        if (session.Loop.Trouble is { } trouble) return Talk.Unwritable(context, folder, trouble);
        if (!session.Loop.State.AllFinished) context.Talk.WriteLine($"Nobody watches {folder.Root} now. To take up the watch: vigil watch {folder.Root}");
        return ExitCode.Done;
    }
}
