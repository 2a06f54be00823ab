using System.Collections.Immutable;
using System.Globalization;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>Fires the rules that a line of a log, a change of a job, or the time concerns.</summary>
internal static class RuleTriggers
{
    private const int MostEndsTold = 3;

    /// <summary>What a line of a running or just ended job's log means: a checkpoint, and rules that fire, in one decision with the place that was read.</summary>
    public static ImmutableArray<RunEvent> Line(ExperimentState state, Observation.LineSeen seen)
    {
        if (!state.Runs.TryGetValue(seen.Attempt.Run.Value, out var run) || run.LastKnown(seen.Attempt) is not { } attempt || IsKnown(attempt, seen)) return [];
        var decision = new Decision(state, seen.At);
        if (seen.Checkpoint is { } checkpoint)
        {
            decision.Add(new RunEvent.CheckpointSaved(seen.Attempt, checkpoint.Step, checkpoint.Path, seen.Offset + 1) { File = seen.File });
            foreach (var rule in state.RulesOf(run).Rules)
                if (rule.When is Trigger.CheckpointSeen wanted && Means(wanted, checkpoint.Step)) Fire(decision, rule, seen, ImmutableSortedDictionary<string, string>.Empty);
        }
        var rules = state.RulesOf(run).Rules;
        foreach (var (rule, fields) in Arbiter.InOrder(seen.Hits.Select(hit => (Rule: rules.FirstOrDefault(r => r.Name == hit.Rule)!, hit.Fields)).Where(static h => h.Rule is not null), static h => h.Rule))
            Fire(decision, rule, seen, fields);
        return decision.Events;
    }

    private static bool IsKnown(AttemptRecord attempt, Observation.LineSeen seen) =>
        attempt.LogFile is { } known ? seen.File is { } file && (file.Generation < known.Generation || file.Generation == known.Generation && seen.Offset < attempt.Cursor) : seen.Offset < attempt.Cursor;

    private static bool Means(Trigger.CheckpointSeen wanted, long step) =>
        (wanted.Every is not { } every || step % every == 0) && (wanted.Steps.IsEmpty || wanted.Steps.Contains(step));

    private static void Fire(Decision decision, Rule rule, Observation.LineSeen seen, ImmutableSortedDictionary<string, string> fields)
    {
        var run = decision.State.Runs[seen.Attempt.Run.Value];
        var mark = string.Create(CultureInfo.InvariantCulture, $"{(seen.File is { Generation: > 0 and var generation } ? $"g{generation}:" : "")}{seen.Offset}");
        Firings.Fire(decision, run, run.LastKnown(seen.Attempt)!, rule, mark, new(seen.Text) { Offset = seen.Offset, File = seen.File }, fields.SetItem("line", seen.Text));
    }

    /// <summary>Rules about the states of jobs.</summary>
    /// <param name="before">The attempt as it was before this was decided.</param>
    public static void State(Decision decision, AttemptRecord before, JobState to)
    {
        var run = decision.State.Runs[before.Id.Run.Value];
        foreach (var rule in Arbiter.InOrder(decision.State.RulesOf(run).Rules, static r => r))
        {
            if (rule.When is not Trigger.StateChange change || change.From is { } from && !StateWords.Matches(from, before.State) || change.To is { } word && !StateWords.Matches(word, to)) continue;
            // Who was cancelled on purpose did not crash.
            if (to is JobState.Cancelled && change.To?.Text == "crash" && (run.CancelledBy ?? run.StopReason) is not null) continue;
            run = decision.State.Runs[run.Id.Value];
            Firings.Fire(decision, run, run.LastKnown(before.Id)!, rule, $"state:{StateWords.Of(to)}", new($"its job is {StateWords.Of(to)}{(run.LastKnown(before.Id)?.Reason is { } reason ? $" ({reason})" : "")}"), Fields(run.LastKnown(before.Id)!, to));
        }
    }

    /// <summary>Rules about a run that has just ended for good, and only a person can help it.</summary>
    public static void NeedsPerson(Decision decision, AttemptId attempt)
    {
        var run = decision.State.Runs[attempt.Run.Value];
        if (run.State is not RunState.Finished { Outcome: Outcome.NeedsPerson, Reason: var reason } || run.LastKnown(attempt) is not { } last) return;
        var fields = ImmutableSortedDictionary<string, string>.Empty.Add("state", States.NeedsPerson.Text).Add("reason", reason ?? "").Add("ends", Ends(run));
        foreach (var rule in decision.State.RulesOf(run).Rules)
            if (rule.When is Trigger.StateChange { From: null, To: { } to } && to == States.NeedsPerson)
                Firings.Fire(decision, decision.State.Runs[run.Id.Value], last, rule, "needs_person", new($"the run needs a person ({reason})"), fields);
    }

    /// <summary>How the last attempts ended, which tells whether it is always the same.</summary>
    private static string Ends(RunRecord run) =>
        string.Join(", ", run.Attempts.Where(static a => a.Ended is not null).TakeLast(MostEndsTold).Select(static a => $"{a.Id} {a.Reason ?? StateWords.Of(a.State)}"));

    private static ImmutableSortedDictionary<string, string> Fields(AttemptRecord attempt, JobState to)
    {
        var fields = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        fields["state"] = StateWords.Of(to);
        fields["slurm_state"] = StateWords.Of(to).ToUpperInvariant();
        fields["reason"] = attempt.Reason ?? "";
        fields["exit_code"] = attempt.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "";
        fields["signal"] = attempt.Signal?.ToString(CultureInfo.InvariantCulture) ?? "";
        if (StateWords.ClassOf(to) is "crash") (fields["error_type"], fields["subsystem"]) = (to is JobState.Cancelled ? "cancelled" : "slurm_failure", "slurm");
        if (to is JobState.Timeout) fields["error_type"] = "timeout";
        return fields.ToImmutable();
    }

    /// <summary>Rules that fire some time after their attempt began.</summary>
    public static ImmutableArray<RunEvent> Time(ExperimentState state, DateTimeOffset now)
    {
        if (state.RuleSets is null || !state.RuleSets.Values.Any(static s => s.Rules.Any(static r => r.When is Trigger.At))) return [];
        var decision = new Decision(state, now);
        foreach (var run in state.AllRuns)
        {
            if (run.State is not RunState.Running running || run.LastKnown(running.Attempt) is not { Started: { } started } attempt) continue;
            foreach (var rule in state.RulesOf(run).Rules)
                if (rule.When is Trigger.At at && now - started >= at.After)
                    Firings.Fire(decision, decision.State.Runs[run.Id.Value], attempt, rule, "at", new($"it has run for {Duration.Text(at.After)}"), ImmutableSortedDictionary<string, string>.Empty);
        }
        return decision.Events;
    }
}
