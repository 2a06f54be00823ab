using System.Collections.Immutable;
using System.Globalization;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Views;

/// <summary>How the logs of fine-tuning and evaluating put things.</summary>
internal static class PipelineWords
{
    /// <summary>Words of a scheduler for an end that is none of <c>COMPLETED</c>, <c>FAILED</c> and <c>CANCELLED</c>.</summary>
    private static readonly string[] Ends = ["TIMEOUT", "OUT_OF_MEMORY", "NODE_FAIL", "PREEMPTED", "BOOT_FAIL", "DEADLINE", "LAUNCH_FAILED", "REVOKED"];

    /// <summary><c>All 4 jobs PENDING</c>, <c>2 PENDING, 2 RUNNING</c>.</summary>
    public static string Standing(IReadOnlyList<RunRecord> runs)
    {
        var counts = runs.CountBy(Word).ToList();
        if (runs.Count == 1) return counts[0].Key;
        return counts is [{ Key: var only }] ? $"All {runs.Count} jobs {only}" : string.Join(", ", counts.Select(static c => $"{c.Value} {c.Key}"));
    }

    /// <summary>Every state in which some run ended; completed and failed ones always.</summary>
    public static string Ended(IReadOnlyList<RunRecord> runs)
    {
        var counts = runs.CountBy(Word).ToDictionary(StringComparer.Ordinal);
        string[] first = ["COMPLETED", "FAILED"];
        return string.Join(", ", first.Concat(counts.Keys.Except(first).Order(StringComparer.Ordinal)).Select(word => $"{counts.GetValueOrDefault(word)} {word}"));
    }

    private static string Word(RunRecord run) => run.State switch
    {
        RunState.Queued => "PENDING",
        RunState.Running => "RUNNING",
        RunState.Finished { Outcome: Outcome.Failed, Reason: { } reason } when Ends.FirstOrDefault(end => reason.StartsWith(end, StringComparison.Ordinal)) is { } end => end,
        _ => RunWords.State(run).ToUpperInvariant(),
    };

    /// <summary>The scheduler's own word for an attempt's end.</summary>
    public static string State(RunEvent.AttemptEnded ended) =>
        Ends.FirstOrDefault(end => ended.Reason?.StartsWith(end, StringComparison.Ordinal) is true) ?? RunWords.Job(ended.State).ToUpperInvariant();

    /// <summary>Of a complete design its factors, else the evaluations themselves.</summary>
    public static string Design(IReadOnlyList<RunRecord> runs)
    {
        var trained = runs.Where(static r => r.Plan.Evaluation!.Training is not null).ToList();
        var (points, tasks, epochs) = (Count(static r => r.Plan.Point), Count(static r => r.Plan.Evaluation!.Task), Count(static r => r.Plan.Evaluation!.Epoch));
        var others = runs.Count - trained.Count;
        if (trained.Count == 0 || points * tasks * epochs != trained.Count) return string.Join(", ", runs.Select(static r => $"{r.Plan.Point}/{r.Plan.Evaluation!.Subject()}"));
        return $"{points} runs × {tasks} tasks × {epochs} epochs{(others > 0 ? $" + {others} without training" : "")}";

        int Count<T>(Func<RunRecord, T> of) => trained.Select(of).Distinct().Count();
    }

    public static string Duration(TimeSpan took) => took.TotalSeconds < 60 ? Count((int)took.TotalSeconds, "second") : Count((int)took.TotalMinutes, "minute");

    private static string Count(int number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number} {unit}{(number == 1 ? "" : "s")}");

    /// <summary>The name of a run's script in its point's folders.</summary>
    public static string Script(PlannedRun run) => ScriptCopy.PathOf(run) is { } copy ? Path.GetFileName(copy) : "script.sbatch";

    public static string Artifacts(ImmutableArray<Artifact> artifacts) => string.Join(", ", artifacts.Select(static a => a switch
    {
        Artifact.Weights { Path: var path } => Path.GetFileName(path),
        Artifact.Document { Path: var path } => Path.GetFileName(path),
        Artifact.Evaluation { Folder: var folder, Task: var task } => $"the log of {task ?? "the evaluation"} in {Path.GetFileName(folder)}",
        _ => throw new System.Diagnostics.UnreachableException(),
    }));

    public static string AllThere(ImmutableArray<Artifact> artifacts) => artifacts switch
    {
        [Artifact.Evaluation] => "Its own log says success",
        [Artifact.Weights] => "The checkpoint exists",
        _ when artifacts.All(static a => a is Artifact.Weights) => $"All {artifacts.Length} checkpoints exist",
        _ => "All of it exists",
    };
}
