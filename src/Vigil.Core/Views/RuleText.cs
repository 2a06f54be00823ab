using System.Diagnostics;
using System.Globalization;
using Vigil.Monitoring;
using Vigil.Spec;

namespace Vigil.Views;

/// <summary>What rules saw and did, as people read it.</summary>
internal static class RuleText
{
    private const int LongestEvidence = 200;

    public static string Describe(RunEvent e) => e switch
    {
        RunEvent.RulesPlanned r => r.Set.Rules.Length == 1 ? $"1 rule ({r.Set.Id})" : string.Create(CultureInfo.InvariantCulture, $"{r.Set.Rules.Length} rules ({r.Set.Id})"),
        RunEvent.ChannelsPlanned c => c.Set.Channels.IsEmpty ? "notifications go nowhere" : $"notifications go to {string.Join(", ", c.Set.Channels.Keys)}",
        RunEvent.RuleFired f => $"{f.Attempt}: rule {f.Rule} fired{(f.Evidence.Offset is { } at ? string.Create(CultureInfo.InvariantCulture, $" at byte {at}") : "")}: {Short(f.Evidence.Text)}{Bound(f)}",
        RunEvent.ActionAsked a => $"a person is asked: {Action(a.Firing, a.Action)}",
        RunEvent.ActionReopened a => $"{a.By} acts: {Action(a.Firing, a.Action)}",
        RunEvent.ActionSettled s => $"{Outcome(s.Outcome)}: {Action(s.Firing, s.Action)}{(s.Note is { Length: > 0 } note ? $": {Short(note)}" : "")}",
        RunEvent.RestartRequested r => $"{r.By} restarts {r.Attempt} ({r.Reason}{(r.Cause is { } cause ? $", cause {RunWords.Cause(cause)}" : "")}){(r.Why is { } why ? $": {why}" : "")}",
        RunEvent.FinishRequested f => $"{f.By} finishes {f.Run} ({f.Reason}): it counts as done, and its job may end by itself within {Duration.Text(Finishing.Grace)}, then it is ended",
        RunEvent.StartConditionsMet s => s.Best is { } best ? $"{s.Run} may start: its conditions hold, and the best epoch is {best}" : $"{s.Run} may start: its conditions hold",
        RunEvent.NodesExcluded n => $"{n.By} keeps off {n.Nodes}{(n.Until is { } until ? string.Create(CultureInfo.InvariantCulture, $" until {until:HH:mm:ss}") : "")}",
        RunEvent.EventPublished p => $"{p.Run}: event {p.Event}",
        _ => throw new UnreachableException(),
    };

    public static string Effect(Effect.OfAction action) => action switch
    {
        Effect.RunCommand command => $"run {string.Join(' ', command.Words)}",
        Effect.StartRun { InPlaceOf: { } run } start => $"plan {run} anew with {string.Join(' ', start.Overrides)}",
        Effect.StartRun start => $"start a run from {start.Config}{(start.Overrides.IsEmpty ? "" : $" with {string.Join(' ', start.Overrides)}")}",
        Effect.AppendToFile append => $"append to {append.Path}",
        Effect.Notify notify => $"notify {(notify.To.Length > 0 ? notify.To : "everybody")}: {Short(notify.Message)}",
        _ => throw new UnreachableException(),
    };

    private static string Action(string firing, int action) => string.Create(CultureInfo.InvariantCulture, $"{firing}#{action}");

    private static string Bound(RunEvent.RuleFired fired) =>
        fired.LastOf is { } most ? string.Create(CultureInfo.InvariantCulture, $"; it has fired {most} times for this run: from here on it is neither recorded nor acted on") : "";

    private static string Outcome(ActionOutcome outcome) => outcome switch
    {
        ActionOutcome.Done => "done",
        ActionOutcome.GateFailed => "not done, its condition does not hold",
        ActionOutcome.Superseded => "superseded",
        ActionOutcome.Limited => "not done, at its limit",
        ActionOutcome.Parked => "needs a person",
        ActionOutcome.Denied => "denied",
        ActionOutcome.DryRun => "would be done",
        _ => throw new UnreachableException(),
    };

    private static string Short(string text) => text.Length <= LongestEvidence ? text : $"{text[..LongestEvidence]}…";
}
