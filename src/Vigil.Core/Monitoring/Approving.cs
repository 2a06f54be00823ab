using System.Collections.Immutable;
using Vigil.Planning;

namespace Vigil.Monitoring;

/// <summary>A person's answer to the actions that wait for one.</summary>
internal static class Approving
{
    public static ImmutableArray<RunEvent> Decide(ExperimentState state, ImmutableArray<RunId> runs, Approval answer, Wish wish)
    {
        var decision = new Decision(state, wish.At);
        foreach (var firing in state.Firings.Values.Where(f => runs.Contains(f.Attempt.Run)))
            for (var i = 0; i < firing.Steps.Length; i++)
                if (firing.Steps[i].State is StepState.Asked or StepState.Parked) Answer(decision, firing.Id, i, answer, wish.By);
        return decision.Events;
    }

    private static void Answer(Decision decision, string id, int action, Approval answer, string by)
    {
        if (answer is Approval.No) decision.Add(new RunEvent.ActionSettled(id, action, ActionOutcome.Denied, by));
        else if (Firings.Find(decision.State, id) is var (firing, run, rule))
        {
            decision.Add(new RunEvent.ActionReopened(id, action, by));
            Acting.Do(decision, firing, run, rule, action);
        }
    }
}
