using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Vigil.Monitoring;
using Vigil.Spec;

namespace Vigil.Views;

/// <summary>An action of a rule that waits for a person: it is to be approved, or could not be done.</summary>
/// <param name="Number">Its place among the rule's actions, from 0.</param>
/// <param name="Action">What it does, with its texts filled.</param>
/// <param name="State"><c>asked</c> or <c>parked</c>.</param>
/// <param name="Evidence">The line of the log, or what was seen.</param>
/// <param name="Offset">The byte at which the line begins; null: it was no line.</param>
/// <param name="Note">Why it is parked; null: there is nothing to say.</param>
public sealed record ActionStatus(string Firing, int Number, string Run, string Rule, string Action, string State, DateTimeOffset Since, string Evidence, long? Offset, string? Note)
{
    /// <summary>Oldest first.</summary>
    public static ImmutableArray<ActionStatus> Of(ExperimentState state)
    {
        var waiting = ImmutableArray.CreateBuilder<ActionStatus>();
        foreach (var firing in state.Firings.Values)
            for (var i = 0; i < firing.Steps.Length; i++)
                if (firing.Steps[i] is { State: StepState.Asked or StepState.Parked } step)
                    waiting.Add(new(firing.Id, i, firing.Attempt.Run.Value, firing.Rule, state.SecretsOf(firing.Attempt.Run).Hide(Text(state, firing, i)), step.State is StepState.Asked ? "asked" : "parked", step.Since, firing.Evidence.Text, firing.Evidence.Offset, step.Note));
        return [.. waiting.OrderBy(static a => a.Since).ThenBy(static a => a.Offset).ThenBy(static a => a.Firing, StringComparer.Ordinal).ThenBy(static a => a.Number)];
    }

    private static string Text(ExperimentState state, Firing firing, int action)
    {
        if (Firings.Find(state, firing.Id) is not var (_, run, rule)) return "";
        var texts = new EventTexts(state, run, firing.Fields);
        return rule.Do[action].Action switch
        {
            RuleAction.Restart { Reason: var reason } => $"restart {firing.Attempt}{Because(reason)}",
            RuleAction.Cancel { Reason: var reason } => $"cancel {run.Id}{Because(reason)}",
            RuleAction.Finish { Reason: var reason } => $"finish {run.Id}{Because(reason)}",
            RuleAction.StartRun start => $"start a run from {texts.Path(start.Config)}{(start.Overrides.IsEmpty ? "" : $" with {string.Join(' ', start.Overrides.Select(texts.Text))}")}",
            RuleAction.RunCommand command => $"run {string.Join(' ', command.Words.Select(texts.Text))}",
            RuleAction.Log log => $"log {texts.Text(log.Message)}",
            RuleAction.AppendToFile append => $"append to {texts.Path(append.Path)}: {texts.Text(append.Content)}",
            RuleAction.ExcludeNodes exclude => $"keep off {(exclude.Nodes.Length > 0 ? texts.Text(exclude.Nodes) : run.LastAttempt?.Host ?? "its nodes")}{(exclude.For is { } span ? string.Create(CultureInfo.InvariantCulture, $" for {Duration.Text(span)}") : "")}",
            RuleAction.PublishEvent publish => $"publish {publish.Event}",
            RuleAction.Notify notify => $"notify {(notify.To.Length > 0 ? notify.To : "everybody")}{(notify.Message.Length > 0 ? $": {texts.Text(notify.Message)}" : "")}",
            _ => throw new UnreachableException(),
        };

        string Because(string reason) => reason.Length > 0 ? $" ({texts.Text(reason)})" : "";
    }
}
