using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Views;

namespace Vigil.Cli;

/// <summary>One wish on its way: finds the runs that it is about, hands it to the monitor, or is granted here.</summary>
/// <param name="what">In the words of the answer: <c>hold</c>.</param>
internal sealed class Wishing(CliContext context, string name, string what, Func<ExperimentState, RunRecord, Fit> fits, ImmutableArray<Func<ImmutableArray<RunId>, WishContent>> contents)
{
    private const int Named = 5;

    public async Task<int> RunAsync(string dir, string[] words)
    {
        if (ExperimentDirs.Find(context, [dir], out var problem) is not { } found) return WatchCommand.Problem(context, problem!);
        if (Selector.TryParse(words, out var mistake) is not { } selector) return WatchCommand.Problem(context, mistake!);
        var follower = new JournalFollower(found[0]);
        follower.Read();
        if (follower.Damage is { } damage) return Talk.Damaged(context, found[0], damage);
        var matching = follower.State.InPlanOrder.Where(selector.Matches).ToList();
        if (matching.Count == 0) return WatchCommand.Problem(context, $"'{string.Join(' ', words)}' matches none of the {follower.State.Runs.Count} runs; they are {string.Join(", ", follower.State.InPlanOrder.Take(8).Select(static r => r.Id))}");
        ImmutableArray<RunId> runs = [.. matching.Where(r => fits(follower.State, r).Is is Fit.Kind.Applies).Select(static r => r.Id)];
        if (runs.IsEmpty) return Nothing(follower.State, matching);
        var now = context.Time.GetLocalNow();
        ImmutableArray<Wish> wishes = [.. contents.Select(content => new Wish(Inbox.NewId(now), context.User, now, content(runs)))];
        return await GrantAsync(context, found[0], runs, wishes, $"{what} {TextRules.Names([.. runs.Select(static r => r.Value)], Named)}");
    }

    /// <summary>What cannot be done is the user's mistake; what is so already is not.</summary>
    private int Nothing(ExperimentState state, List<RunRecord> matching)
    {
        var all = TextRules.Names([.. matching.Select(static r => $"{r.Id} is {RunWords.State(r).Replace('_', ' ')}")], Named);
        if (matching.Select(r => fits(state, r).Why).FirstOrDefault(static why => why is not null) is { } why)
            return WatchCommand.Problem(context, $"nothing to {name}: {all}: {why}");
        context.Talk.WriteLine($"Nothing to {name}: {all}");
        return ExitCode.Done;
    }

    /// <summary>Hands wishes to the monitor that lives; where none does, this command is it until they are granted.</summary>
    public static async Task<int> GrantAsync(CliContext context, ExperimentFolder folder, ImmutableArray<RunId> runs, ImmutableArray<Wish> wishes, string text)
    {
        using var stopping = new Stopping(context.Talk.WriteLine);
        switch (await WatchCommand.Open(context, folder, stopping.Gently))
        {
            case Opening.HeldBy held:
                foreach (var wish in wishes)
                    if (Refused(folder, wish) is { } reason) return Talk.Unwritable(context, folder, reason);
                context.Talk.WriteLine($"Asked the monitor on {held.Writer.Host} (pid {held.Writer.Pid}): {text}");
                return ExitCode.Done;
            case Opening.Ready { State.Experiment: { } experiment } ready:
                var screen = new PlainScreen(context.Talk);
                using (var session = MonitorSession.Start(folder, ready, experiment, new RunStarter(context, folder), screen, context.Time, out var refusal))
                    return session is null ? Talk.NoScheduler(context, refusal!) : await GrantHereAsync(context, session, screen, folder, runs, wishes, stopping.Gently);
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

    /// <summary>Nobody watches: this command does, until the cancelled jobs are gone and what was to be changed is changed. Restarted runs are left for the next watch.</summary>
    private static async Task<int> GrantHereAsync(CliContext context, MonitorSession session, PlainScreen screen, ExperimentFolder folder, ImmutableArray<RunId> runs, ImmutableArray<Wish> wishes, CancellationToken stop)
    {
        foreach (var wish in wishes) session.Loop.Decide(new Observation.WishRead(wish.At, wish));
        var isCancel = wishes[0].Content is WishContent.Cancel;
        var end = await session.Loop.RunForAsync([.. runs], state => !isCancel || runs.All(r => state.Runs[r.Value].State is RunState.Finished), stop);
        session.Leave();
        if (session.Loop.Trouble is { } trouble) return Talk.Unwritable(context, folder, trouble);
        if (end is WatchEnd.Deferred)
        {
            context.Talk.WriteLine($"The scheduler takes nothing more just now. What is left of the wish is kept; to have it carried out: vigil watch {folder.Root}");
            return ExitCode.NoScheduler;
        }
        if (!session.Loop.State.AllFinished) context.Talk.WriteLine($"Nobody watches {folder.Root} now. To take up the watch: vigil watch {folder.Root}");
        return screen.ToldARefusal ? ExitCode.RunsFailed : ExitCode.Done;
    }
}
