using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Views;

/// <summary>Journal entries as people read them.</summary>
public static class EventText
{
    /// <summary>One sentence, without a full stop.</summary>
    public static string Describe(RunEvent e) => e switch
    {
        RunEvent.ExperimentPlanned p => $"experiment {p.Experiment.Name} from {p.Experiment.File}{Overrides(p.Experiment)}",
        RunEvent.RunPlanned p => $"planned {p.Run.Id}",
        RunEvent.EffectRequested { Effect: Effect.Submit submit } => $"submit {Attempts(submit.Attempts)}",
        RunEvent.EffectRequested { Effect: Effect.Cancel cancel } => $"cancel {cancel.Attempt}, job {cancel.Job}",
        RunEvent.EffectDeferred d => $"{d.Id} was refused for now: {d.Reason}; tried again after {Clock(d.Until)}",
        RunEvent.EffectCompleted { Result: EffectResult.Submitted s } => string.Join(", ", s.Jobs.Select(static j => $"{j.Attempt} {(j.Adopted ? "was found again as" : "is")} job {j.Job}")),
        RunEvent.EffectCompleted { Result: EffectResult.Refused r } c => $"{c.Id} was refused: {r.Reason}",
        RunEvent.EffectCompleted c => $"{c.Id} is done",
        RunEvent.AttemptStarted s => $"{s.Attempt} started{(s.Host is { } host ? $" on {host}" : "")}",
        RunEvent.CheckpointSaved c => string.Create(CultureInfo.InvariantCulture, $"{c.Attempt} saved a checkpoint at step {c.Step}: {c.Path}"),
        RunEvent.AttemptEnded end => $"{end.Attempt} ended: {Ending(end)}",
        RunEvent.RunDelayed d => $"{d.Run} is tried again after {Clock(d.Until)}",
        RunEvent.RunFinished { Outcome: Outcome.Completed } f => $"{f.Run} completed",
        RunEvent.RunFinished f => $"{f.Run} {RunWords.State(new RunState.Finished(f.Outcome, f.Reason)).Replace('_', ' ')}{(f.Reason is { } reason ? $" ({reason})" : "")}",
        RunEvent.RunReopened r => $"{r.Run} starts again",
        RunEvent.CancelRequested c => $"{c.By} cancels {c.Run}",
        RunEvent.WishGranted w => $"wish: {w.Text}",
        _ => throw new UnreachableException(),
    };

    /// <summary>What one decision was about, in one line; many events of one kind are counted.</summary>
    public static string Describe(JournalEntry entry)
    {
        var planned = entry.Events.Count(static e => e is RunEvent.RunPlanned);
        var submitted = entry.Events.Where(static e => e is RunEvent.EffectRequested { Effect: Effect.Submit }).ToImmutableArray();
        IEnumerable<string> parts =
        [
            .. entry.Events.Where(e => !(planned > 3 && e is RunEvent.RunPlanned) && !(submitted.Length > 3 && submitted.Contains(e))).Select(Describe),
            .. planned > 3 ? [string.Create(CultureInfo.InvariantCulture, $"planned {planned} runs")] : Array.Empty<string>(),
            .. submitted.Length > 3 ? [string.Create(CultureInfo.InvariantCulture, $"submit {submitted.Length} runs")] : Array.Empty<string>(),
        ];
        return string.Join("; ", parts);
    }

    /// <summary><c>exit 1, crash</c> or <c>TIMEOUT</c>.</summary>
    private static string Ending(RunEvent.AttemptEnded end)
    {
        List<string> words = [end.Reason ?? RunWords.Job(end.State)];
        if (end.ExitCode is { } code and not 0) words.Add(string.Create(CultureInfo.InvariantCulture, $"exit {code}"));
        if (end.Signal is { } signal) words.Add(string.Create(CultureInfo.InvariantCulture, $"signal {signal}"));
        if (end.Cause is { } cause) words.Add($"cause {RunWords.Cause(cause)}");
        return string.Join(", ", words);
    }

    private static string Attempts(ImmutableArray<AttemptStart> starts) => string.Join(", ", starts.Select(static s => s.LastCheckpoint is { } from ? $"{s.Attempt} from {from}" : s.Attempt.ToString()));
    private static string Overrides(ExperimentHeader experiment) => experiment.Overrides.IsEmpty ? "" : $" with {string.Join(' ', experiment.Overrides)}";
    private static string Clock(DateTimeOffset at) => at.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
