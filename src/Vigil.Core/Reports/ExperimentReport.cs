using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Vigil.Logs.Checkpoints;
using Vigil.Monitoring;
using Vigil.Views;

namespace Vigil.Reports;

/// <summary>All that is reported of an experiment; what <c>report --json</c> prints. Sources and paths are named from <c>dir</c> where they lie in it.</summary>
public sealed record ExperimentReport(int Schema, string? Experiment, string Dir, DateTimeOffset Generated, ReportProgress Progress)
{
    public ImmutableArray<TrainingRow> Training { get; init; } = [];

    public ImmutableArray<EvaluationRow> Evaluations { get; init; } = [];

    public ImmutableArray<CheckpointRow> Checkpoints { get; init; } = [];

    public ImmutableArray<StorageRow> Storage { get; init; } = [];

    public ImmutableArray<ComputeRow> Compute { get; init; } = [];

    public ImmutableArray<JobRow> Jobs { get; init; } = [];

    public ImmutableArray<FailureRow> Failures { get; init; } = [];

    /// <summary>Logs of evaluations that are no results.</summary>
    public ImmutableArray<ReportIssue> Issues { get; init; } = [];

    public ImmutableArray<string> Notes { get; init; } = [];

    [JsonIgnore]
    public ImmutableArray<LossCurve> Curves { get; init; } = [];

    public static ExperimentReport Of(ReportFacts facts)
    {
        var (evaluations, issues) = EvaluationRows.Of(facts);
        return new(1, facts.Experiment, facts.Root, facts.Generated, ReportProgress.Of(facts, evaluations))
        {
            Training = TrainingRows.Of(facts),
            Evaluations = evaluations,
            Checkpoints = [.. facts.Runs.SelectMany(run => run.Checkpoints.Reverse().Select(seen => CheckpointRow.Of(facts, run, seen)))],
            Storage = [.. facts.Runs.Where(static r => r.Size is { Files: > 0 }).Select(run => StorageRow.Of(facts, run))],
            Compute = [.. facts.Runs.SelectMany(run => ComputeRow.Of(facts, run))],
            Jobs = [.. facts.Runs.Where(static r => r.Use is not null).Select(static r => new JobRow(r.Run.Id.Value, r.Use!))],
            Failures = [.. facts.Runs.Where(static r => FailureRow.HasFailed(r.Run)).Select(run => FailureRow.Of(facts, run))],
            Issues = issues,
            Notes = facts.Notes,
            Curves = LossCurve.Of(facts),
        };
    }
}

/// <summary>How far the experiment is.</summary>
/// <param name="Complete">Runs that completed, of <paramref name="Runs"/>.</param>
/// <param name="Counts">By our words for states; those that no run is in are left out.</param>
/// <param name="IsPartial">Whether something may still change: a run goes on, or waits.</param>
public sealed record ReportProgress(int Complete, int Runs, IReadOnlyDictionary<string, int> Counts, int Evaluations, int EvaluationsWithResult, [property: JsonPropertyName("partial")] bool IsPartial)
{
    internal static ReportProgress Of(ReportFacts facts, ImmutableArray<EvaluationRow> evaluations)
    {
        var found = facts.Runs.CountBy(static r => RunWords.State(r.Run)).ToDictionary();
        var counts = new OrderedDictionary<string, int>(RunWords.All.Where(found.ContainsKey).Select(word => KeyValuePair.Create(word, found[word])));
        return new(found.GetValueOrDefault("completed"), facts.Runs.Length, counts, evaluations.Length, evaluations.Count(static e => e.HasResult), facts.Runs.Any(static r => r.Run.State is not RunState.Finished));
    }
}

/// <summary>One checkpoint as it lies on disk.</summary>
/// <param name="Verdict"><c>valid</c>, <c>unsettled</c> (perhaps still being written), <c>invalid</c>.</param>
/// <param name="Reason">Null where it is valid.</param>
public sealed record CheckpointRow(string Run, string Name, long? Step, long? Epoch, long Bytes, string Verdict, string? Reason, string Source)
{
    internal static CheckpointRow Of(ReportFacts facts, RunFacts run, CheckpointSeen seen) => new(
        run.Run.Id.Value, seen.Path[(seen.Path.LastIndexOf('/') + 1)..], seen.Step, seen.Epoch, seen.Bytes,
        seen.Validity switch { CheckpointValidity.Valid => "valid", CheckpointValidity.Unsettled => "unsettled", _ => "invalid" }, seen.Reason is { } reason ? SafeText.Line(reason) : null, facts.Source(seen.Path));
}

/// <summary>What lies on disk of one run; runs within its folder count for themselves.</summary>
/// <param name="CheckpointBytes">Of the checkpoints that were looked at.</param>
/// <param name="IsPart">Whether there are more files than were counted.</param>
public sealed record StorageRow(string Run, int Files, long Bytes, long CheckpointBytes, [property: JsonPropertyName("part")] bool IsPart, string Source)
{
    internal static StorageRow Of(ReportFacts facts, RunFacts run) => new(run.Run.Id.Value, run.Size!.Files, run.Size.Bytes, run.Checkpoints.Sum(static c => c.Bytes), run.Size.IsPart, facts.Source(run.Folder));
}
