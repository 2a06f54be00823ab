using System.Collections.Immutable;
using System.Globalization;
using Vigil.Evaluations;
using Vigil.Planning;

namespace Vigil.Tracking;

/// <summary>A log of inspect's below a run's folder.</summary>
/// <param name="Path">Absolute.</param>
public sealed record EvaluationLog(string Path, EvalReading Reading);

/// <summary>Finds the log that one evaluation left.</summary>
public static class EvaluationChoice
{
    /// <param name="wanted">What the job evaluates; none: the plan does not say.</param>
    /// <param name="others">All evaluations of the run, that of the job among them.</param>
    /// <param name="logs">In the order in which they began.</param>
    public static OutputFound Of(ImmutableArray<PlannedEvaluation> wanted, ImmutableArray<PlannedEvaluation> others, string runFolder, ImmutableArray<EvaluationLog> logs)
    {
        var fitting = logs.Where(log => wanted.IsEmpty || wanted.Any(e => Fits(e, others, runFolder, log))).ToList();
        // Of a log that cannot be read nobody knows when it began: one that can be read speaks first.
        if (fitting.FindLast(static l => l.Reading is EvalReading.Read) is { Reading: EvalReading.Read { Log.Status: EvalStatus.Success } } newest) return new(newest.Path, null);
        var what = wanted is [var one] ? one.Subject() : "its evaluations";
        return (fitting.FindLast(static l => l.Reading is EvalReading.Read) ?? fitting.LastOrDefault()) switch
        {
            null => new(null, $"completed, and there is no log of {what} below {runFolder}"),
            { Reading: EvalReading.Refused { Trouble.Text: var trouble } } log => new(null, $"completed, and its log {log.Path} {trouble}"),
            { Reading: EvalReading.Read { Log.Status: var status } } log => new(null, $"completed by Slurm's word, and its log says otherwise: {Word(status)} ({log.Path})"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>A folder named after an evaluation tells whose log it is; else what the log says of itself.</summary>
    private static bool Fits(PlannedEvaluation evaluation, ImmutableArray<PlannedEvaluation> others, string runFolder, EvaluationLog log)
    {
        var folders = log.Path[runFolder.Length..].Split('/')[..^1].Select(EvaluationNames.Canonical).ToHashSet(StringComparer.Ordinal);
        if (others.FirstOrDefault(e => folders.Contains(EvaluationNames.Canonical(e.Key()))) is { } owner) return owner == evaluation;
        if (log.Reading is not EvalReading.Read { Log: var said }) return log.Path[runFolder.Length..] is var below && (below.Contains(evaluation.Task.Replace('_', '-'), StringComparison.Ordinal) || below.Contains(evaluation.Task, StringComparison.Ordinal));
        return SameTask(evaluation, others, said) && SameEpoch(evaluation, said);
    }

    /// <summary>Where a run has a single task, its log may call it otherwise.</summary>
    private static bool SameTask(PlannedEvaluation evaluation, ImmutableArray<PlannedEvaluation> others, EvalLog log) =>
        Plain(log.Task) == Plain(evaluation.Task) || others.Select(static e => e.Task).Distinct().Count() == 1;

    private static string Plain(string task) => task[(task.LastIndexOf('/') + 1)..].Replace('-', '_');

    /// <summary>A log that does not say its epoch may be of any.</summary>
    private static bool SameEpoch(PlannedEvaluation evaluation, EvalLog log)
    {
        if (evaluation.Epoch is not { } epoch) return true;
        var said = log.Origin.Epoch is { } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : EvaluationNames.Epoch(log.ModelPath ?? "") ?? EvaluationNames.Epoch(log.Model ?? "");
        return said is null || said == epoch;
    }

    private static string Word(EvalStatus status) => status switch
    {
        EvalStatus.Unfinished => "unfinished",
        EvalStatus.Started => "started",
        EvalStatus.Cancelled => "cancelled",
        EvalStatus.Failed { Message: { } message } => $"error: {message}",
        EvalStatus.Failed => "error",
        EvalStatus.Other { Word: var word } => word,
        _ => "success",
    };
}
