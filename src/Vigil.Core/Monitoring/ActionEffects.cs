using System.Collections.Immutable;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>What follows when an effect of a rule's action went well, or did not: it is tried again, and then parked for a person. The watch goes on.</summary>
internal static class ActionEffects
{
    private const int Tries = 8;

    public static ImmutableArray<RunEvent> Settled(ExperimentState state, Observation.EffectSettled seen, PendingEffect pending, Effect.OfAction action)
    {
        if (seen.Result is EffectResult.Refused { Retryable: true } again && pending.Tries + 1 < Most(action)) return [new RunEvent.EffectDeferred(seen.Effect, again.Reason, seen.At + Decider.Backoff(pending.Tries))];
        var decision = Begun(state, seen);
        if (seen.Result is EffectResult.Planned planned) decision.Add(Started(state, planned));
        var (outcome, note) = seen.Result switch
        {
            EffectResult.Refused refused => (ActionOutcome.Parked, refused.Reason),
            EffectResult.Planned when Changed(decision, action) is { } restarted => restarted,
            EffectResult.Planned { Runs: var runs } => (ActionOutcome.Done, string.Join(", ", runs.Select(static r => r.Id.Value))),
            EffectResult.Done { Note: var text } => (ActionOutcome.Done, text),
            _ => (ActionOutcome.Done, null),
        };
        // Planned for a restart that does not come: the run stays what it was.
        if (outcome is not ActionOutcome.Done && action is Effect.StartRun { InPlaceOf: not null }) decision = Begun(state, seen);
        decision.Add(new RunEvent.ActionSettled(action.Firing, action.Action, outcome, note));
        return decision.Events;
    }

    private static Decision Begun(ExperimentState state, Observation.EffectSettled seen)
    {
        var decision = new Decision(state, seen.At);
        decision.Add(new RunEvent.EffectCompleted(seen.Effect, seen.Result));
        return decision;
    }

    /// <summary>What comes of a restart whose configuration was planned anew; null for a new run.</summary>
    private static (ActionOutcome, string?)? Changed(Decision decision, Effect.OfAction action) =>
        action is Effect.StartRun { InPlaceOf: not null } && Firings.Find(decision.State, action.Firing) is var (firing, run, rule) && rule.Do[action.Action].Action is RuleAction.Restart restart
            ? Acting.Restart(decision, firing, run, rule, restart)
            : null;

    private static int Most(Effect.OfAction action) => action is Effect.RunCommand { Tries: var tries } ? tries : Tries;

    private static IEnumerable<RunEvent> Started(ExperimentState state, EffectResult.Planned planned)
    {
        foreach (var set in planned.Rules.Where(r => state.RuleSets?.ContainsKey(r.Id) is not true)) yield return new RunEvent.RulesPlanned(set);
        var next = state.Runs.Values.Select(static r => r.Plan.Index).DefaultIfEmpty(-1).Max() + 1;
        foreach (var run in planned.Runs) yield return new RunEvent.RunPlanned(run with { Index = state.Runs.TryGetValue(run.Id.Value, out var known) ? known.Plan.Index : next++ });
    }
}
