using System.Collections.Immutable;

namespace Vigil.Tracking;

/// <summary>A job as the scheduler showed it.</summary>
/// <param name="Id">As <c>squeue</c> writes it; of a task of an array, <c>123_4</c>.</param>
/// <param name="State">The exact words.</param>
/// <param name="Reason">Why it waits; null: none.</param>
/// <param name="WorkDir">Absolute; null: nobody said.</param>
public sealed record SeenJob(string Id, string Name, string State, string? Reason, DateTimeOffset? Submit, string? WorkDir)
{
    /// <summary>The job's own number; of a task, the array's. 0: it is none.</summary>
    public long Number { get; } = long.TryParse(Base(Id), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0;

    public string Array => Base(Id);

    public TrackedStatus? Status => SlurmWords.Status(State);

    private static string Base(string id) => id.AsSpan().IndexOfAny('_', '+') is > 0 and var cut ? id[..cut] : id;

    /// <summary>
    /// One row a job. A job that was queued again has several in accounting, of which the newest counts; what the queue shows is newer than all
    /// of them: accounting still says how the run before ended.
    /// </summary>
    public static ImmutableArray<SeenJob> OnePerId(IEnumerable<SeenJob> queue, IEnumerable<SeenJob> accounting)
    {
        var jobs = new OrderedDictionary<string, SeenJob>(StringComparer.Ordinal);
        foreach (var job in accounting)
            if (!jobs.TryGetValue(job.Id, out var other) || (job.Submit ?? DateTimeOffset.MinValue) >= (other.Submit ?? DateTimeOffset.MinValue)) jobs[job.Id] = job;
        foreach (var job in queue) jobs[job.Id] = job with { WorkDir = job.WorkDir ?? jobs.GetValueOrDefault(job.Id)?.WorkDir };
        return [.. jobs.Values];
    }
}
