using System.Collections.Immutable;

namespace Vigil.Tracking;

/// <summary>The words of a job's name.</summary>
internal static class JobWords
{
    private static readonly HashSet<string> Evaluating = new(["eval", "evals", "evaluate", "evaluation", "inspect"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a run's name stands in a job's as a word: <c>rank4</c> is none of <c>rank40</c>, <c>rank4-b</c> and <c>rank4.1</c>.</summary>
    public static bool Contains(string name, string run) => IndexOf(name, run) >= 0;

    /// <summary>The rest of the name, which tells what the job does.</summary>
    public static string Without(string name, string run) => IndexOf(name, run) is >= 0 and var at ? $"{name[..at]} {name[(at + run.Length)..]}" : name;

    private static int IndexOf(string name, string word)
    {
        if (word.Length == 0) return -1;
        for (var at = name.IndexOf(word, StringComparison.Ordinal); at >= 0; at = name.IndexOf(word, at + 1, StringComparison.Ordinal))
            if ((at == 0 || IsBoundary(name[at - 1])) && (at + word.Length == name.Length || IsBoundary(name[at + word.Length]))) return at;
        return -1;
    }

    private static bool IsBoundary(char c) => !char.IsLetterOrDigit(c) && c is not ('-' or '.');

    /// <summary>Whether a name says what the job does: trains, or evaluates.</summary>
    public static bool SaysStage(string rest, IEnumerable<TrackedSubject> ofRun) =>
        Words(rest).Any(Evaluating.Contains) || ofRun.Any(s => !s.Key.IsEvaluation && Words(rest).Contains(s.Key.Stage, StringComparer.OrdinalIgnoreCase));

    /// <summary>The entries of one run that a job with these words beside its run's name may be.</summary>
    public static IEnumerable<TrackedSubject> Stage(string rest, IEnumerable<TrackedSubject> ofRun)
    {
        var all = ofRun.ToImmutableArray();
        var (evaluations, others) = (all.RemoveAll(static s => !s.Key.IsEvaluation), all.RemoveAll(static s => s.Key.IsEvaluation));
        var tasks = evaluations.SelectMany(static s => s.Evaluations).Select(static e => e.Task).Distinct(StringComparer.Ordinal).Where(task => Speaks(rest, task)).ToList();
        var saysEvaluation = tasks.Count > 0 || Words(rest).Any(Evaluating.Contains);
        if (!saysEvaluation && others.Length > 0) return others.Where(s => Words(rest).Contains(s.Key.Stage, StringComparer.OrdinalIgnoreCase)) is var named && named.Any() ? named : others;
        return evaluations.Length == 1 ? evaluations : evaluations.Where(s => s.Evaluations.Any(e => Fits(e, tasks, EvaluationNames.Epoch(rest))));
    }

    /// <summary>A name that does not say the task, or the epoch, may mean any.</summary>
    private static bool Fits(Planning.PlannedEvaluation evaluation, List<string> tasks, int? epoch) =>
        (tasks.Count == 0 || tasks.MaxBy(static t => t.Length) == evaluation.Task) && (epoch is null || evaluation.Epoch == epoch);

    /// <summary>Tasks stand between dashes as well.</summary>
    private static bool Speaks(string rest, string task)
    {
        var at = rest.IndexOf(task, StringComparison.OrdinalIgnoreCase);
        return task.Length > 0 && at >= 0 && (at == 0 || !char.IsLetterOrDigit(rest[at - 1])) && (at + task.Length == rest.Length || !char.IsLetterOrDigit(rest[at + task.Length]));
    }

    private static ImmutableArray<string> Words(string text) =>
        [.. new string([.. text.Select(static c => char.IsLetterOrDigit(c) ? c : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}
