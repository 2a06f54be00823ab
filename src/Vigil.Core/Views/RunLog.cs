using System.Globalization;
using Vigil.Monitoring;

namespace Vigil.Views;

/// <summary><c>run.log</c>: the audit log for people, one block a decision. Each block ends with its journal entry's number, so that writing can go on where it stopped.</summary>
public static class RunLog
{
    private const string Mark = "journal entry ";

    public static string Block(JournalEntry entry) => string.Create(CultureInfo.InvariantCulture,
        $"[{entry.At:yyyy-MM-dd HH:mm:ss}] {Action(entry)}{Line(Subject(entry))}\nDetails: {Line(EventText.Describe(entry))}\nBy: {Line(entry.By)}, {entry.Cause}, {Mark}{entry.Seq}\n\n");

    /// <summary>The number of the last whole block in the end of a <c>run.log</c>, and the length of the text up to its end; 0 and 0 when there is none.</summary>
    public static (long Seq, int End) LastBlock(string tail)
    {
        for (var end = tail.LastIndexOf("\n\n", StringComparison.Ordinal); end >= 0; end = end > 0 ? tail.LastIndexOf("\n\n", end - 1, StringComparison.Ordinal) : -1)
        {
            var line = tail[(tail.LastIndexOf('\n', Math.Max(0, end - 1)) + 1)..end];
            var mark = line.LastIndexOf(Mark, StringComparison.Ordinal);
            if (line.StartsWith("By: ", StringComparison.Ordinal) && mark > 0 && long.TryParse(line.AsSpan(mark + Mark.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
                return (seq, end + 2);
        }
        return (0, 0);
    }

    /// <summary>The weightiest fact of a decision names it.</summary>
    private static string Action(JournalEntry entry)
    {
        foreach (var (matches, action) in Actions)
            if (entry.Events.Any(matches)) return action;
        return "NOTE";
    }

    private static readonly (Func<RunEvent, bool> Matches, string Action)[] Actions =
    [
        (static e => e is RunEvent.WishGranted { Text: var t } && t.StartsWith("cancel", StringComparison.Ordinal), "CANCEL"),
        (static e => e is RunEvent.WishGranted { Text: var t } && t.StartsWith("retry", StringComparison.Ordinal), "RETRY"),
        (static e => e is RunEvent.WishGranted { Text: var t } && t.StartsWith("approve", StringComparison.Ordinal), "APPROVE"),
        (static e => e is RunEvent.WishGranted { Text: var t } && t.StartsWith("deny", StringComparison.Ordinal), "DENY"),
        (static e => e is RunEvent.ActionSettled { Outcome: ActionOutcome.Parked }, "NEEDS_PERSON"),
        (static e => e is RunEvent.ActionAsked, "ASK_PERSON"),
        (static e => e is RunEvent.RuleFired, "RULE_FIRED"),
        (static e => e is RunEvent.EffectCompleted { Result: EffectResult.Planned }, "START_RUN"),
        (static e => e is RunEvent.RestartRequested, "DECIDE_RESTART"),
        (static e => e is RunEvent.FinishRequested, "DECIDE_FINISH"),
        (static e => e is RunEvent.ActionSettled or RunEvent.ActionReopened, "RULE_ACTION"),
        (static e => e is RunEvent.StartConditionsMet, "START_CONDITION"),
        (static e => e is RunEvent.CancelRequested { Reason: not null }, "CANCEL"),
        (static e => e is RunEvent.RunHeld, "HOLD"),
        (static e => e is RunEvent.RunReleased, "RELEASE"),
        (static e => e is RunEvent.StopRequested, "STOP"),
        (static e => e is RunEvent.WishGranted { Text: var t } && t.StartsWith("requeue", StringComparison.Ordinal), "REQUEUE"),
        (static e => e is RunEvent.ExperimentPlanned or RunEvent.RunPlanned, "IDENTIFY_RUNS"),
        (static e => e is RunEvent.EffectCompleted { Result: EffectResult.Submitted }, "SUBMIT_JOB"),
        (static e => e is RunEvent.EffectCompleted { Result: EffectResult.Refused }, "SUBMIT_ERROR"),
        (static e => e is RunEvent.SubmissionSplit, "SUBMIT_SPLIT"),
        (static e => e is RunEvent.EffectDeferred { Id: var id } && !id.StartsWith("submit:", StringComparison.Ordinal), "DEFERRED"),
        (static e => e is RunEvent.EffectDeferred, "SUBMIT_DEFERRED"),
        (static e => e is RunEvent.AttemptRequeued, "REQUEUED"),
        (static e => e is RunEvent.AttemptAdopted, "ADOPT_JOB"),
        (static e => e is RunEvent.AttemptEnded or RunEvent.AttemptStarted, "STATE_CHANGE"),
        (static e => e is RunEvent.CheckpointSaved or RunEvent.CheckpointsJudged or RunEvent.CheckpointDoubted, "CHECKPOINT"),
        (static e => e is RunEvent.RunFinished { Outcome: Outcome.Skipped }, "SKIP_RUN"),
        (static e => e is RunEvent.EffectRequested { Effect: Effect.Submit }, "DECIDE_SUBMIT"),
        (static e => e is RunEvent.JobStuck, "STUCK_PENDING"),
        (static e => e is RunEvent.JobUnstuck, "PENDING"),
        (static e => e is RunEvent.EffectRequested { Effect: Effect.Change }, "DECIDE_CHANGE"),
        (static e => e is RunEvent.EffectRequested { Effect: Effect.OfAction }, "RULE_ACTION"),
        (static e => e is RunEvent.EffectRequested, "DECIDE_CANCEL"),
        (static e => e is RunEvent.EffectCompleted { Id: var id } && id.StartsWith("submit:", StringComparison.Ordinal), "SUBMIT_DROPPED"),
        (static e => e is RunEvent.EffectCompleted { Id: var id } && !id.StartsWith("cancel:", StringComparison.Ordinal), "CHANGE_JOB"),
        (static e => e is RunEvent.EffectCompleted, "CANCEL_JOB"),
    ];

    private static string Subject(JournalEntry entry)
    {
        var runs = entry.Events.Select(About).Where(static r => r is not null).Distinct().ToList();
        return runs.Count switch { 0 => "", 1 => $": {runs[0]}", var n => string.Create(CultureInfo.InvariantCulture, $": {n} runs") };
    }

    private static string? About(RunEvent e) => e switch
    {
        RunEvent.EffectRequested { Effect: Effect.Submit { Attempts: [var only] } } => only.Attempt.Run.Value,
        RunEvent.EffectRequested { Effect: Effect.Submit { Array: { } array, Attempts.Length: var count } } => string.Create(CultureInfo.InvariantCulture, $"array.{array}, {count} runs"),
        RunEvent.EffectRequested { Effect: Effect.Cancel c } => c.Attempt.Run.Value,
        RunEvent.EffectRequested { Effect: Effect.Change c } => c.Attempt.Run.Value,
        RunEvent.EffectCompleted { Result: EffectResult.Submitted { Jobs: [var only] } } => only.Attempt.Run.Value,
        RunEvent.EffectCompleted { Result: EffectResult.Submitted { Jobs.Length: > 1 and var count }, Id: var id } => string.Create(CultureInfo.InvariantCulture, $"{id["submit:".Length..]}, {count} runs"),
        RunEvent.EffectRequested { Effect: Effect.OfAction action } => action.Run.Value,
        _ => EventRun.Of(e)?.Value,
    };

    /// <summary>What others wrote stays on one line: a line break in it must not look like another block.</summary>
    private static string Line(string text) => text.ReplaceLineEndings(" ");
}
