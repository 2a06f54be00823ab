using Vigil.Logs;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Monitor;

/// <summary>The logs of the attempts that run now. Looked at once a second; what they say of progress is kept for the screen, what has consequences becomes an observation.</summary>
internal sealed class AttemptLogs(ProgressBoard progress)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<AttemptId, LogTail> _tails = [];
    private DateTimeOffset _looked;

    public ProgressBoard Progress => progress;

    /// <summary>The largest step that the attempt's log has shown; null: none.</summary>
    public long? LastStep(AttemptId attempt) => progress.LastStep(attempt);

    public IEnumerable<Observation> Read(ExperimentState state, DateTimeOffset now)
    {
        if (now >= _looked && now - _looked < LookEvery) yield break;   // a clock that was set back does not stop the looking
        _looked = now;
        foreach (var run in state.Runs.Values)
        {
            if (run.State is not RunState.Running running) continue;
            foreach (var seen in Look(run, running.Attempt, now)) yield return seen;
        }
    }

    /// <summary>Reads an ended attempt's log to its end, and forgets the file.</summary>
    public IReadOnlyList<Observation> ReadToEnd(ExperimentState state, AttemptId attempt, DateTimeOffset now)
    {
        if (!state.Runs.TryGetValue(attempt.Run.Value, out var run) || run.State.Held?.Attempt != attempt) return [];
        List<Observation> seen = [];
        bool more;
        do
        {
            (var found, more) = Take(run, attempt, now);
            seen.AddRange(found);
        }
        while (more);
        _tails.Remove(attempt);
        return seen;
    }

    private IEnumerable<Observation> Look(RunRecord run, AttemptId attempt, DateTimeOffset now) => Take(run, attempt, now).Found;

    private (IEnumerable<Observation> Found, bool More) Take(RunRecord run, AttemptId attempt, DateTimeOffset now)
    {
        if (run.LastAttempt is not { Log: { } log } record || record.Id != attempt) return ([], false);
        if (!_tails.TryGetValue(attempt, out var tail)) _tails[attempt] = tail = new LogTail(log, Math.Max(record.Cursor, record.LogStart));
        var read = tail.Read(now);
        if (read.Bytes > 0) progress.Update(attempt, tail.Progress.Report(), now);
        return (read.Findings.Select(f => Observe(run.Plan, attempt, f, now)), read.More);
    }

    private static Observation.LineSeen Observe(PlannedRun run, AttemptId attempt, LogFinding finding, DateTimeOffset now) => finding switch
    {
        LogFinding.Checkpoint c => new Observation.LineSeen(now, attempt, File: null, c.Offset, "", []) { Checkpoint = new(c.Step, Path.GetFullPath(c.Path, run.WorkDir)) },
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
