using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Views;

namespace Vigil.Cli;

/// <summary><c>vigil approve</c>: what actions of rules wait for a person, and the answer to them.</summary>
internal static class ApproveCommand
{
    public static Command Create(CliContext context)
    {
        var dir = new Argument<string?>("DIR") { Description = "the experiment's folder (default: the current one)", Arity = ArgumentArity.ZeroOrOne };
        var selector = new Argument<string[]>("SELECTOR") { Description = "the runs whose actions are to be done; without it, what waits is listed", Arity = ArgumentArity.ZeroOrMore };
        var deny = new Option<bool>("--deny") { Description = "the answer is no: they are not done" };
        var json = new Option<bool>("--json") { Description = "the list as one JSON document" };
        var command = new Command("approve", "let actions be done that rules put before a person, or that could not be done before") { dir, selector, deny, json };
        command.SetAction((parsed, _) => RunAsync(context, parsed.GetValue(dir), parsed.GetValue(selector) ?? [], parsed.GetValue(deny) ? Approval.No : Approval.Yes, parsed.GetValue(json)));
        return command;
    }

    private static Task<int> RunAsync(CliContext context, string? dir, string[] selector, Approval answer, bool json)
    {
        if (selector.Length == 0 && answer is Approval.No) return Task.FromResult(WatchCommand.Problem(context, "--deny answers for runs: name them, or give a filter; 'name~' means all"));
        if (selector.Length == 0) return Task.FromResult(List(context, dir, json));
        if (json) return Task.FromResult(WatchCommand.Problem(context, "--json prints what waits: leave out SELECTOR"));
        var verb = answer is Approval.Yes ? "approve" : "deny";
        return new Wishing(context, verb, verb, static (state, run) => Waits(state, run) ? Fit.Applies : Fit.Needless, [runs => new WishContent.Approve(runs, answer)]).RunAsync(dir!, selector);
    }

    private static bool Waits(ExperimentState state, RunRecord run) =>
        state.Firings.Values.Any(f => f.Attempt.Run == run.Id && f.Steps.Any(static s => s.State is StepState.Asked or StepState.Parked));

    private static int List(CliContext context, string? dir, bool json)
    {
        if (ExperimentDirs.Find(context, dir is null ? [] : [dir], out var problem) is not { } found) return WatchCommand.Problem(context, problem!);
        if (found.Count > 1) return WatchCommand.Problem(context, $"there are {found.Count} experiments here; name the folder of one: vigil approve {found[0].Root}");
        var follower = new JournalFollower(found[0]);
        follower.Read();
        if (follower.Damage is { } damage) return Talk.Damaged(context, found[0], damage);
        var report = new ActionReport(1, follower.State.Experiment?.Name, found[0].Root, ActionStatus.Of(follower.State));
        if (json) context.Out.WriteLine(JsonSerializer.Serialize(report, ReportJson.Plain.ActionReport));
        else Print(context, report);
        return ExitCode.Done;
    }

    private static void Print(CliContext context, ActionReport report)
    {
        foreach (var action in report.Actions)
        {
            // Lines of logs are text, and nothing in them drives the terminal.
            void Line(string text) => context.Out.WriteLine(LogText.Safe(text));
            Line(string.Create(CultureInfo.InvariantCulture, $"{action.Run}  rule {action.Rule}  {(action.State == "asked" ? "asks" : "could not be done")} since {action.Since:yyyy-MM-dd HH:mm:ss}  {action.Firing}#{action.Number}"));
            Line(action.Offset is { } at ? string.Create(CultureInfo.InvariantCulture, $"    seen:    {action.Evidence}  (byte {at} of its log)") : $"    seen:    {action.Evidence}");
            if (action.Action.Length > 0) Line($"    action:  {action.Action}");
            if (action.Note is { Length: > 0 } note) Line($"    why:     {note}");
        }
        if (report.Actions.IsEmpty) context.Talk.WriteLine("No action waits for a person.");
        else context.Talk.WriteLine($"To let a run's actions be done: vigil approve {report.Dir} {report.Actions[0].Run}; not to do them: the same with --deny");
    }
}
