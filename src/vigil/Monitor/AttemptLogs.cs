using System.Collections.Immutable;
using Vigil.Logs;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Monitor;

/// <summary>
/// The logs of the attempts that run now, one tail each, looked at as often as they say something and several at a time. What they say of
/// progress is kept for the screen; what has consequences becomes an observation.
/// </summary>
internal sealed class AttemptLogs(ProgressBoard progress, EchoGuard echo)
{
    /// <summary>Looks at logs that are made a second, in all: each is a few calls of the file system.</summary>
    private const double LooksPerSecond = 10_000;

    /// <summary>On a slow file system it is waited for, not worked for.</summary>
    private const int AtATime = 8, WorthSharing = 64;

    /// <summary>What fails now and then goes well when it is opened anew, and nobody looks again at the log of a job that is over.</summary>
    private const int TriesAtTheEnd = 3;

    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(20), SweepEvery = TimeSpan.FromSeconds(5);

    private readonly Dictionary<AttemptId, WatchedLog> _logs = [];

    /// <summary>By the set of rules; "" where there are none.</summary>
    private readonly Dictionary<string, WantedOfLog> _wanted = new(StringComparer.Ordinal);

    /// <summary>The running ones among the runs of <see cref="_watchedOf"/>, each with its log.</summary>
    private readonly List<(RunRecord Run, WatchedLog Log)> _watched = [];
    private ImmutableSortedDictionary<string, RunRecord>? _watchedOf;

    private readonly List<(RunRecord Run, WatchedLog Log)> _due = [];
    private TailRead[] _reads = [];
    private DateTimeOffset _swept;

    /// <summary>Keeps the metrics; null: nobody does.</summary>
    public MetricStore? Store { get; init; }

    /// <summary>By which logs are looked at.</summary>
    public ILogFiles LogFiles { get; init; } = KernelFiles.Instance;

    /// <summary>Reads the metrics that trainers write beside their logs; null: nobody does.</summary>
    public MetricFiles? Files { get; init; }

    /// <summary>What is known of trainers' lines, read when the first log is.</summary>
    public Lazy<ProgressPacks> Packs { get; init; } = new(static () => ProgressPacks.BuiltIn);

    public ProgressBoard Progress => progress;

    /// <summary>When the next look is due; null: nothing is watched.</summary>
    public DateTimeOffset? NextLook { get; private set; }

    /// <summary>Whether some log holds more than the last look has read.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>The largest step that the attempt's log has shown; null: none.</summary>
    public long? LastStep(AttemptId attempt) => progress.LastStep(attempt);

    /// <summary>Logs that could not be read for a while, and why: a moment's trouble of a network is none.</summary>
    public IEnumerable<(AttemptId Attempt, string Trouble)> Troubles(DateTimeOffset now) =>
        _logs.Values.Where(l => l.TroubledSince is { } since && now - since >= WorthTelling).Select(static l => (l.Attempt, l.Trouble!));

    /// <param name="isPaused">Whether the scheduler says that a running job is suspended.</param>
    public IEnumerable<Observation> Read(ExperimentState state, Func<JobId, bool> isPaused, DateTimeOffset now)
    {
        if (_watchedOf != state.Runs) Watch(state, now);
        var shortest = TimeSpan.FromSeconds(_logs.Count / LooksPerSecond);
        _due.Clear();
        foreach (var (run, log) in _watched)
        {
            // A clock that was set back does not stop the looking.
            if (log.Due > now && log.Due - now <= TimeSpan.FromMinutes(1)) continue;
            if (run.State is RunState.Running running && isPaused(running.Job)) log.Pause(now);
            _due.Add((run, IsToReadAgain(log) ? Of(state, run, log.Attempt, now)! : log));
        }
        Look(now);
        for (var i = 0; i < _due.Count; i++)
        {
            var ((run, log), read) = (_due[i], _reads[i]);
            log.Seen(read, now, shortest);
            Files?.Look(run.Id, run.Plan.OutputDir, now);
            if (read.Bytes > 0) progress.Update(log.Attempt, log.Tail.Progress, now);
            if (!read.Lines.IsEmpty)
                foreach (var seen in Observe(run, log.Attempt, read, now)) yield return seen;
            if (log.Quiet(Quiet.Thresholds(state.RulesOf(run), run), now) is { } quiet) yield return quiet;
        }
        Array.Clear(_reads, 0, _due.Count);   // what was found is not held until the next look
        NextLook = _logs.Count == 0 ? null : _logs.Values.Min(static l => l.Due);
        if (now - _swept < SweepEvery && now >= _swept) yield break;
        Store?.Tick(now);
        _swept = now;
    }

    /// <summary>Reads what is due: several at a time where that is waiting, or much work.</summary>
    private void Look(DateTimeOffset now)
    {
        if (_reads.Length < _due.Count) _reads = new TailRead[_due.Count];
        if (!IsBehind && (_due.Count < WorthSharing || _due.TrueForAll(static d => d.Log.Tail.IsLocal)))
            for (var i = 0; i < _due.Count; i++) Look(i, now);
        else
            Parallel.For(0, _due.Count, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, i => Look(i, now));
        IsBehind = false;
        foreach (var read in _reads.AsSpan(0, _due.Count)) IsBehind |= read.More;
    }

    private void Look(int i, DateTimeOffset now)
    {
        _reads[i] = _due[i].Log.Tail.Read(now);
        if (_reads[i].Bytes > 0) Store?.Tick(_due[i].Run.Id, now);
    }

    /// <summary>Finds the logs of the attempts that run.</summary>
    private void Watch(ExperimentState state, DateTimeOffset now)
    {
        _watched.Clear();
        foreach (var run in state.AllRuns)
            if (run.State is RunState.Running running && Of(state, run, running.Attempt, now) is { } log) _watched.Add((run, log));
        _watchedOf = state.Runs;
    }

    /// <summary>Reads an ended attempt's log to its end, and forgets the file.</summary>
    public IReadOnlyList<Observation> ReadToEnd(ExperimentState state, AttemptId attempt, DateTimeOffset now)
    {
        if (!state.Runs.TryGetValue(attempt.Run.Value, out var run) || run.State.Held?.Attempt != attempt || Of(state, run, attempt, now) is not { } log) return [];
        List<Observation> seen = [];
        var (read, failures) = (TailRead.Nothing, 0);
        do
        {
            read = log.Tail.Read(now);
            failures = read.Trouble is null && !log.Tail.IsMissing ? 0 : failures + 1;
            if (read.Bytes > 0) progress.Update(attempt, log.Tail.Progress, now);
            seen.AddRange(Observe(run, attempt, read, now));
        }
        while (read.More || failures is > 0 and < TriesAtTheEnd);
        seen.AddRange(Observe(run, attempt, log.Tail.End(), now));
        _logs.Remove(attempt);
        _watchedOf = null;
        progress.Close(attempt);
        echo.Forget(attempt);
        Files?.Close(run.Id, run.Plan.OutputDir);
        Store?.Close(run.Id);
        return seen;
    }

    /// <summary>The attempt's log, opened where the journal has read to; null where no log is known. Rules that changed are looked for from here on.</summary>
    private WatchedLog? Of(ExperimentState state, RunRecord run, AttemptId attempt, DateTimeOffset now)
    {
        if (run.LastAttempt is not { Log: { } path } record || record.Id != attempt) return null;
        if (_logs.TryGetValue(attempt, out var log) && log.Rules == run.Plan.Rules && log.Tail.Path == path && !IsToReadAgain(log)) return log;
        // A tail that has seen the file knows further than the journal, and perhaps another file than it.
        var (cursor, file) = log is { Tail: { File: { } seen } known } && known.Path == path ? (known.Cursor, seen) : (record.Cursor, record.LogFile);
        var tail = new LogTail(path, WantedOf(state, run), record.LogStart, cursor, file) { Files = LogFiles, Points = new(Store, record.Id) };
        _watchedOf = null;
        return _logs[record.Id] = new WatchedLog(record.Id, run.Plan.Rules, tail, now);
    }

    /// <summary>Whether metrics were left out, and could be kept now.</summary>
    private bool IsToReadAgain(WatchedLog log) => log.Tail.Progress.Points is { HasMissed: true } && Store is { } store && store.Takes(log.Attempt.Run);

    private WantedOfLog WantedOf(ExperimentState state, RunRecord run)
    {
        var id = run.Plan.Rules ?? "";
        if (_wanted.TryGetValue(id, out var wanted)) return wanted;
        var rules = state.RulesOf(run);
        return _wanted[id] = new(RulePatterns.Of(rules), MetricRules.Of(rules), Packs.Value);
    }

    private IEnumerable<Observation.LineSeen> Observe(RunRecord run, AttemptId attempt, TailRead read, DateTimeOffset now)
    {
        foreach (var line in read.Lines)
        {
            var hits = line.Hits.IsEmpty || !echo.IsEcho(run.Plan, attempt, line.Text) ? line.Hits : [];
            if (hits.IsEmpty && line.Checkpoint is null) continue;
            yield return new(now, attempt, line.File, line.Offset, line.Text, hits) { Checkpoint = line.Checkpoint is { } saved ? new(saved.Step, Path.GetFullPath(saved.Path, run.Plan.WorkDir)) : null };
        }
    }
}
