using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Vigil.Configuration;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Views;

/// <summary>Journal entries as people read them.</summary>
public static class EventText
{
    /// <summary><c>deviating from plan: batch_size 16 → 8</c>.</summary>
    public static string Deviating(ImmutableArray<Deviation> deviations) => $"deviating from plan: {Deviations.Text(deviations)}";

    /// <summary>One sentence, without a full stop.</summary>
    public static string Describe(RunEvent e) => e switch
    {
        RunEvent.ExperimentPlanned p => $"experiment {p.Experiment.Name} from {p.Experiment.File}{Overrides(p.Experiment)}",
        RunEvent.RunPlanned { Run.Lineage: { } lineage } p => $"planned {p.Run.Id}, from {lineage.Parent}{(lineage.Checkpoint is { } from ? $" at {from}" : "")}",
        RunEvent.RunPlanned { Run.Deviations: { } deviations } p => $"planned {p.Run.Id} anew, {Deviating(deviations)}",
        RunEvent.RunPlanned p => $"planned {p.Run.Id}",
        RunEvent.EffectRequested { Effect: Effect.Submit submit } => Submission(submit),
        RunEvent.EffectRequested { Effect: Effect.Cancel cancel } => $"cancel {cancel.Attempt}, job {cancel.Job}",
        RunEvent.EffectRequested { Effect: Effect.Change change } => $"{ChangeText.Wish(change.To)} {change.Attempt}, job {change.Job}",
        RunEvent.EffectRequested { Effect: Effect.OfAction action } => RuleText.Effect(action),
        RunEvent.EffectDeferred d => $"{d.Id} was refused for now: {d.Reason}; tried again after {Clock(d.Until)}",
        RunEvent.EffectCompleted { Result: EffectResult.Submitted s } => Jobs(s.Jobs),
        RunEvent.EffectCompleted { Result: EffectResult.Refused r } c => $"{c.Id} was refused: {r.Reason}",
        RunEvent.EffectCompleted c when c.Id.StartsWith("submit:", StringComparison.Ordinal) => $"{c.Id} is not needed any more",
        RunEvent.EffectCompleted { Result: EffectResult.Planned planned } => $"planned from a frozen configuration: {string.Join(", ", planned.Runs.Select(static r => r.Id))}",
        RunEvent.EffectCompleted { Result: EffectResult.Done { Note: { } note } } c => $"{c.Id} is done: {note}",
        RunEvent.EffectCompleted c => $"{c.Id} is done",
        RunEvent.AttemptStarted s => $"{s.Attempt} started{(s.Host is { } host ? $" on {host}" : "")}",
        RunEvent.CheckpointSaved c => string.Create(CultureInfo.InvariantCulture, $"{c.Attempt} saved a checkpoint at step {c.Step}: {c.Path}"),
        RunEvent.CheckpointsJudged { Usable: [var first, ..] } j => $"{j.Run} can go on from {first.Path}",
        RunEvent.CheckpointsJudged j => $"{j.Run} has no whole checkpoint",
        RunEvent.CheckpointDoubted d => $"{d.Run} died at once with {d.Path}, which is in doubt now",
        RunEvent.AttemptEnded end => $"{end.Attempt} ended: {Ending(end)}",
        RunEvent.RunDelayed d => $"{d.Run} is tried again after {Clock(d.Until)}",
        RunEvent.RunFinished { Outcome: Outcome.Completed } f => $"{f.Run} completed{(f.Reason is { } how ? $" ({how})" : "")}",
        RunEvent.RunFinished f => $"{f.Run} {RunWords.Of(f.Outcome).Replace('_', ' ')}{(f.Reason is { } reason ? $" ({reason})" : "")}",
        RunEvent.RunReopened r => $"{r.Run} starts again",
        RunEvent.CancelRequested c => $"{c.By} cancels {c.Run}{(c.Reason is { } why ? $" ({why})" : "")}",
        RunEvent.WishGranted w => $"wish: {w.Text}",
        RunEvent.SubmissionSplit p => $"{p.Id} was refused for its size ({p.Reason}) and goes on in {p.Parts.Length} parts: {string.Join(", ", p.Parts.Select(static part => part.Id))}",
        RunEvent.AttemptRequeued r => $"job {r.Job} was queued again by the scheduler: that is {r.Attempt}",
        RunEvent.AttemptAdopted a => $"{a.Attempt} was started by hand, as job {a.Job}",
        RunEvent.JobStuck stuck => $"{stuck.Attempt} is stuck-pending ({stuck.Reason}): it will not start by itself",
        RunEvent.JobUnstuck unstuck => $"{unstuck.Attempt} is not stuck-pending any more",
        RunEvent.StopRequested stop => $"{stop.Run} is ended ({stop.Reason})",
        RunEvent.RunHeld held => $"{held.By} holds {held.Run}",
        RunEvent.RunReleased released => $"{released.Run} is released",
        RunEvent.RulesChanged c => $"from now on {(c.To.Rules is { } rules ? $"the rules {rules} watch" : "no rules watch")} over {c.Run}",
        _ => RuleText.Describe(e),
    };

    /// <summary>What one decision was about, in one line; many events of one kind are counted.</summary>
    public static string Describe(JournalEntry entry)
    {
        var counted = entry.Events.Select(Kind).OfType<string>().GroupBy(static kind => kind).Where(static kind => kind.Count() > Listed).ToDictionary(static kind => kind.Key, static kind => kind.Count());
        IEnumerable<string> parts =
        [
            .. entry.Events.Where(e => Kind(e) is not { } kind || !counted.ContainsKey(kind)).Select(Describe),
            .. counted.Select(static kind => string.Format(CultureInfo.InvariantCulture, kind.Key, kind.Value)),
        ];
        return string.Join("; ", parts);
    }

    private const int Listed = 3;

    /// <summary>How many events of one kind are told; null for kinds that are always told one by one.</summary>
    private static string? Kind(RunEvent e) => e switch
    {
        RunEvent.RunPlanned => "planned {0} runs",
        RunEvent.EffectRequested { Effect: Effect.Submit { Array: null } } => "submit {0} runs",
        RunEvent.EffectRequested { Effect: Effect.Cancel } => "cancel {0} jobs",
        RunEvent.EffectRequested { Effect: Effect.Change change } => $"{ChangeText.Wish(change.To)} {{0}} jobs",
        RunEvent.RunFinished { Outcome: Outcome.Skipped } => "{0} runs skipped",
        RunEvent.RunFinished { Outcome: Outcome.Cancelled } => "{0} runs cancelled",
        RunEvent.RunReopened => "{0} runs start again",
        RunEvent.CancelRequested => "{0} runs are to be cancelled",
        RunEvent.RunHeld => "{0} runs are held",
        RunEvent.RunReleased => "{0} runs are released",
        RunEvent.RulesChanged => "other rules or conditions watch over {0} runs from now on",
        RunEvent.JobStuck stuck => $"{{0}} jobs are stuck-pending ({stuck.Reason.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal)})",
        RunEvent.JobUnstuck => "{0} jobs are not stuck-pending any more",
        RunEvent.AttemptRequeued => "{0} jobs were queued again by the scheduler",
        _ => null,
    };

    /// <summary><c>exit 1, crash</c> or <c>TIMEOUT</c>.</summary>
    private static string Ending(RunEvent.AttemptEnded end)
    {
        List<string> words = [end.Reason ?? RunWords.Job(end.State)];
        if (end.ExitCode is { } code and not 0) words.Add(string.Create(CultureInfo.InvariantCulture, $"exit {code}"));
        if (end.Signal is { } signal) words.Add(string.Create(CultureInfo.InvariantCulture, $"signal {signal}"));
        if (end.Cause is { } cause) words.Add($"cause {RunWords.Cause(cause)}");
        if (end.Sign is { } sign) words.Add(WhyText.Of(sign));
        return string.Join(", ", words);
    }

    private static string Submission(Effect.Submit submit)
    {
        var what = submit.Array is { } array ? $"array.{array}: {submit.Attempts.Length} runs" : Attempts(submit.Attempts);
        return submit.Dependency is { } after ? $"submit {what}, {after.Kind} {TextRules.Names([.. after.Jobs.Select(static j => j.Value)], Listed)}" : $"submit {what}";
    }

    /// <summary>Few jobs by name; the tasks of an array by the first and the last.</summary>
    private static string Jobs(ImmutableArray<SubmittedJob> jobs)
    {
        if (jobs.Length <= Listed) return string.Join(", ", jobs.Select(static j => $"{j.Attempt} {(j.Adopted ? "was found again as" : "is")} job {j.Job}"));
        var adopted = jobs.Count(static j => j.Adopted);
        var found = adopted == 0 ? "" : adopted == jobs.Length ? ", found again" : string.Create(CultureInfo.InvariantCulture, $", {adopted} of them found again");
        return string.Create(CultureInfo.InvariantCulture, $"{jobs.Length} runs are jobs {jobs[0].Job} to {jobs[^1].Job}{found}");
    }

    private static string Attempts(ImmutableArray<AttemptStart> starts) => string.Join(", ", starts.Select(static s => s.LastCheckpoint is { } from ? $"{s.Attempt} from {s.From ?? from}" : s.Attempt.ToString()));
    private static string Overrides(ExperimentHeader experiment) => experiment.Overrides.IsEmpty ? "" : $" with {string.Join(' ', experiment.Overrides)}";
    private static string Clock(DateTimeOffset at) => at.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
