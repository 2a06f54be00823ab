using System.Globalization;

namespace FakeSlurm;

/// <summary><c>afterok:1:2,afterany:3_4</c> and its like.</summary>
internal static class Dependencies
{
    public const string NeverSatisfied = "DependencyNeverSatisfied";

    private static readonly string[] Types = ["after", "afterany", "afterok", "afternotok", "aftercorr", "afterburstbuffer"];

    private enum Verdict { Open, Met, Never }

    /// <summary>Whether Slurm would take the text.</summary>
    public static bool IsValid(string text) => Terms(text).All(term =>
        term == "singleton" || term.Split(':') is [var type, .. { Length: > 0 } ids] && Types.Contains(type) && ids.All(id => Target(id) is not null));

    /// <summary>Looks at every waiting job's dependencies; true where one is met or will never be.</summary>
    public static bool Settle(ClusterState state)
    {
        state.DependenciesAreStale = false;
        var changed = false;
        foreach (var job in state.Jobs.Where(job => job is { IsPending: true, Dependency: not null, Purged: false }).ToList())
        {
            var verdict = Judge(state, job);
            if (verdict == Verdict.Open) continue;
            changed = true;
            if (verdict == Verdict.Met) job.Dependency = null;
            else if (job.DiesOfInvalidDependency) Die(state, job);
            else changed = job.Reason != NeverSatisfied;
            if (verdict == Verdict.Never) job.Reason = NeverSatisfied;
        }
        return changed;
    }

    private static void Die(ClusterState state, FakeJob job)
    {
        ArrayIds.Ungroup(state, job);
        (job.State, job.Started, job.Ended, job.Dependency) = (JobStates.Cancelled, state.Now, state.Now, null);
        Accounting.Note(state, job);
        state.DependenciesAreStale = true;
    }

    private static Verdict Judge(ClusterState state, FakeJob job)
    {
        var verdicts = Terms(job.Dependency!).SelectMany(term => Judge(state, job, term)).ToList();
        if (job.Dependency!.Contains('?', StringComparison.Ordinal))
            return verdicts.Contains(Verdict.Met) ? Verdict.Met : verdicts.Contains(Verdict.Open) ? Verdict.Open : Verdict.Never;
        return verdicts.Contains(Verdict.Never) ? Verdict.Never : verdicts.Contains(Verdict.Open) ? Verdict.Open : Verdict.Met;
    }

    private static IEnumerable<Verdict> Judge(ClusterState state, FakeJob job, string term)
    {
        if (term == "singleton")
        {
            var others = state.Jobs.Where(other => other != job && other.Name == job.Name && other.User == job.User && !other.HasEnded && (other.IsRunning || other.Submitted <= job.Submitted && other.Id < job.Id));
            return [others.Any() ? Verdict.Open : Verdict.Met];
        }
        var parts = term.Split(':');
        return parts[1..].Select(id => Judge(parts[0], Targets(state, job, parts[0], Target(id)!.Value)));
    }

    private static List<FakeJob> Targets(ClusterState state, FakeJob job, string type, (int Id, int? Task) target)
    {
        var found = state.Find(target.Id);
        // A task that the other array does not have waits for all of it.
        var task = target.Task ?? (type == "aftercorr" && found.Any(other => other.ArrayId == target.Id && other.TaskId == job.TaskId) ? job.TaskId : null);
        return [.. task is null ? found : found.Where(other => other.TaskId == task)];
    }

    // A job that the controller does not know (any more) counts as done, whatever became of it.
    private static Verdict Judge(string type, List<FakeJob> targets)
    {
        if (targets.Count == 0) return Verdict.Met;
        if (type == "after") return targets.TrueForAll(job => job.IsRunning || job.HasEnded) ? Verdict.Met : Verdict.Open;
        if (!targets.TrueForAll(job => job.HasEnded)) return Verdict.Open;
        var succeeded = targets.TrueForAll(job => job.State == JobStates.Completed);
        return type switch
        {
            "afterok" or "aftercorr" => succeeded ? Verdict.Met : Verdict.Never,
            "afternotok" => succeeded ? Verdict.Never : Verdict.Met,
            _ => Verdict.Met,
        };
    }

    private static string[] Terms(string text) => text.Split([',', '?'], StringSplitOptions.None);

    private static (int Id, int? Task)? Target(string text)
    {
        var parts = text.Split('+')[0].Split('_');
        if (parts.Length > 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return null;
        if (parts.Length == 1 || parts[1] == "*") return (id, null);
        return int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var task) ? (id, task) : null;
    }
}
