using System.Collections.Immutable;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>What follows when a scheduler reports on a job: it started, was queued again, or ended and the run is over or tried again.</summary>
internal static class Ending
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    /// <summary>The reason of a run whose requeues used up its attempts.</summary>
    public const string TooManyAttempts = "MAX_ATTEMPTS";

    /// <summary>How the reason of a run begins whose job completed without leaving what it was to leave.</summary>
    public const string MissingOutput = "MISSING_OUTPUT";

    public static ImmutableArray<RunEvent> Decide(ExperimentState state, Observation.JobReported seen)
    {
        var report = Checked(seen.Report);
        seen = seen with { Report = report };
        if (!state.Runs.TryGetValue(report.Attempt.Run.Value, out var run) || run.State.Held is not { } held || held.Attempt.Number != report.Attempt.Number || held.Job != report.Job) return [];
        if (report.ClaimedBy is { } other && other != held.Job) return [new RunEvent.AttemptAdopted(held.Attempt, other)];
        if (report.Attempt.Requeue < held.Attempt.Requeue) return [];
        if (report.Attempt.Requeue > held.Attempt.Requeue) return Requeueing.Decide(state, run, held.Attempt, seen);
        return report.State switch
        {
            JobState.Queued => Stuck(run, report),
            JobState.Running => IsNews(run, report) ? Begun(state, run, seen) : [],
            // Slurm ended it because a run before it failed, which is not known here yet: that end is told again.
            JobState.Cancelled when run.CancelledBy is null && WaitsForParents(state, run) => [],
            _ => Over(state, run, seen),
        };
    }

    /// <summary>A job that completed and left nothing has failed, whatever its exit code says.</summary>
    private static JobReport Checked(JobReport report) =>
        report is { State: JobState.Completed, Missing: { } what } ? report with { State = JobState.Failed, Reason = $"{MissingOutput}: {what}" } : report;

    private static ImmutableArray<RunEvent> Begun(ExperimentState state, RunRecord run, Observation.JobReported seen)
    {
        var decision = new Decision(state, seen.At);
        Begin(decision, run, seen.Report);
        return decision.Events;
    }

    private static ImmutableArray<RunEvent> Over(ExperimentState state, RunRecord run, Observation.JobReported seen)
    {
        var decision = new Decision(state, seen.At);
        if (run.State is RunState.Queued && seen.Report.Started is not null) Begin(decision, run, seen.Report);
        var before = decision.State.Runs[run.Id.Value].LastKnown(seen.Report.Attempt)!;
        decision.Add(Ended(decision.State, decision.State.Runs[run.Id.Value], seen));
        RuleTriggers.State(decision, before, seen.Report.State);
        RuleTriggers.NeedsPerson(decision, before.Id);
        return decision.Events;
    }

    private static void Begin(Decision decision, RunRecord run, JobReport report)
    {
        var before = run.LastKnown(report.Attempt)!;
        decision.Add(Started(report));
        if (run.State is RunState.Queued) RuleTriggers.State(decision, before, JobState.Running);
    }

    private static RunEvent.AttemptStarted Started(JobReport report) => new(report.Attempt, report.Started, report.Host) { Log = report.Log, LogStart = report.LogStart };

    private static bool IsNews(RunRecord run, JobReport report) =>
        run.State is RunState.Queued || report.Log is not null && run.LastKnown(report.Attempt) is { Log: null };

    private static ImmutableArray<RunEvent> Stuck(RunRecord run, JobReport report) => (run.LastKnown(report.Attempt)?.Stuck, report.Stuck) switch
    {
        (var noted, { } reason) => noted == reason ? [] : [new RunEvent.JobStuck(report.Attempt, reason)],
        // With the same reason it is stuck still: a monitor that began anew measures the time anew.
        ({ } noted, null) when report.Reason != noted => [new RunEvent.JobUnstuck(report.Attempt)],
        _ => [],
    };

    /// <summary>Only a job that the scheduler itself keeps back is submitted before its parents are done.</summary>
    private static bool WaitsForParents(ExperimentState state, RunRecord run) =>
        run.Plan.DependsOn.Any(d => state.Runs.TryGetValue(d.Value, out var parent) && parent.State is not RunState.Finished);

    private static IEnumerable<RunEvent> Ended(ExperimentState state, RunRecord run, Observation.JobReported seen)
    {
        var report = seen.Report;
        var restart = run.CancelledBy is null && run.Finish is null && run.Restart is { } asked && asked.Attempt.Number == report.Attempt.Number ? run.Restart : null;
        var wished = run.CancelledBy is not null || run.Finish is not null || report.State is JobState.Cancelled && restart is null;
        var (cause, sign) = report.State is JobState.Completed || wished ? default : restart?.Cause is { } known ? (known, null) : Judged(report, run.Plan);
        yield return new RunEvent.AttemptEnded(report.Attempt, report.State, report.State is JobState.Completed ? report.Reason : restart?.Reason ?? report.Reason, report.ExitCode, report.Signal, cause, report.Ended, seen.LastStep) { FailedNodes = report.FailedNodes, Sign = sign };
        if (Resuming.Doubt(run, seen, cause) is { } doubt) yield return doubt;
        var next = After(state, run, seen, cause);
        if (next is not null) yield return next;
        if (next is RunEvent.RunFinished)
            foreach (var cancel in Cancelling.Links(run, report.Attempt)) yield return cancel;
    }

    private static (FailureCause? Cause, FailureSign? Sign) Judged(JobReport report, PlannedRun plan) =>
        Causes.Judge(report) is var (cause, sign) && sign is not null ? (cause, FailureSign.Of(sign, report.LastLines!, plan.Secrets())) : (cause, null);

    /// <summary>Null: a further link of the run's chain is with the scheduler already.</summary>
    private static RunEvent? After(ExperimentState state, RunRecord run, Observation.JobReported seen, FailureCause? cause) => (seen.Report.State, cause) switch
    {
        (JobState.Completed, _) => new RunEvent.RunFinished(run.Id, Outcome.Completed, Reason: null),
        _ when run is { Finish: { } finish, CancelledBy: null } => new RunEvent.RunFinished(run.Id, Outcome.Completed, finish.Reason),
        _ when run.StopReason is { } stopped => new RunEvent.RunFinished(run.Id, Outcome.Failed, stopped),
        (_, null) when run.CancelledBy is null && Launching.FailedBefore(state, run) is { } failed => new RunEvent.RunFinished(run.Id, Outcome.Skipped, $"{Launching.SkippedBecause}{failed}"),
        (_, null) when run.CancelledBy is null && seen.Report is { State: JobState.Cancelled, Reason: JobReport.Unmet } => run.LinkAfter(seen.Report.Attempt) is null ? Unseen(run, seen) : null,
        (_, null) => new RunEvent.RunFinished(run.Id, Outcome.Cancelled, run.CancelReason ?? "CANCELLED"),
        (_, { } why) when run.LinkAfter(seen.Report.Attempt) is not null => IsLastLink(run, seen.Report, why) ? Failed(run, seen.Report) : GoesInCircles(run, seen) ? CrashLoop(run) : null,
        (_, { } why) => AfterFailure(run, seen, why),
    };

    /// <summary>Whether the links behind have nothing to do, as their scripts see for themselves.</summary>
    private static bool IsLastLink(RunRecord run, JobReport report, FailureCause cause) =>
        cause is FailureCause.UserError || cause is FailureCause.Crash && ExitCodes.EndChain(run.Plan, report.ExitCode, report.Signal);

    /// <summary>The run before it did complete, and the job's node did not see so in time: nothing was run, and the next attempt has nothing to look at.</summary>
    private static RunEvent Unseen(RunRecord run, Observation.JobReported seen) => run.Attempts.Length < run.AllowedAttempts
        ? new RunEvent.RunDelayed(run.Id, seen.At + Delay(run.Plan.Restart, run.Attempts.Length))
        : new RunEvent.RunFinished(run.Id, Outcome.NeedsPerson, JobReport.Unmet);

    /// <summary>Where an older checkpoint might have helped, the reason says why it was not taken.</summary>
    private static RunEvent.RunFinished CrashLoop(RunRecord run) => new(run.Id, Outcome.NeedsPerson, Resuming.Untold(run) is { } untold ? $"CRASH_LOOP: {untold}" : "CRASH_LOOP");

    private static RunEvent.RunFinished Failed(RunRecord run, JobReport report) => new(run.Id, report.State is JobState.Lost ? Outcome.Lost : Outcome.Failed, report.Reason);

    private static RunEvent AfterFailure(RunRecord run, Observation.JobReported seen, FailureCause cause)
    {
        var policy = run.Plan.Restart;
        var restart = run.Restart is { } asked && asked.Attempt.Number == seen.Report.Attempt.Number ? asked : null;
        // What a rule asked for needs no word of job.restart, but its budgets hold for all.
        if (restart is null && !policy.Causes.Contains(cause) || run.Attempts.Length >= run.AllowedAttempts) return restart is null ? Failed(run, seen.Report) : new RunEvent.RunFinished(run.Id, Outcome.Failed, $"{restart.Reason}, {TooManyAttempts}");
        if (GoesInCircles(run, seen)) return CrashLoop(run);
        return Arbiter.Exhausted(WithCause(run, seen.Report.Attempt, cause), cause) is { } budget
            ? new RunEvent.RunFinished(run.Id, Outcome.NeedsPerson, budget)
            : new RunEvent.RunDelayed(run.Id, seen.At + Delay(policy, run.Attempts.Length));
    }

    /// <summary>The run with this attempt's end in its books.</summary>
    private static RunRecord WithCause(RunRecord run, AttemptId attempt, FailureCause cause) => run.WithAttempt(attempt, a => a with { Cause = cause });

    /// <summary>The same of a run whose last attempt is in the books already.</summary>
    internal static bool GoesInCircles(RunRecord run) => run.BestStep is not null && run.Stalled >= 2;

    /// <summary>Two attempts in a row without a further step or checkpoint, of a run that is able to show steps.</summary>
    private static bool GoesInCircles(RunRecord run, Observation.JobReported seen)
    {
        if (run.BestStep is null && seen.LastStep is null) return false;
        var advanced = (seen.LastStep is { } step && (run.BestStep is not { } best || step > best)) || run.Checkpoint?.Attempt == seen.Report.Attempt;
        return !advanced && run.Stalled >= 1;
    }

    internal static TimeSpan Delay(RestartPolicy policy, int attempts)
    {
        var seconds = policy.DelaySeconds * Math.Pow(2, Math.Min(attempts - 1, 30));
        return seconds < LongestDelay.TotalSeconds ? TimeSpan.FromSeconds(seconds) : LongestDelay;
    }
}
