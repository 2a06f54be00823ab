using System.Globalization;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>
/// Decides between those who want something of one run: a person first, then what is proved of its job, its budgets, the rules (cancel before finish before restart),
/// and <c>job.restart</c> last. One wins; the others are told so.
/// </summary>
internal static class Arbiter
{
    /// <summary>What one line, one state or one silence fires together: whoever cancels goes before who finishes, and both before all others, so that these are told that they lost.</summary>
    public static IEnumerable<T> InOrder<T>(IEnumerable<T> fired, Func<T, Rule> rule) =>
        fired.OrderBy(one => rule(one).Do.Select(static b => b.Action is RuleAction.Cancel ? 0 : b.Action is RuleAction.Finish ? 1 : 2).DefaultIfEmpty(2).Min());

    /// <param name="why">What was seen, in words; null where the firing of a rule tells.</param>
    public static (ActionOutcome Outcome, string? Note) Restart(Decision decision, RunRecord run, AttemptId attempt, string reason, RuleAction.Restart ask, string by, string? why = null)
    {
        if (NoRestart(run, attempt) is { } stands) return (ActionOutcome.Superseded, stands);
        switch (run.State)
        {
            case RunState.Finished { Outcome: Outcome.Failed or Outcome.Lost }: return Reopen(decision, run, attempt, by);
            case RunState.Finished: return (ActionOutcome.Superseded, "the run is over");
            case RunState.Waiting: return (ActionOutcome.Superseded, "the run is tried again already");
        }
        decision.Add(new RunEvent.RestartRequested(attempt, ask.Cause, reason, by) { Exclude = ask.Exclude, Why = why });
        End(decision, run);
        return (ActionOutcome.Done, $"{attempt} is ended, to be tried again");
    }

    /// <summary>Why no rule may restart the run at all; null when one may ask.</summary>
    public static string? NoRestart(RunRecord run, AttemptId attempt) => Superseded(run, attempt)
        ?? (run.Finish is { } finish ? $"it is finished: {finish.Reason}"
            : run.Restart is { } other ? $"{other.By} restarts it already"
            : run.State is RunState.Finished { Outcome: Outcome.Completed } ? "the run completed" : null);

    public static (ActionOutcome Outcome, string? Note) Cancel(Decision decision, RunRecord run, AttemptId attempt, string reason, string by)
    {
        if (Superseded(run, attempt) is { } why) return (ActionOutcome.Superseded, why);
        if (run.State is RunState.Finished) return (ActionOutcome.Superseded, "the run is over");
        decision.Add(new RunEvent.CancelRequested(run.Id, by) { Reason = reason });
        if (run.State is RunState.Waiting) decision.Add(new RunEvent.RunFinished(run.Id, Outcome.Cancelled, reason));
        else End(decision, run);
        return (ActionOutcome.Done, $"{run.Id} is cancelled");
    }

    public static (ActionOutcome Outcome, string? Note) Finish(Decision decision, RunRecord run, AttemptId attempt, string reason, string by)
    {
        if (Superseded(run, attempt) is { } why) return (ActionOutcome.Superseded, why);
        if (run.State is RunState.Finished or RunState.Waiting) return (ActionOutcome.Superseded, "its job is over");
        if (run.Finish is { } other) return (ActionOutcome.Superseded, $"{other.By} finishes it already");
        decision.Add(new RunEvent.FinishRequested(run.Id, reason, by));
        return (ActionOutcome.Done, $"{run.Id} counts as done");
    }

    /// <summary>Why a failed attempt may not be followed by another; null when it may. What the run has had since a person last gave it a fresh budget counts.</summary>
    public static string? Exhausted(RunRecord run, FailureCause cause)
    {
        var policy = run.Plan.Restart;
        if (run.Attempts.Length >= run.AllowedAttempts) return Ending.TooManyAttempts;
        var attempts = run.Attempts.Skip(run.AllowedAttempts - run.Plan.MostAttempts()).ToList();
        if (policy.Budgets is { } budgets && budgets.FirstOrDefault(b => b.Cause == cause) is { } budget && attempts.Count(a => a.Cause == cause) > budget.Restarts)
            return string.Create(CultureInfo.InvariantCulture, $"BUDGET: {budget.Restarts} restarts after {RestartSpec.Word(cause)}");
        if (policy.MaxGpuHours is { } hours && GpuHours(run) >= hours) return string.Create(CultureInfo.InvariantCulture, $"BUDGET: {hours} GPU-hours");
        return null;
    }

    private static double GpuHours(RunRecord run)
    {
        var gpus = run.Plan.TimeLimit is { TotalHours: > 0 and var limit } && run.Plan.GpuHours > 0 ? run.Plan.GpuHours / limit : run.Plan.Resources.Gpus;
        return gpus * run.Attempts.Sum(static a => a is { Started: { } from, Ended: { } to } && to > from ? (to - from).TotalHours : 0);
    }

    /// <summary>Why what is asked of this attempt is not done; null when nothing stands above it.</summary>
    private static string? Superseded(RunRecord run, AttemptId attempt)
    {
        if (run.CancelledBy is { } by) return $"{by} cancels the run";
        if (run.StopReason is { } reason) return $"the run is ended: {reason}";
        if (run.LastAttempt is not { } last || last.Id.Number != attempt.Number || last.Id.Requeue != attempt.Requeue) return $"{attempt} is over";
        return null;
    }

    /// <summary>The attempt failed by itself before the rule could ask.</summary>
    private static (ActionOutcome, string?) Reopen(Decision decision, RunRecord run, AttemptId attempt, string by)
    {
        var cause = run.LastKnown(attempt)?.Cause ?? FailureCause.Crash;
        if (cause is FailureCause.UserError) return (ActionOutcome.Superseded, "a user's error is not tried again");
        if (Exhausted(run, cause) is { } why) return (ActionOutcome.Superseded, why);
        if (Ending.GoesInCircles(run)) return (ActionOutcome.Superseded, "CRASH_LOOP");
        decision.Add(new RunEvent.RunDelayed(run.Id, decision.Now + Ending.Delay(run.Plan.Restart, run.Attempts.Length)));
        decision.Add(Retrying.SkippedFor(decision.State, run.Id));
        return (ActionOutcome.Done, $"{by} lets it be tried again");
    }

    /// <summary>Ends the job that the scheduler holds for the run, with the links of its chain.</summary>
    public static void End(Decision decision, RunRecord run)
    {
        if (run.State.Held is not { } held) return;
        decision.Add(Cancelling.Request(held.Attempt, held.Job));
        decision.Add(Cancelling.Links(run, held.Attempt));
    }
}
