using System.Collections.Immutable;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>How the state follows what happens to firings.</summary>
internal static class FiringFold
{
    public static ExperimentState Apply(ExperimentState state, RunEvent e, DateTimeOffset at) => e switch
    {
        RunEvent.RuleFired fired => Fired(state, fired, at),
        RunEvent.ActionAsked asked => Step(state, asked.Firing, asked.Action, new(StepState.Asked, at)),
        RunEvent.ActionReopened opened => Step(state, opened.Firing, opened.Action, new(StepState.Acting, at)),
        RunEvent.ActionSettled settled => Settled(state, settled, at),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static ExperimentState Fired(ExperimentState state, RunEvent.RuleFired fired, DateTimeOffset at)
    {
        state = state.With(fired.Attempt.Run, at, run => Tallied(run, fired));
        if (fired.Actions.IsEmpty || state.RuleSets?.GetValueOrDefault(fired.Set)?.Rules.FirstOrDefault(r => r.Name == fired.Rule) is not { } rule) return state;
        var steps = Enumerable.Range(0, rule.Do.Length).Select(i => new FiringStep(fired.Actions.Contains(i) ? StepState.Waiting : StepState.Settled, at)).ToImmutableArray();
        return state with { Firings = state.Firings.SetItem(fired.Firing, new Firing(fired.Firing, fired.Attempt, fired.Set, fired.Rule, at, fired.Evidence, fired.Fields, steps)) };
    }

    private static RunRecord Tallied(RunRecord run, RunEvent.RuleFired fired)
    {
        var tallies = run.Tallies ?? ImmutableSortedDictionary.Create<string, RuleTally>(StringComparer.Ordinal);
        var tally = tallies.GetValueOrDefault(fired.Rule) ?? new(0, "", null);
        run = run with { Tallies = tallies.SetItem(fired.Rule, tally with { Fired = tally.Fired + 1, Mark = fired.Mark }) };
        if (fired.Evidence is not { Offset: { } offset, File: { } file }) return run;
        return run.WithAttempt(fired.Attempt, a => a with { LogFile = file, Cursor = a.LogFile is { } known && known.Generation == file.Generation ? Math.Max(a.Cursor, offset + 1) : offset + 1 });
    }

    private static ExperimentState Settled(ExperimentState state, RunEvent.ActionSettled settled, DateTimeOffset at)
    {
        if (!state.Firings.TryGetValue(settled.Firing, out var firing)) return state;
        if (settled.Outcome is ActionOutcome.Done) state = Tally(state, firing, at, tally => tally with { Acted = at });
        if (settled.Outcome is ActionOutcome.Superseded && firing.Steps.Length == 1) state = Tally(state, firing, at, static tally => tally with { Vain = tally.Vain + 1 });
        return Step(state, settled.Firing, settled.Action, new(settled.Outcome is ActionOutcome.Parked ? StepState.Parked : StepState.Settled, at, settled.Note));
    }

    private static ExperimentState Tally(ExperimentState state, Firing firing, DateTimeOffset at, Func<RuleTally, RuleTally> change) =>
        state.With(firing.Attempt.Run, at, run => run.Tally(firing.Rule) is { } tally ? run with { Tallies = run.Tallies!.SetItem(firing.Rule, change(tally)) } : run);

    /// <summary>A firing whose steps are all settled is forgotten; the journal has it.</summary>
    private static ExperimentState Step(ExperimentState state, string id, int action, FiringStep step)
    {
        if (!state.Firings.TryGetValue(id, out var firing) || action < 0 || action >= firing.Steps.Length) return state;
        var changed = firing.With(action, step);
        return state with { Firings = changed.Steps.All(static s => s.State is StepState.Settled) ? state.Firings.Remove(id) : state.Firings.SetItem(id, changed) };
    }
}
