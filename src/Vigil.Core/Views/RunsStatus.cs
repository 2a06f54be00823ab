using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Tracking;

namespace Vigil.Views;

/// <summary><c>runs_status.yaml</c>: one entry a sweep point, one group of keys a stage. A run that was started from another one is a point of its own.</summary>
public static class RunsStatus
{
    /// <summary>The line by which a file is known as ours.</summary>
    public const string Writer = "Written by vigil from the journal; changes made here are overwritten";

    public static string Write(ExperimentState state) => TrackerText.Write(Of(state));

    /// <summary>Nested where some point has several runs of one stage, such as its evaluations.</summary>
    public static RunTracker Of(ExperimentState state)
    {
        var points = state.InPlanOrder.GroupBy(static r => r.Plan.Lineage is null ? r.Plan.Point : r.Id.Value).Select(static p => (p.Key, Runs: p.ToImmutableArray())).ToImmutableArray();
        var form = points.Any(static p => p.Runs.Select(FlatKey).Distinct().Count() < p.Runs.Length) ? TrackerForm.Nested : TrackerForm.Flat;
        return new(state.Experiment?.Name, [.. points.Select(p => Point(p.Key, p.Runs, form))]) { Header = TrackerHeader.New(Writer, Time(state.LastChange) ?? "never") };
    }

    private static TrackedPoint Point(string name, ImmutableArray<RunRecord> runs, TrackerForm form) =>
        new(name, form, [.. NotTrained(runs, form), .. runs.Select(run => Entry(run, form is TrackerForm.Flat ? FlatKey(run) : NestedKey(run, runs)))]) { LastUpdated = Time(runs.Max(static r => r.Changed)) };

    /// <summary>Beside fine-tuned models stands what is only evaluated.</summary>
    private static ImmutableArray<TrackedEntry> NotTrained(ImmutableArray<RunRecord> runs, TrackerForm form) =>
        form is TrackerForm.Nested && runs.All(static r => r.Plan.Evaluation is { Training: null }) ? [new(EntryKey.FineTune, TrackedStatus.Skipped) { Note = TrackerPlan.NotTrained }] : [];

    private static EntryKey FlatKey(RunRecord run) => run.Plan.Evaluation is null ? new(run.Plan.Stage ?? "train") : EntryKey.Eval;

    /// <summary>What is no evaluation goes by its stage, or, where a point has several of it, by the run's own name.</summary>
    private static EntryKey NestedKey(RunRecord run, ImmutableArray<RunRecord> beside)
    {
        if (run.Plan.Evaluation is { } evaluation) return new(EntryKey.EvalStage, evaluation.Key());
        return beside.Count(r => r.Plan.Evaluation is null && FlatKey(r) == FlatKey(run)) == 1 ? FlatKey(run) : new(run.Id.Value);
    }

    private static TrackedEntry Entry(RunRecord run, EntryKey key)
    {
        var status = TrackedWords.Parse(RunWords.Tracker(run)) ?? TrackedStatus.Failed;
        return new(key, status)
        {
            JobId = run.LastAttempt?.Job?.Value,
            Output = status is TrackedStatus.Completed ? Left(run) ?? run.Checkpoint?.Path ?? run.Plan.OutputDir : null,
            Reason = run.State is RunState.Finished { Reason: { } reason } ? reason : null,
            Note = run.Plan.Deviations is { } deviations ? $"deviates from plan: {Planning.Deviations.Text(deviations)}" : null,
            LastUpdated = Time(run.Changed),
        };
    }

    /// <summary>The last checkpoint that was verified when the job completed; null: none was asked for.</summary>
    private static string? Left(RunRecord run) => run.Plan.Artifacts is { } artifacts ? artifacts.OfType<Planning.Artifact.Weights>().LastOrDefault()?.Path : null;

    private static string? Time(DateTimeOffset? at) => at is { } time ? TrackerHeader.Time(time) : null;
}
