using System.Collections.Immutable;
using System.Globalization;
using Vigil.Documents;
using Vigil.Planning;

namespace Vigil.Tracking;

/// <summary>What a plan document says of the jobs that a tracker follows.</summary>
/// <param name="Created">The day on which the plan was made, in the zone of whoever looks; null: it does not say.</param>
public sealed record TrackerPlan(string Group, ImmutableArray<TrackedRun> Runs, DateTimeOffset? Created)
{
    private static readonly string[] Dates = ["yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm:ss"];

    /// <summary>Why a model has no training.</summary>
    internal const string NotTrained = "Base model - no fine-tuning required", GivenCheckpoint = "The checkpoint exists already - no fine-tuning required";

    /// <param name="zone">Of the dates that the document writes.</param>
    public static TrackerPlan Of(PlanDocument plan, TimeSpan zone)
    {
        var evaluations = DocumentJobs.Of(plan).OfType<DocumentJob.Evaluate>().ToLookup(static j => j.Run.Name);
        var runs = plan.Runs.DistinctBy(static r => r.Name).Select(run => new TrackedRun(run.Name, run.Kind, [.. evaluations[run.Name].Select(Planned)]) { MayBeEvaluated = plan.Matrix.IsEmpty });
        return new(plan.Name, [.. runs], Day(plan.Overview.Created?.Value, zone));
    }

    /// <summary>Flat while every run has one evaluation at most.</summary>
    public TrackerForm Form => Runs.All(static r => r.Evaluations.Length <= 1) ? TrackerForm.Flat : TrackerForm.Nested;

    /// <summary>Null: the plan has no such run.</summary>
    public TrackedRun? this[string run] => Runs.FirstOrDefault(r => r.Name == run);

    /// <summary>The tracker before anything was submitted.</summary>
    public RunTracker Begin(string writer, string time) =>
        new(Group, [.. Runs.Select(run => Begin(run, Form) with { LastUpdated = time })]) { Header = TrackerHeader.New(writer, time) };

    /// <summary>A tracker that is there, with what the plan has and it lacks: new runs, new evaluations. It keeps its form, and whatever else it holds.</summary>
    public RunTracker Complete(RunTracker tracker, string time)
    {
        var form = tracker.Points.Any(static p => !p.Entries.IsEmpty) ? tracker.Form : Form;
        var kept = tracker.Points.Select(point => this[point.Name] is { } run ? Complete(point, run, form) : point);
        var added = Runs.Where(run => tracker[run.Name] is null).Select(run => Begin(run, form) with { LastUpdated = time });
        return tracker with { Group = tracker.Group ?? Group, Points = [.. kept, .. added] };
    }

    /// <summary>What a tracker has and the plan lacks: it is kept, and a person should know.</summary>
    public static IEnumerable<TrackerIssue> Strangers(RunTracker tracker, TrackerPlan plan)
    {
        foreach (var point in tracker.Points)
            if (plan[point.Name] is not { } run) yield return new(point.Name, "this run is in runs_status.yaml and not in the plan: it is kept", "add it to the plan, or take it out of the file");
            else
                foreach (var entry in point.Entries.Where(e => e.Key.Evaluation is not null && Begin(run, TrackerForm.Nested).Entries.All(other => !IsSame(e.Key, other.Key))))
                    yield return new(point.Name, $"{entry.Key} is in runs_status.yaml and not in the plan: it is kept");
    }

    private static TrackedPoint Complete(TrackedPoint point, TrackedRun run, TrackerForm form)
    {
        if (point.Entries.IsEmpty) point = point with { Form = form };
        var added = Begin(run, point.Form).Entries.Where(e => point.Entries.All(other => !IsSame(e.Key, other.Key))).ToImmutableArray();
        return added.IsEmpty ? point : point with { Entries = [.. point.Entries, .. added] };
    }

    /// <summary>Evaluations have been called in several ways: <c>task_epoch_0</c>, <c>task_epoch0</c>; <c>task</c>, <c>task_base</c>.</summary>
    internal static bool IsSame(EntryKey one, EntryKey other) => one == other || one.Stage == other.Stage && one.Evaluation is { } a && other.Evaluation is { } b && EvaluationNames.Canonical(a) == EvaluationNames.Canonical(b);

    private static TrackedPoint Begin(TrackedRun run, TrackerForm form)
    {
        var training = run.Kind is DocumentRunKind.FineTuned
            ? new TrackedEntry(EntryKey.FineTune, TrackedStatus.Pending)
            : new TrackedEntry(EntryKey.FineTune, TrackedStatus.Skipped) { Note = form is TrackerForm.Flat ? null : run.Kind is DocumentRunKind.Control ? NotTrained : GivenCheckpoint };
        ImmutableArray<TrackedEntry> evaluations = form is TrackerForm.Nested
            ? [.. run.Evaluations.Select(static e => new TrackedEntry(new(EntryKey.EvalStage, e.Key()), TrackedStatus.Pending))]
            : [new(EntryKey.Eval, run.Evaluations.IsEmpty && !run.MayBeEvaluated ? TrackedStatus.Skipped : TrackedStatus.Pending)];
        return new(run.Name, form, [training, .. evaluations]);
    }

    private static PlannedEvaluation Planned(DocumentJob.Evaluate job) =>
        new(job.Task.Name, job.Run.IsFineTuned ? new RunId(job.Run.Name) : null, job.Epoch is EvaluatedEpoch.Numbered { Epoch: var epoch } ? epoch : null);

    private static DateTimeOffset? Day(string? text, TimeSpan zone) =>
        DateTime.TryParseExact(text, Dates, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? new(day.Date, zone) : null;
}

/// <summary>One run of a plan document.</summary>
public sealed record TrackedRun(string Name, DocumentRunKind Kind, ImmutableArray<PlannedEvaluation> Evaluations)
{
    /// <summary>Whether the document says nothing of evaluations at all, so that there may be some.</summary>
    public bool MayBeEvaluated { get; init; }
}
