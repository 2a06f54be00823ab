using System.Collections.Immutable;

namespace Vigil.Tracking;

/// <summary>Which of the jobs of one entry counts.</summary>
/// <param name="Job">Null: the scheduler shows none, or which of them counts cannot be told.</param>
/// <param name="Issue">What a person should know; null: nothing.</param>
internal readonly record struct JobChoice(SeenJob? Job, TrackerIssue? Issue)
{
    /// <summary>The recorded job while it lives or once it completed; else the newest of the run's name, since a job that failed is submitted again.</summary>
    /// <param name="recorded">The job of the entry's id; null: none is known, or the scheduler does not show it.</param>
    /// <param name="named">Others that are called like the entry.</param>
    public static JobChoice Of(TrackedSubject subject, TrackedEntry entry, SeenJob? recorded, ImmutableArray<SeenJob> named)
    {
        List<SeenJob> later = [.. named.Where(job => IsLater(job, entry, recorded)).Order(Comparer<SeenJob>.Create(static (a, b) => -Compare(a, b)))];
        if (entry.Status is TrackedStatus.Completed) return new(null, Newer(subject, entry, recorded, later));
        if (later is [] || recorded is { Status: not TrackedStatus.Failed }) return new(recorded, null);
        if (later is [var first, var second, ..] && first.Array == second.Array) return new(recorded, Array(subject, first.Array, later.Count(j => j.Array == first.Array)));
        return new(later[0], null);
    }

    /// <summary>A job that accounting still shows from before the recorded one was submitted says nothing of that one.</summary>
    private static bool IsLater(SeenJob job, TrackedEntry entry, SeenJob? recorded) =>
        recorded is not null ? Compare(job, recorded) > 0 : entry.JobId is not { } id || Number(id) is not { } number || job.Number > number;

    /// <summary>By their times; numbers begin anew one day, and tell where a time is not known.</summary>
    private static int Compare(SeenJob one, SeenJob other) =>
        one.Submit is { } a && other.Submit is { } b && a != b ? a.CompareTo(b) : one.Number.CompareTo(other.Number);

    private static long? Number(string id) => new SeenJob(id, "", "", null, null, null).Number is > 0 and var number ? number : null;

    private static TrackerIssue? Newer(TrackedSubject subject, TrackedEntry entry, SeenJob? recorded, List<SeenJob> later) =>
        entry.JobId is null || recorded is null || later is not [var newest, ..] ? null
        : new(subject.Point, $"{subject.Key} is completed by job {entry.JobId}, and job {newest.Id} of the same name is newer ({newest.State}): it is not followed", "to follow it, write its id and 'pending' into runs_status.yaml");

    private static TrackerIssue Array(TrackedSubject subject, string array, int tasks) =>
        new(subject.Point, $"ambiguous: job {array} is an array of which {tasks} tasks are called like {subject.Point} ({subject.Key}): which of them is meant is not to be seen", "write the id of its task into runs_status.yaml");
}
