using System.CommandLine;
using System.Text.RegularExpressions;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary><c>vigil logs</c>: the output of one run or of all.</summary>
internal static class LogsCommand
{
    private static readonly TimeSpan RegexLimit = TimeSpan.FromSeconds(1);

    public static Command Create(CliContext context)
    {
        var dir = new Argument<string?>("DIR") { Description = "the experiment's folder (default: the current one)", Arity = ArgumentArity.ZeroOrOne };
        var run = new Argument<string?>("RUN") { Description = "one run (default: all, or the only one)", Arity = ArgumentArity.ZeroOrOne };
        var follow = new Option<bool>("-f", "--follow") { Description = "go on as the log grows, over restarts too" };
        var count = new Option<int?>("-n") { Description = "the last lines to show (default: 100; 0: all; with --raw all)", HelpName = "LINES" };
        var attempt = new Option<string?>("--attempt") { Description = "one attempt: 2; 2.r1 after the scheduler queued it again", HelpName = "K" };
        var grep = new Option<string?>("--grep") { Description = "only lines that match, of the whole log, in one run or in all", HelpName = "REGEX" };
        var raw = new Option<bool>("--raw") { Description = "the bytes as they are, control characters too" };
        var command = new Command("logs", "the output of a run") { dir, run, follow, count, attempt, grep, raw };
        command.SetAction((parsed, _) => RunAsync(context, parsed.GetValue(dir), parsed.GetValue(run),
            new LogChoices(parsed.GetValue(follow), parsed.GetValue(count), parsed.GetValue(attempt), parsed.GetValue(grep), parsed.GetValue(raw))));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, string? dir, string? name, LogChoices choices)
    {
        if (ExperimentDirs.Find(context, dir is null ? [] : [dir], out var problem) is not { } found) return WatchCommand.Problem(context, problem!);
        if (found.Count > 1) return WatchCommand.Problem(context, $"there are {found.Count} experiments here; name the folder of one: vigil logs {found[0].Root}");
        var follower = new JournalFollower(found[0]);
        follower.Read();
        if (follower.Damage is { } damage) return Talk.Damaged(context, found[0], damage);
        var runs = follower.State.InPlanOrder.Where(r => name is null || r.Id.Value == name).ToList();
        if (runs.Count == 0) return WatchCommand.Problem(context, $"there is no run '{name}' here; the runs are {string.Join(", ", follower.State.InPlanOrder.Take(8).Select(static r => r.Id))}{(follower.State.Runs.Count > 8 ? " …" : "")}");
        if (choices.Follow && runs.Count > 1) return WatchCommand.Problem(context, $"-f follows one run; name it, for example: vigil logs {found[0].Root} {runs[0].Id} -f");
        if (choices is { Follow: true, Attempt: not null }) return WatchCommand.Problem(context, "-f follows the newest attempt: leave out --attempt, or leave out -f");
        if (choices.Lines < 0) return WatchCommand.Problem(context, $"-n {choices.Lines} is no number of lines");
        if (choices.Attempt is { } typed && !(AttemptId.TryParse($"x.{typed}", out var named) && named.Run.Value == "x")) return WatchCommand.Problem(context, $"--attempt {typed} names no attempt: write its number, 2, or 2.r1 for what ran after the scheduler queued it again");
        if (!TryPattern(choices.Grep, out var pattern, out var reason)) return WatchCommand.Problem(context, $"--grep '{choices.Grep}' is no pattern that can be used here: {reason}");
        return await PrintAsync(context, found[0], follower, runs, choices, pattern);
    }

    private static async Task<int> PrintAsync(CliContext context, ExperimentFolder folder, JournalFollower follower, List<RunRecord> runs, LogChoices choices, Regex? pattern)
    {
        if (choices.Follow)
        {
            using var stopping = new Stopping(static _ => { });
            return await new LogFollowing(context, folder, follower, runs[0].Id, choices, pattern).RunAsync(stopping.Gently);
        }
        var shown = 0;
        foreach (var run in runs)
        {
            if (Chosen(run, choices.Attempt) is not { } log || !File.Exists(log.Path)) continue;
            if (new FileInfo(log.Path).Length > log.From) shown++;
            if (runs.Count > 1 && pattern is null) context.Out.WriteLine($"==> {run.Id} <==");
            new LogPrinter(context, log, choices, pattern, runs.Count > 1 && pattern is not null ? $"{run.Id}: " : "").Print(LogIs.Over);
        }
        if (shown > 0) return ExitCode.Done;
        context.Talk.WriteLine(choices.Attempt is { } k ? $"There is no log of attempt {k}." : "Nothing has been logged yet.");
        return ExitCode.Done;
    }

    /// <summary>The newest attempt's whole log, or the part that one attempt wrote.</summary>
    private static LogPart? Chosen(RunRecord run, string? attempt) => attempt is null
        ? run.LastAttempt?.Log is { } log ? new LogPart(log) : null
        : run.Attempts.FirstOrDefault(a => a.Id.Folder == attempt) is { } chosen ? LogPart.Of(run, chosen) : null;

    private static bool TryPattern(string? text, out Regex? pattern, out string reason)
    {
        (pattern, reason) = (null, "");
        if (text is null) return true;
        try
        {
            pattern = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, RegexLimit);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            reason = e.Message;
            return false;
        }
    }
}

/// <summary>How logs are shown.</summary>
/// <param name="Lines">As asked for; 0 is all, null was not asked.</param>
internal sealed record LogChoices(bool Follow, int? Lines, string? Attempt, string? Grep, bool Raw)
{
    /// <summary>The last lines to show; null: all.</summary>
    public int? Shown => Lines switch
    {
        null => Raw ? null : 100,
        0 => null,
        var count => count,
    };
}
