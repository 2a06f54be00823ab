using System.Collections.Immutable;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;
using Vigil.Views;

namespace Vigil.Web.Runs;

/// <summary>The journal as the timeline shows it.</summary>
internal static class JournalCells
{
    /// <param name="run">Null: of all runs.</param>
    /// <param name="most">The newest of them.</param>
    public static EventsPage After(ExperimentSight experiment, long seq, string? run, int most)
    {
        var cells = new Queue<EventCell>();
        var last = JournalFollower.ReadEntries(experiment.Folder, seq, entry =>
        {
            foreach (var e in entry.Events)
            {
                var about = EventRun.Of(e)?.Value;
                if (run is not null && about != run) continue;
                cells.Enqueue(Cell(entry, e, about));
                if (cells.Count > most) cells.Dequeue();
            }
        });
        return new([.. cells], Math.Max(seq, last));
    }

    private static EventCell Cell(JournalEntry entry, RunEvent e, string? run) => new(
        entry.Seq, entry.At, entry.By, Kind(e), Severity(e), run, Attempt(e)?.Folder, Secrets.MaskText(EventText.Describe(e)),
        e is RunEvent.RuleFired fired ? new(Secrets.MaskText(fired.Evidence.Text), fired.Evidence.Offset, fired.Attempt.Folder) : null);

    private static string Kind(RunEvent e) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(e.GetType().Name);

    private static AttemptId? Attempt(RunEvent e) => e switch
    {
        RunEvent.AttemptStarted s => s.Attempt,
        RunEvent.AttemptEnded end => end.Attempt,
        RunEvent.CheckpointSaved c => c.Attempt,
        RunEvent.RuleFired f => f.Attempt,
        RunEvent.RestartRequested r => r.Attempt,
        _ => null,
    };

    private static string Severity(RunEvent e) => e switch
    {
        RunEvent.AttemptEnded { State: JobState.Completed } or RunEvent.RunFinished { Outcome: Outcome.Completed } or RunEvent.CheckpointSaved => "good",
        RunEvent.AttemptEnded { State: JobState.Cancelled } or RunEvent.RunFinished { Outcome: Outcome.Cancelled or Outcome.Skipped } => "none",
        RunEvent.AttemptEnded or RunEvent.RunFinished or RunEvent.EffectCompleted { Result: EffectResult.Refused } => "error",
        RunEvent.RuleFired or RunEvent.RestartRequested or RunEvent.JobStuck or RunEvent.CheckpointDoubted or RunEvent.ActionAsked => "warning",
        _ => "none",
    };
}
