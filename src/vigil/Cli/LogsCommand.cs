using System.CommandLine;
using System.Text.RegularExpressions;
using Vigil.Journaling;
using Vigil.Monitoring;

namespace Vigil.Cli;

/// <summary><c>vigil logs</c>: the output of one run or of all.</summary>
internal static class LogsCommand
{
    private static readonly TimeSpan RegexLimit = TimeSpan.FromSeconds(1);

    public static Command Create(CliContext context)
    {
        var dir = new Argument<string>("DIR") { Description = "the experiment's folder" };
        var run = new Argument<string>("RUN") { Description = "one run (default: all, or the only one)", Arity = ArgumentArity.ZeroOrOne };
        var follow = new Option<bool>("-f", "--follow") { Description = "go on as the log grows, over restarts too" };
        var count = new Option<int>("-n") { Description = "the last lines to show (0: all)", HelpName = "LINES", DefaultValueFactory = static _ => 100 };
        var attempt = new Option<int?>("--attempt") { Description = "an earlier attempt", HelpName = "K" };
        var grep = new Option<string?>("--grep") { Description = "only lines that match, of the whole log", HelpName = "REGEX" };
        var raw = new Option<bool>("--raw") { Description = "the bytes as they are" };
        var command = new Command("logs", "the output of a run") { dir, run, follow, count, attempt, grep, raw };
        command.SetAction((parsed, _) => RunAsync(context, parsed.GetValue(dir)!, parsed.GetValue(run),
            new LogChoices(parsed.GetValue(follow), parsed.GetValue(count), parsed.GetValue(attempt), parsed.GetValue(grep), parsed.GetValue(raw))));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, string dir, string? name, LogChoices choices)
    {
        if (ExperimentDirs.Find(context, [dir], out var problem) is not { } found) return WatchCommand.Problem(context, problem!);
        var follower = new JournalFollower(found[0]);
        follower.Read();
        if (follower.Damage is { } damage) return Talk.Damaged(context, found[0], damage);
        var runs = follower.State.InPlanOrder.Where(r => name is null || r.Id.Value == name).ToList();
        if (runs.Count == 0) return WatchCommand.Problem(context, $"there is no run '{name}' here; the runs are {string.Join(", ", follower.State.InPlanOrder.Take(8).Select(static r => r.Id))}");
        if (choices.Follow && runs.Count > 1) return WatchCommand.Problem(context, $"-f follows one run; name it, for example: vigil logs {dir} {runs[0].Id} -f");
        if (!TryPattern(choices.Grep, out var pattern, out var reason)) return WatchCommand.Problem(context, $"--grep '{choices.Grep}' is no pattern that can be used here: {reason}");
        return await PrintAsync(context, found[0], follower, runs, choices, pattern);
    }

    private static async Task<int> PrintAsync(CliContext context, ExperimentFolder folder, JournalFollower follower, List<RunRecord> runs, LogChoices choices, Regex? pattern)
    {
        var shown = 0;
        foreach (var run in runs)
        {
            if (Chosen(run, choices.Attempt)?.Log is not { } log || !File.Exists(log)) continue;
            shown++;
            if (runs.Count > 1 && pattern is null) context.Out.WriteLine($"==> {run.Id} <==");
            LogPrinter.Print(context.Out, log, choices, pattern, runs.Count > 1 ? $"{run.Id}: " : "");
        }
        if (choices.Follow)
        {
            using var stopping = new Stopping(static _ => { });
            await new LogFollowing(context, folder, follower, runs[0].Id, pattern).RunAsync(stopping.Gently);
            return ExitCode.Done;
        }
        if (shown > 0) return ExitCode.Done;
        context.Talk.WriteLine(choices.Attempt is { } k ? $"There is no log of attempt {k}." : "Nothing has been logged yet.");
        return ExitCode.Done;
    }

    private static AttemptRecord? Chosen(RunRecord run, int? attempt) => attempt is null ? run.LastAttempt : run.Attempts.FirstOrDefault(a => a.Id.Number == attempt);

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

/// <summary>How logs are shown. <c>Lines</c> 0 shows all.</summary>
internal sealed record LogChoices(bool Follow, int Lines, int? Attempt, string? Grep, bool Raw);
