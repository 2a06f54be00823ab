using System.CommandLine;
using System.Text.Json;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Views;

namespace Vigil.Cli;

/// <summary><c>vigil events</c>: the journal for people, or one entry a line as JSON.</summary>
internal static class EventsCommand
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    public static Command Create(CliContext context)
    {
        var dir = new Argument<string>("DIR") { Description = "the experiment's folder", Arity = ArgumentArity.ZeroOrOne };
        var follow = new Option<bool>("-f", "--follow") { Description = "go on as the journal grows" };
        var json = new Option<bool>("--json") { Description = "one journal entry a line" };
        var command = new Command("events", "what was decided, by whom and why") { dir, follow, json };
        command.SetAction((parsed, _) => RunAsync(context, parsed.GetValue(dir), parsed.GetValue(follow), parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, string? dir, bool follow, bool json)
    {
        if (ExperimentDirs.Find(context, dir is null ? [] : [dir], out var problem) is not { } found) return WatchCommand.Problem(context, problem!);
        if (found.Count > 1) context.Talk.WriteLine($"The newest of {found.Count} experiments here: {found[0].Root}");
        using var stopping = new Stopping(static _ => { });
        var (follower, lines) = (new JournalFollower(found[0]), new EventLines());
        do
        {
            follower.Read((entry, state) =>
            {
                if (json) context.Out.WriteLine(JsonSerializer.Serialize(entry, JournalJson.Plain.JournalEntry));
                else foreach (var line in lines.Add(entry)) context.Out.WriteLine(LogText.Safe(state.SecretsOf(entry).Hide(line)));
            });
            foreach (var line in lines.Flush()) context.Out.WriteLine(LogText.Safe(line));
            await context.Out.FlushAsync();
            if (follower.Damage is { } damage) return Talk.Damaged(context, found[0], damage);
            if (follow) await Pause.ForAsync(LookEvery, context.Time, stopping.Gently);
        }
        while (follow && !stopping.Gently.IsCancellationRequested && !context.OutIsGone());
        return ExitCode.Done;
    }
}
