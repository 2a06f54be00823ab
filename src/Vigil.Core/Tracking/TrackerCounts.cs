using System.Collections.Immutable;

namespace Vigil.Tracking;

/// <summary>How many runs, and how many jobs of a stage, stand how. All follow from the tracker's entries.</summary>
public static class TrackerCounts
{
    /// <summary>The rule of <see cref="Bucket"/>, for people.</summary>
    public const string Rule = "Each run counts once: as failed if any of its jobs failed; else as running if any is submitted or runs; else as completed if all are completed or skipped; else as pending.";

    /// <summary>The states that runs are counted by, in the order of the report.</summary>
    public static ImmutableArray<TrackedStatus> Buckets { get; } = [TrackedStatus.Pending, TrackedStatus.Running, TrackedStatus.Completed, TrackedStatus.Failed];

    public static TrackedStatus Bucket(TrackedPoint point) => Of(point.Entries) is var status && status is TrackedStatus.Submitted ? TrackedStatus.Running
        : status is TrackedStatus.Skipped ? TrackedStatus.Completed
        : status is TrackedStatus.Blocked ? TrackedStatus.Pending : status;

    /// <summary>One state for several jobs: the one that says most of what is to be done.</summary>
    public static TrackedStatus Of(IReadOnlyCollection<TrackedEntry> entries)
    {
        if (entries.Count == 0) return TrackedStatus.Pending;
        foreach (var status in (ReadOnlySpan<TrackedStatus>)[TrackedStatus.Failed, TrackedStatus.Running, TrackedStatus.Submitted, TrackedStatus.Blocked, TrackedStatus.Pending])
            if (entries.Any(e => e.Status == status)) return status;
        return entries.Any(static e => e.Status is TrackedStatus.Completed) ? TrackedStatus.Completed : TrackedStatus.Skipped;
    }

    /// <summary>The stages of a tracker in the order in which its runs have them; evaluations are one.</summary>
    public static ImmutableArray<string> Stages(RunTracker tracker)
    {
        ImmutableArray<string> all = [.. tracker.Points.SelectMany(static p => p.Entries).Select(static e => e.Key.Stage).Distinct(StringComparer.Ordinal)];
        // The training comes first, whichever run the file begins with.
        return [.. all.OrderBy(static stage => stage switch { EntryKey.FineTuneStage => 0, EntryKey.EvalStage => 2, _ => 1 })];
    }
}
