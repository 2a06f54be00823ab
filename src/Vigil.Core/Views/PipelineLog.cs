using System.Collections.Immutable;
using System.Globalization;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Views;

/// <summary>
/// One of the two logs of fine-tuning and evaluating, made of the journal: the same entries give the same records. A session goes from the first job that is
/// to be done until none is left.
/// </summary>
public sealed class PipelineLog(PipelineKind kind)
{
    private readonly HashSet<RunId> _verified = [];
    private readonly HashSet<AttemptId> _begun = [];
    private DateTimeOffset? _since, _checked;
    private ImmutableArray<string> _members = [];
    private int _of = -1, _submitted;
    private long _seq;

    private const double UsualCheckSeconds = 60;

    /// <summary>Whether an experiment is such a pipeline: some of its runs evaluate.</summary>
    public static bool IsKept(ExperimentState state) => state.AllRuns.Any(static r => r.Plan.Evaluation is not null);

    /// <param name="state">After the entry.</param>
    public ImmutableArray<PipelineRecord> Apply(JournalEntry entry, ExperimentState state)
    {
        if (_of != state.Runs.Count || entry.Events.Any(static e => e is RunEvent.RunPlanned)) (_of, _members) = (state.Runs.Count, IsKept(state) ? [.. state.InPlanOrder.Where(IsMember).Select(static r => r.Id.Value)] : []);
        if (_members.IsEmpty) return [];
        var members = Members(state);
        _seq = entry.Seq;
        var records = ImmutableArray.CreateBuilder<PipelineRecord>();
        if (_since is null && members.Exists(static r => r.State is not RunState.Finished)) records.AddRange(Open(entry.At, state, members));
        foreach (var e in entry.Events) records.AddRange(Of(entry, e, state));
        if (_since is { } since && members.TrueForAll(static r => r.State is RunState.Finished))
        {
            records.Add(Record(entry.At, "ALL_COMPLETE", null, $"All {members.Count} {Noun(members.Count)} reached terminal states", PipelineWords.Ended(members)) with { Duration = PipelineWords.Duration(entry.At - since) });
            _since = null;
        }
        return records.DrainToImmutable();
    }

    /// <summary>How things stand, once a minute while jobs are watched; null: it is not time, or nothing is to be done.</summary>
    /// <param name="asked">How the scheduler is asked.</param>
    public PipelineRecord? Check(DateTimeOffset now, ExperimentState state, string asked)
    {
        var every = TimeSpan.FromSeconds(state.Experiment?.StatusCheckSeconds ?? UsualCheckSeconds);
        if (_since is null || now - _checked < every) return null;
        var isFirst = _checked == _since;
        _checked = now;
        return Record(now, "STATUS_CHECK", null, isFirst ? asked : string.Create(CultureInfo.InvariantCulture, $"Polling interval ({every.TotalSeconds:0.##} seconds)"), PipelineWords.Standing(Members(state)));
    }

    /// <summary>After what was written before: the session goes on, and what was said is not said again.</summary>
    public void Resume(DateTimeOffset? lastCheck) => _checked = lastCheck ?? _checked;

    private List<RunRecord> Members(ExperimentState state) => [.. _members.Select(name => state.Runs[name])];

    private bool IsMember(RunRecord run) => run.Plan.Evaluation is null == kind is PipelineKind.Torchtune;

    private string Noun(int count) => kind is PipelineKind.Torchtune ? count == 1 ? "job" : "jobs" : count == 1 ? "evaluation" : "evaluations";

    private PipelineRecord Record(DateTimeOffset at, string action, string? subject, string details, string? result) => new(_seq, at, action, subject, details, result);

    private IEnumerable<PipelineRecord> Open(DateTimeOffset at, ExperimentState state, List<RunRecord> members)
    {
        (_since, _checked, _submitted) = (at, at, 0);
        _verified.Clear();
        var points = members.Select(static r => r.Plan.Point).Distinct().Count();
        var file = state.Experiment is { } experiment ? Path.GetFileName(experiment.File) : "the journal";
        yield return Record(at, "DISCOVER_EXPERIMENT", null, $"Found experiment at {state.Experiment?.Dir} ({file})", $"{points} runs configured{(kind is PipelineKind.Inspect ? " for evaluation" : "")}");
        if (kind is PipelineKind.Torchtune) yield return Record(at, "IDENTIFY_RUNS", null, string.Join(", ", members.Select(static r => r.Id.Value)), "All runs have their scripts made when they are submitted");
        else yield return Record(at, "IDENTIFY_EVALS", null, PipelineWords.Design(members), $"{members.Count} {Noun(members.Count)} to submit");
    }

    private IEnumerable<PipelineRecord> Of(JournalEntry entry, RunEvent e, ExperimentState state) => e switch
    {
        RunEvent.EffectCompleted { Result: EffectResult.Submitted submitted } => submitted.Jobs.SelectMany(j => Submitted(entry.At, j.Attempt, j.Job.Value, state)),
        RunEvent.EffectCompleted { Result: EffectResult.Refused refused, Id: var id } when Run(id, state) is { } run => [Record(entry.At, "SUBMIT_ERROR", Subject(run), Command(run), refused.Reason)],
        RunEvent.EffectDeferred { Id: var id, Reason: var why } when Run(id, state) is { } run => [Record(entry.At, "SUBMIT_ERROR", Subject(run), Command(run), $"{why}; tried again")],
        RunEvent.AttemptAdopted { Attempt: var attempt, Job: var job } => Submitted(entry.At, attempt, job.Value, state),
        RunEvent.AttemptStarted { Attempt: var attempt } when Of(attempt.Run, state) is { } run && _begun.Add(attempt) => [Change(entry.At, run, "PENDING", "RUNNING", $"{Doing} started")],
        RunEvent.AttemptRequeued { Attempt: var attempt } when Of(attempt.Run, state) is { } run => [Change(entry.At, run, "RUNNING", "PENDING", "Queued again by the scheduler")],
        RunEvent.AttemptEnded ended when Of(ended.Attempt.Run, state) is { } run => [Ended(entry.At, run, ended)],
        RunEvent.RunDelayed { Run: var id } when Of(id, state) is { } run => [Retry(entry.At, run)],
        // The attempt had ended by itself before the change was planned, and waits already.
        RunEvent.RunPlanned { Run: { Deviations: not null, Id: var id } } when !entry.Events.Any(static o => o is RunEvent.RunDelayed) && Of(id, state) is { State: RunState.Waiting } run => [Retry(entry.At, run)],
        RunEvent.RunFinished finished when Of(finished.Run, state) is { } run => Finished(entry.At, run, finished),
        RunEvent.StartConditionsMet { Run: var id } when Of(id, state) is { Plan.Evaluation.Training: not null } run => Verified(entry.At, run, state),
        _ => [],
    };

    private PipelineRecord Retry(DateTimeOffset at, RunRecord run) =>
        Record(at, "RETRY", Subject(run), $"attempt {run.Attempts.Length} of {run.AllowedAttempts} ended", run.Plan.Deviations is { } deviations ? $"It is tried again, {EventText.Deviating(deviations)}" : "It is tried again");

    private string Doing => kind is PipelineKind.Torchtune ? "Training" : "Evaluation";

    private RunRecord? Of(RunId id, ExperimentState state) => state.Runs.TryGetValue(id.Value, out var run) && IsMember(run) ? run : null;

    /// <summary>The run of a submission by the effect's name, <c>submit:RUN.K</c>.</summary>
    private RunRecord? Run(string effect, ExperimentState state) =>
        effect.StartsWith("submit:", StringComparison.Ordinal) && effect.LastIndexOf('.') is > 7 and var cut ? Of(new(effect[7..cut]), state) : null;

    private static string Subject(RunRecord run) => run.Plan.Evaluation is { } evaluation ? $"{run.Plan.Point}/{evaluation.Subject()}" : run.Id.Value;

    private IEnumerable<PipelineRecord> Submitted(DateTimeOffset at, AttemptId attempt, string job, ExperimentState state)
    {
        if (Of(attempt.Run, state) is not { } run) yield break;
        yield return Record(at, kind is PipelineKind.Torchtune ? "SUBMIT_JOB" : "SUBMIT_EVAL", Subject(run), _submitted++ > 0 ? Staggered(run, state) : Command(run), $"Job ID {job}") with { JobId = job };
    }

    private static string Command(RunRecord run) => run.Plan.Slurm is null ? "started script.sh" : $"sbatch {PipelineWords.Script(run.Plan)}";

    /// <summary>The same of one that is not the first, where submissions keep a distance.</summary>
    private static string Staggered(RunRecord run, ExperimentState state) => run.Plan.Slurm is not null && state.Experiment?.Slurm is { StaggerSeconds: > 0 and var seconds }
        ? string.Create(CultureInfo.InvariantCulture, $"{Command(run)} ({seconds:0.#}-second stagger)") : Command(run);

    private PipelineRecord Change(DateTimeOffset at, RunRecord run, string from, string to, string result) => Record(at, "STATE_CHANGE", Subject(run), $"{from} → {to}", result);

    private PipelineRecord Ended(DateTimeOffset at, RunRecord run, RunEvent.AttemptEnded ended)
    {
        var from = _begun.Contains(ended.Attempt) ? "RUNNING" : "PENDING";
        if (ended.State is JobState.Completed) return Change(at, run, from, "COMPLETED", $"{Doing} finished");
        var code = ended.Signal is { } signal ? $" (signal {signal})" : ended.ExitCode is { } exit ? $" (exit code {exit})" : "";
        return Change(at, run, from, PipelineWords.State(ended), $"{Doing} {(ended.State is JobState.Cancelled ? "cancelled" : "failed")}: {ended.Reason ?? "no reason was given"}{code}{(ended.Sign is { } sign ? $"; {sign.Signature}" : "")}");
    }

    private IEnumerable<PipelineRecord> Finished(DateTimeOffset at, RunRecord run, RunEvent.RunFinished finished)
    {
        if (finished.Outcome is Outcome.Skipped) yield return Record(at, kind is PipelineKind.Torchtune ? "SKIP_RUN" : "SKIP_EVAL", Subject(run), finished.Reason ?? "no reason was given", "Skipped");
        else if (run.Plan.Artifacts is { IsEmpty: false } artifacts && (finished.Outcome is Outcome.Completed || finished.Reason?.StartsWith(Ending.MissingOutput, StringComparison.Ordinal) is true))
            yield return Record(at, "VERIFY_COMPLETION", Subject(run), $"Checking {PipelineWords.Artifacts(artifacts)}", finished.Outcome is Outcome.Completed ? PipelineWords.AllThere(artifacts) : finished.Reason);
    }

    /// <summary>Before a run's first evaluation: what its training says, and then that the checkpoint is there.</summary>
    private IEnumerable<PipelineRecord> Verified(DateTimeOffset at, RunRecord run, ExperimentState state)
    {
        var evaluation = run.Plan.Evaluation!;
        if (_verified.Add(evaluation.Training!.Value) && state.Runs.TryGetValue(evaluation.Training.Value.Value, out var training))
            yield return Record(at, "VERIFY_FINETUNING", training.Id.Value, $"Checking the training's job {training.LastAttempt?.Job?.Value ?? "(none yet)"} in the journal", PipelineWords.Standing([training]));
        yield return Record(at, "VERIFY_CHECKPOINTS", Subject(run), $"Checking {(evaluation.Epoch is { } epoch ? string.Create(CultureInfo.InvariantCulture, $"epoch_{epoch}") : "the best epoch")} of {evaluation.Training.Value}", run.BestEpoch is { } best ? $"The checkpoint exists and is whole: {best}" : "The checkpoint exists and is whole");
    }
}
