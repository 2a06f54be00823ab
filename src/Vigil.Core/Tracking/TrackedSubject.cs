using System.Collections.Immutable;
using Vigil.Planning;

namespace Vigil.Tracking;

/// <summary>An entry of a tracker with what its job may be called.</summary>
/// <param name="Evaluations">What its job evaluates: one in the nested form; all of the run's in the flat one, and of what is no evaluation none.</param>
/// <param name="Names">Whole names that mean this entry.</param>
public sealed record TrackedSubject(string Point, EntryKey Key, ImmutableArray<PlannedEvaluation> Evaluations, ImmutableArray<string> Names)
{
    /// <summary>All entries that a job may belong to. What is skipped has none, so that its run's bare name means its evaluation.</summary>
    /// <param name="trainingName">What the run's own configuration calls its training; null: it does not say.</param>
    public static ImmutableArray<TrackedSubject> Of(RunTracker tracker, TrackerPlan plan, Func<string, string?> trainingName)
    {
        var subjects = ImmutableArray.CreateBuilder<TrackedSubject>();
        foreach (var point in tracker.Points)
        {
            var entries = point.Entries.Where(static e => e.Status is not TrackedStatus.Skipped).ToList();
            var isTrained = entries.Exists(static e => !e.Key.IsEvaluation);
            foreach (var entry in entries)
                subjects.Add(entry.Key.IsEvaluation ? Evaluation(point.Name, entry.Key, plan[point.Name], isTrained) : Training(point.Name, entry.Key, trainingName(point.Name)));
        }
        return subjects.ToImmutable();
    }

    private static TrackedSubject Training(string run, EntryKey key, string? name) =>
        new(run, key, [], [.. new[] { run, $"{run}_{key.Stage}", $"{key.Stage}-{run}", name }.OfType<string>().Distinct(StringComparer.Ordinal)]);

    private static TrackedSubject Evaluation(string run, EntryKey key, TrackedRun? planned, bool isTrained)
    {
        ImmutableArray<PlannedEvaluation> evaluations = key.Evaluation is not { } name
            ? planned?.Evaluations ?? []
            : [planned?.Evaluations.FirstOrDefault(e => EvaluationNames.Canonical(e.Key()) == EvaluationNames.Canonical(name)) ?? EvaluationNames.Parse(name, run)];
        var names = evaluations.SelectMany(e => EvaluationNames.Jobs(run, e));
        if (key.Evaluation is null) names = names.Append($"eval-{run}");
        if (!isTrained) names = names.Append(run);
        return new(run, key, evaluations, [.. names.Distinct(StringComparer.Ordinal)]);
    }
}
