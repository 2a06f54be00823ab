using System.Collections.Immutable;

namespace Vigil.Tracking;

/// <summary>Finds out whose job a job is, by its name and the folder it was submitted in. What fits several runs is told, and given to none.</summary>
/// <param name="roots">The experiment's folder, by every path that leads to it.</param>
/// <param name="since">Jobs that were submitted before are not the experiment's; null: nobody knows.</param>
public sealed class JobMatcher(ImmutableArray<TrackedSubject> subjects, ImmutableArray<string> roots, DateTimeOffset? since)
{
    private readonly ILookup<string, TrackedSubject> _byName = subjects.SelectMany(static s => s.Names.Select(name => (Name: name, Subject: s))).ToLookup(static p => p.Name, static p => p.Subject, StringComparer.Ordinal);
    private readonly ILookup<string, TrackedSubject> _byRun = subjects.ToLookup(static s => s.Point, StringComparer.Ordinal);
    private readonly HashSet<string> _runs = [.. subjects.Select(static s => s.Point)];

    /// <summary>The jobs of each entry, and what could not be told.</summary>
    public (ILookup<TrackedSubject, SeenJob> Jobs, ImmutableArray<TrackerIssue> Issues) Match(IEnumerable<SeenJob> jobs)
    {
        List<(TrackedSubject Subject, SeenJob Job)> found = [], strange = [];
        var issues = ImmutableArray.CreateBuilder<TrackerIssue>();
        foreach (var job in jobs)
        {
            var place = JobPlace.Of(job.WorkDir, roots, _runs);
            var possible = Possible(job.Name, place);
            if (possible is [] || job.Submit < since && place is (JobPlace.Elsewhere or JobPlace.Unknown)) continue;
            if (place is JobPlace.Elsewhere || job.Submit < since) strange.AddRange(possible.Select(s => (s, job)));
            else if (possible is not [var only]) issues.Add(Ambiguous(job, possible));
            else if (place is JobPlace.OfRun { Run: var run } && run != only.Point)
                issues.Add(new(null, $"job {job.Id} is called '{job.Name}' as {only.Point} is, and was submitted in the folder of {run}: it is counted for neither", $"write its id into runs_status.yaml where it belongs"));
            else found.Add((only, job));
        }
        var matched = found.ToLookup(static p => p.Subject, static p => p.Job);
        // Who has a job of its own is not asked about others.
        foreach (var (subject, job) in strange.Where(p => !matched.Contains(p.Subject)).DistinctBy(static p => p.Subject))
            issues.Add(new(subject.Point, $"job {job.Id} is called '{job.Name}' and was submitted {(job.Submit < since ? "before the day on which the plan was created" : $"in {job.WorkDir}, outside of this folder")}: it is not counted", $"if it is {subject.Point}'s, write its id into runs_status.yaml"));
        return (matched, issues.ToImmutable());
    }

    private static TrackerIssue Ambiguous(SeenJob job, ImmutableArray<TrackedSubject> possible) => new(null,
        $"ambiguous: job {job.Id} is called '{job.Name}', which fits {string.Join(" and ", possible.Select(static s => $"{s.Point} ({s.Key})").Take(4))}{(possible.Length > 4 ? ", …" : "")}: it is counted for none",
        "write its id into runs_status.yaml where it belongs, or give jobs the name of their run");

    /// <summary>By its whole name, else by a run's name that is a word of it; a folder of a run decides among several, or where the name speaks of no run.</summary>
    private ImmutableArray<TrackedSubject> Possible(string name, JobPlace place)
    {
        ImmutableArray<TrackedSubject> exact = [.. _byName[name].Distinct()];
        if (exact.Length > 0) return Narrowed(exact, place);
        var runs = Longest(_runs.Where(run => JobWords.Contains(name, run)));
        if (runs is [] && place is JobPlace.OfRun { Run: var home }) return JobWords.SaysStage(name, _byRun[home]) ? [.. JobWords.Stage(name, _byRun[home])] : [];
        return Narrowed([.. runs.SelectMany(run => JobWords.Stage(JobWords.Without(name, run), _byRun[run]))], place);
    }

    private static ImmutableArray<TrackedSubject> Narrowed(ImmutableArray<TrackedSubject> possible, JobPlace place) =>
        place is JobPlace.OfRun { Run: var run } && possible.Length > 1 && possible.RemoveAll(s => s.Point != run) is { Length: > 0 } there ? there : possible;

    private static ImmutableArray<string> Longest(IEnumerable<string> runs)
    {
        ImmutableArray<string> all = [.. runs];
        return all is [] ? [] : [.. all.Where(run => run.Length == all.Max(static r => r.Length))];
    }
}
