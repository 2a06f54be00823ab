using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Vigil.Tracking;

/// <summary>The report of a tracker in Markdown: counts that follow from its table, the table, what a person should look at, and what to do next.</summary>
/// <param name="Waiting">Why jobs wait, by their ids; empty: nobody asked.</param>
/// <param name="Jobs">Who runs the jobs, for what to type.</param>
public sealed record TrackerReport(RunTracker Tracker, ImmutableArray<TrackerIssue> Issues, ImmutableDictionary<string, string> Waiting, TrackedJobs Jobs)
{
    public string Write(DateTimeOffset now)
    {
        var text = new StringBuilder();
        text.Append("## Run Status Update - ").Append(TrackerHeader.Time(now)).Append("\n\n### Overall Progress\n");
        foreach (var bucket in TrackerCounts.Buckets) Line(text, $"- **{Title(bucket.Word())}**: {Count(Tracker.Points.Count(p => TrackerCounts.Bucket(p) == bucket), "run")}");
        text.Append('\n').Append(TrackerCounts.Rule).Append('\n');
        var stages = TrackerCounts.Stages(Tracker);
        if (stages.Length > 0) text.Append('\n');
        foreach (var stage in stages) Line(text, $"- {MarkdownCell.Of(StageTitle(stage))}: {Totals(stage)}");
        Details(text, stages);
        var issues = TrackerAdvice.Issues(Tracker, Issues);
        if (issues.Count > 0) text.Append("\n### Issues\n");
        foreach (var issue in issues)
            Line(text, $"- {(issue.Point is { } point ? $"**{MarkdownCell.Of(point)}**: " : "")}{MarkdownCell.Of(issue.Text)}{(issue.Remedy is { } remedy ? $". {MarkdownCell.Of(Title(remedy))}" : "")}");
        text.Append("\n### Next Actions\n");
        foreach (var action in TrackerAdvice.Actions(Tracker, Jobs)) Line(text, $"- {action}");
        return text.ToString();
    }

    private void Details(StringBuilder text, ImmutableArray<string> stages)
    {
        text.Append("\n### Details by Run\n| Run Name |");
        foreach (var stage in stages) text.Append(' ').Append(MarkdownCell.Of(StageTitle(stage))).Append(" |");
        text.Append(" Notes |\n|----------|").Insert(text.Length, "----------|", stages.Length).Append("-------|\n");
        foreach (var point in Tracker.Points)
        {
            text.Append("| ").Append(MarkdownCell.Of(point.Name)).Append(" |");
            foreach (var stage in stages) text.Append(' ').Append(Cell([.. point.Entries.Where(e => e.Key.Stage == stage)])).Append(" |");
            text.Append(' ').Append(MarkdownCell.Of(Notes(point))).Append(" |\n");
        }
    }

    private static string Cell(ImmutableArray<TrackedEntry> entries)
    {
        if (entries.IsEmpty) return "-";
        var status = TrackerCounts.Of(entries);
        var mark = status switch { TrackedStatus.Completed => "✓ ", TrackedStatus.Running => "→ ", TrackedStatus.Failed => "✗ ", _ => "" };
        return entries.Length == 1 ? $"{mark}{status.Word()}" : string.Create(CultureInfo.InvariantCulture, $"{mark}{status.Word()} ({entries.Count(static e => e.Status is TrackedStatus.Completed)}/{entries.Length} completed)");
    }

    private string Notes(TrackedPoint point)
    {
        var notes = point.Entries.Where(static e => e.Status.IsLive() || e.Status is TrackedStatus.Failed or TrackedStatus.Blocked || e is { Status: TrackedStatus.Completed, Output: null }).Select(Note).ToList();
        if (notes.Count > 3) notes = [.. notes.Take(3), string.Create(CultureInfo.InvariantCulture, $"and {notes.Count - 3} more")];
        if (notes.Count > 0) return string.Join("; ", notes);
        return TrackerCounts.Bucket(point) is TrackedStatus.Completed ? "All done!" : point.Entries.Any(static e => e.Status is TrackedStatus.Completed) ? "" : "Not started";
    }

    private string Note(TrackedEntry entry)
    {
        var job = $"{Title(entry.Key.ToString())}{(entry.JobId is { } id ? $" job {id}" : "")}";
        return entry switch
        {
            { Status: TrackedStatus.Failed, Reason: { } reason } => $"{job}: {reason}",
            { Status: TrackedStatus.Failed } => $"{job} failed",
            { Status: TrackedStatus.Completed } => $"{Title(entry.Key.ToString())}: no output found",
            { Status: TrackedStatus.Submitted, JobId: { } waits } when Waiting.TryGetValue(waits, out var why) => $"{job} waits ({why})",
            { Status: TrackedStatus.Submitted } => $"{job} waits",
            { Status: TrackedStatus.Blocked } => $"{job} is blocked{(entry.Reason is { } why ? $": {why}" : "")}",
            _ => job,
        };
    }

    private string Totals(string stage)
    {
        var counts = Tracker.Points.SelectMany(static p => p.Entries).Where(e => e.Key.Stage == stage).CountBy(static e => e.Status).ToDictionary();
        return string.Join(", ", Enum.GetValues<TrackedStatus>().Where(counts.ContainsKey).Select(s => string.Create(CultureInfo.InvariantCulture, $"{counts[s]} {s.Word()}")));
    }

    private static string StageTitle(string stage) => stage switch { EntryKey.FineTuneStage => "Finetune", EntryKey.EvalStage => "Eval", _ => Title(stage) };

    internal static string Title(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    internal static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}

/// <summary>Who runs the jobs of a tracker.</summary>
public enum TrackedJobs
{
    Slurm,

    /// <summary>Vigil, which is to be asked about them.</summary>
    Vigil,
}
