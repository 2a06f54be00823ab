using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Tracking;

/// <summary>What a person should look at in a tracker, and what to do next.</summary>
internal static class TrackerAdvice
{
    private const int MostNames = 5;

    /// <summary>Failures first; then what the look at the scheduler gave; then what is completed without an output, where nothing said more of it.</summary>
    public static List<TrackerIssue> Issues(RunTracker tracker, ImmutableArray<TrackerIssue> found)
    {
        List<TrackerIssue> issues = [.. Entries(tracker).Where(static p => p.Entry.Status is TrackedStatus.Failed).Select(static p => Failed(p.Point, p.Entry)), .. found];
        foreach (var (point, entry) in Entries(tracker))
            if (entry is { Status: TrackedStatus.Completed, Output: null } && !found.Any(i => i.Point == point.Name && i.Text.StartsWith($"{entry.Key}: ", StringComparison.Ordinal)))
                issues.Add(new(point.Name, $"{entry.Key}: completed, and nobody found its output", "write its path into runs_status.yaml"));
        return issues;
    }

    private static TrackerIssue Failed(TrackedPoint point, TrackedEntry entry) =>
        new(point.Name, $"✗ {entry.Key} failed{(entry.JobId is { } id ? $": job {id}" : "")}{(entry.Reason is { } reason ? $"{(entry.JobId is null ? ":" : "")} {reason}" : "")}");

    /// <summary>Each is a line of Markdown.</summary>
    public static IEnumerable<string> Actions(RunTracker tracker, TrackedJobs jobs)
    {
        var all = Entries(tracker).ToList();
        if (all.Count == 0) yield return "There are no runs yet";
        if (all.Exists(static p => p.Entry.Status.IsLive())) yield return jobs is TrackedJobs.Slurm ? "Monitor running jobs: `squeue -u $USER`" : "Monitor running jobs: `vigil status`";
        foreach (var stage in TrackerCounts.Stages(tracker))
            if (all.Count(p => p.Entry.Key.Stage == stage && p.Entry.Status.IsLive()) is > 0 and var live) yield return $"{TrackerReport.Count(live, $"{MarkdownCell.Of(stage)} job")} in progress";
        var failed = all.Where(static p => p.Entry.Status is TrackedStatus.Failed).ToList();
        if (failed.Count > 0)
            yield return $"Look at {TrackerReport.Count(failed.Count, "failed job")} and submit again what is worth it: {Names(failed.Select(static p => p.Point.Name))}{Ask(failed.Select(static p => p.Entry), jobs)}";
        var ready = tracker.Points.Where(static p => p[EntryKey.FineTune] is { Status: TrackedStatus.Completed } && p.Entries.Any(static e => e.Key.IsEvaluation && e.Status is TrackedStatus.Pending)).ToList();
        if (ready.Count > 0) yield return $"Evaluate what is trained: {Names(ready.Select(static p => p.Name))}";
        var idle = tracker.Points.Count(static p => !p.Entries.IsEmpty && p.Entries.All(static e => e.Status is TrackedStatus.Pending or TrackedStatus.Skipped) && p.Entries.Any(static e => e.Status is TrackedStatus.Pending));
        if (idle > 0) yield return $"{TrackerReport.Count(idle, "run")} not yet started";
        if (all.Count > 0 && tracker.Points.All(static p => TrackerCounts.Bucket(p) is TrackedStatus.Completed)) yield return "Nothing: all runs are done";
    }

    private static string Ask(IEnumerable<TrackedEntry> failed, TrackedJobs jobs) =>
        jobs is TrackedJobs.Slurm && failed.Select(static e => e.JobId).OfType<string>().Where(static id => id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_')).Distinct().Take(MostNames).ToList() is { Count: > 0 } ids
            ? $" (`sacct -j {string.Join(',', ids)} --format=JobID,JobName%40,State,ExitCode,Elapsed,End -X`)" : "";

    private static string Names(IEnumerable<string> names) => TextRules.Names([.. names.Distinct().Select(MarkdownCell.Of)], MostNames);

    private static IEnumerable<(TrackedPoint Point, TrackedEntry Entry)> Entries(RunTracker tracker) => tracker.Points.SelectMany(static p => p.Entries.Select(e => (p, e)));
}
