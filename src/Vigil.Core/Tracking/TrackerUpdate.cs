using System.Collections.Immutable;
using System.Globalization;

namespace Vigil.Tracking;

/// <summary>A tracker after a look at the scheduler.</summary>
/// <param name="Waiting">Why jobs wait, by their ids, in the scheduler's words.</param>
public sealed record TrackerUpdate(RunTracker Tracker, ImmutableArray<TrackerChange> Changes, ImmutableArray<TrackerIssue> Issues, ImmutableDictionary<string, string> Waiting)
{
    /// <summary>For so long accounting may be behind.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Takes over what the scheduler shows. A job that it does not show changes nothing, and what is completed stays so.
    /// </summary>
    /// <param name="jobs">One row a job.</param>
    /// <param name="output">Looks for what a completed job left; asked only where that is not known yet.</param>
    public static TrackerUpdate Of(RunTracker tracker, ImmutableArray<TrackedSubject> subjects, JobMatcher matcher, IReadOnlyCollection<SeenJob> jobs, Func<TrackedSubject, OutputFound> output, DateTimeOffset now)
    {
        var byId = jobs.ToDictionary(static j => j.Id, StringComparer.Ordinal);
        var recorded = tracker.Points.SelectMany(static p => p.Entries).Select(static e => e.JobId).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var (named, told) = matcher.Match(jobs.Where(j => !recorded.Contains(j.Id)));
        var bySubject = subjects.ToDictionary(static s => (s.Point, s.Key));
        var changes = ImmutableArray.CreateBuilder<TrackerChange>();
        var issues = told.ToBuilder();
        var stamp = TrackerHeader.Time(now);
        ImmutableArray<TrackedPoint> points = [.. tracker.Points.Select(Point)];
        return new(changes.Count == 0 ? tracker : tracker with { Points = points, Header = tracker.Header.WithTime(stamp) }, changes.ToImmutable(), issues.ToImmutable(), Reasons(jobs));

        TrackedPoint Point(TrackedPoint point)
        {
            var entries = point.Entries.Select(e => Entry(point, e)).ToImmutableArray();
            return entries.SequenceEqual(point.Entries) ? point : point with { Entries = entries, LastUpdated = stamp };
        }

        TrackedEntry Entry(TrackedPoint point, TrackedEntry entry)
        {
            if (!bySubject.TryGetValue((point.Name, entry.Key), out var subject)) return entry;
            var choice = JobChoice.Of(subject, entry, entry.JobId is { } id ? byId.GetValueOrDefault(id) : null, [.. named[subject]]);
            if (choice.Issue is { } issue) issues.Add(issue);
            if (choice.Job is null && Silence(point, entry, now) is { } silence) issues.Add(silence);
            var next = choice.Job is null ? entry : After(entry, choice.Job);
            if (choice.Job is { Status: null } odd) issues.Add(new(point.Name, $"Slurm says {odd.State} of job {odd.Id}, a word that Vigil does not know: nothing follows from it"));
            if (next is { Status: TrackedStatus.Completed, Output: null } && (choice.Job is not null || entry.JobId is not null))
            {
                var found = output(subject);
                next = next with { Output = found.Path };
                if (found.Problem is { } problem) issues.Add(new(point.Name, $"{entry.Key}: {problem}", found.Path is null ? "when it is there, update again; or write its path into runs_status.yaml" : null));
            }
            if (next == entry) return entry;
            next = next with { LastUpdated = stamp };
            changes.Add(new(point.Name, entry, next));
            return next;
        }
    }

    private static TrackedEntry After(TrackedEntry entry, SeenJob job)
    {
        if (job.Status is not { } status || entry.Status is TrackedStatus.Completed) return entry;
        var isSame = job.Id == entry.JobId;
        // Whatever stood there before, such as the job's log, is not what a completed job left.
        var output = isSame && status is not TrackedStatus.Completed ? entry.Output : null;
        return entry with { Status = status, JobId = job.Id, Output = output, Reason = status is TrackedStatus.Failed ? job.State : null };
    }

    /// <summary>A job of which the scheduler has long known nothing. Nothing follows from it, and a person should look.</summary>
    private static TrackerIssue? Silence(TrackedPoint point, TrackedEntry entry, DateTimeOffset now)
    {
        if (!entry.Status.IsLive()) return null;
        var last = point.Form is TrackerForm.Flat ? point.LastUpdated : entry.LastUpdated;
        if (DateTime.TryParse(last, CultureInfo.InvariantCulture, out var at) && now.DateTime - at is var age && age < Grace && age > -Grace) return null;
        var job = entry.JobId is { } id ? $"job {id}" : "a job of it";
        return new(point.Name, $"{entry.Key} is {entry.Status.Word()}, and neither squeue nor sacct knows {job}: it stays so", "look at its log; if it is gone, set its status to failed or pending in runs_status.yaml");
    }

    private static ImmutableDictionary<string, string> Reasons(IEnumerable<SeenJob> jobs) =>
        jobs.Where(static j => j is { Status: TrackedStatus.Submitted, Reason: not null }).ToImmutableDictionary(static j => j.Id, static j => j.Reason!);
}
