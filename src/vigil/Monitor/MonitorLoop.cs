using System.Collections.Immutable;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Schedulers;

namespace Vigil.Monitor;

/// <summary>Why a watch ended.</summary>
internal enum WatchEnd
{
    Finished, Interrupted, LostLease,
    /// <summary>The scheduler takes nothing just now; what is left to be done is kept for the next watch.</summary>
    Deferred,
}

/// <summary>
/// The walk: observe, decide, write it down, and only then act. One turn commits at most twice: what was observed, and how the effects went.
/// A commit that fails leaves the decisions staged and stops acting until the disk takes them.
/// </summary>
internal sealed class MonitorLoop(Journal journal, LeaseKeeper lease, ExperimentState state, IScheduler scheduler, EffectRunner effects, AttemptLogs logs, Inbox inbox, ViewWriter views, IMonitorScreen screen, TimeProvider time)
{
    /// <summary>Submissions that one turn makes at most, so that jobs start while others are still being handed over.</summary>
    private const int SubmissionsATurn = 64;

    /// <summary>Changes that each need a command of their own, of those that one turn makes at most: five hundred are minutes, in which nothing else would be looked at.</summary>
    private const int UpdatesATurn = 16;

    /// <summary>So often a scheduler may refuse for now before a command that only carries out a wish gives up.</summary>
    private const int PatienceWithRefusals = 3;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1), BetweenLooks = TimeSpan.FromMilliseconds(250);

    /// <summary>Effects decided by this process and not tried yet: only these are certain not to have happened.</summary>
    private readonly HashSet<string> _untried = new(StringComparer.Ordinal);

    private readonly List<JournalEntry> _staged = [];
    private readonly SteadyClock _clock = new(time);
    private readonly HashSet<AttemptId> _toldUnreadable = [];
    private readonly ArtifactCheck _artifacts = new(new CheckpointScan { Packs = logs.Packs });
    private readonly CheckpointScan _checkpoints = new() { Packs = logs.Packs, Losses = logs.Store is { } store ? new RunLosses(store, logs.Progress).Of : null };
    private readonly HeapTrim _heap = new(time);
    private string? _journalTrouble;

    /// <summary>Requests of attempts that the scheduler holds; made once, since every turn asks about all of them.</summary>
    private readonly Dictionary<AttemptId, JobRequest> _requests = [];

    /// <summary>All of them, and the runs that they were made of.</summary>
    private (ImmutableSortedDictionary<string, RunRecord>? Of, ImmutableArray<JobRequest> All) _held;

    /// <summary>What reaches into the world for the rules; null: nothing does.</summary>
    public RuleHands? Hands { get; init; }

    public ExperimentState State { get; private set; } = state;

    /// <summary>Why the monitor does not act just now; null when it does.</summary>
    public string? Trouble => _journalTrouble ?? lease.Trouble;

    /// <summary>Watches until every run is done, or until asked to stop. Jobs go on in either case.</summary>
    public Task<WatchEnd> RunAsync(CancellationToken stop) => RunUntilAsync(static state => state.AllFinished, stop);

    /// <summary>Watches until the state is as wished and nothing is left to be written or done.</summary>
    public Task<WatchEnd> RunUntilAsync(Func<ExperimentState, bool> enough, CancellationToken stop) =>
        LoopAsync(state => enough(state) && state.Outbox.IsEmpty ? WatchEnd.Finished : null, stop);

    /// <summary>The same for some runs: it waits neither for what the others need nor for a scheduler that refuses for now.</summary>
    public Task<WatchEnd> RunForAsync(ImmutableHashSet<RunId> runs, Func<ExperimentState, bool> enough, CancellationToken stop) => LoopAsync(state =>
    {
        var pending = state.PendingFor(runs);
        if (pending.IsEmpty) return enough(state) ? WatchEnd.Finished : null;
        return pending.All(static e => e is { NotBefore: not null, Tries: >= PatienceWithRefusals }) ? WatchEnd.Deferred : null;
    }, stop);

    /// <param name="end">Null while there is more to watch for.</param>
    private async Task<WatchEnd> LoopAsync(Func<ExperimentState, WatchEnd?> end, CancellationToken stop)
    {
        while (true)
        {
            if (!await TurnAsync(stop)) return WatchEnd.LostLease;
            _heap.Look();
            screen.Show(new MonitorView(State, logs.Progress, time.GetLocalNow(), Trouble) { Sight = scheduler.Sight });
            if (!journal.HasStaged && end(State) is { } ended) return ended;
            if (stop.IsCancellationRequested) return WatchEnd.Interrupted;
            await WaitAsync(stop);
        }
    }

    public bool IsDone => State.AllFinished && State.Outbox.IsEmpty && !journal.HasStaged;

    /// <summary>One turn. False when another monitor has taken over.</summary>
    public async Task<bool> TurnAsync(CancellationToken stop)
    {
        var now = _clock.Now();
        if (!lease.Keep()) return false;
        try
        {
            await ObserveAsync(now, stop);
            Decide(new Observation.Ticked(now));
            if (!Commit()) return true;
            await ActAsync(now, stop);
            // What was just cancelled never starts, and nothing starts that the journal does not know of.
            if (Trouble is null) await scheduler.StartReadyAsync(stop);
            views.Show(scheduler.Sight);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Asked to stop while a program was asked. What was decided is kept; what was not finished is looked for by the next monitor.
            Commit();
        }
        return true;
    }

    /// <summary>Decides on what was seen outside the loop, such as a plan; the next turn commits it.</summary>
    public void Decide(Observation seen)
    {
        var events = Decider.Decide(State, seen);
        if (events.IsEmpty) return;
        // What was refused for its size has not happened, and so have its parts not.
        foreach (var e in events.OfType<RunEvent.EffectRequested>().Concat(events.OfType<RunEvent.SubmissionSplit>().SelectMany(static split => split.Parts))) _untried.Add(e.Id);
        var entry = journal.Stage(seen.At, Decider.By(seen), Decider.Cause(seen), events);
        _staged.Add(entry);
        State = State.Apply(entry);
    }

    private async Task ObserveAsync(DateTimeOffset now, CancellationToken stop)
    {
        foreach (var wish in inbox.Read(State)) Decide(new Observation.WishRead(now, wish));
        var held = Held();
        var reports = held.IsEmpty ? [] : await lease.WhileAsync(scheduler.ReportAsync(held, stop).AsTask());
        foreach (var report in reports)
        {
            if (!report.State.IsTerminal) continue;
            // A job that was never seen running tells its log only now, and perhaps that it is a requeue. One that was cancelled while it waited never started.
            if (report is { Log: not null, Started: not null }) Decide(new Observation.JobReported(now, report with { State = JobState.Running, LastLines = null }, logs.LastStep(report.Attempt)));
            // What the log says must be known before the end is judged: a checkpoint in its last lines is what the next attempt starts from.
            foreach (var seen in logs.ReadToEnd(State, report.Attempt, now)) Decide(seen);
        }
        foreach (var seen in await LookAtCheckpointsAsync(reports, now)) Decide(seen);
        foreach (var report in await CheckArtifactsAsync(reports, now))
        {
            Decide(new Observation.JobReported(now, report, logs.LastStep(report.Attempt)));
            _requests.Remove(report.Attempt);   // what follows may have changed its job
        }
        foreach (var seen in logs.Read(State, IsPaused, now)) Decide(seen);
        TellTroubles(now);
        if (Hands is not { } hands) return;
        foreach (var looked in hands.Probes.Turn(State, now)) Decide(looked);
        foreach (var (id, result) in hands.Actions.Completed()) Decide(new Observation.EffectSettled(now, id, result));
        foreach (var (id, result, _) in await hands.Notifier.CompletedAsync(State)) Decide(new Observation.EffectSettled(now, id, result));
    }

    /// <summary>Nothing watches over a log that cannot be read: said once an attempt.</summary>
    private void TellTroubles(DateTimeOffset now)
    {
        foreach (var (attempt, trouble) in logs.Troubles(now))
            if (_toldUnreadable.Add(attempt)) screen.Say($"the log of {attempt} cannot be read, and no rule sees what it says: {trouble}");
    }

    /// <summary>A job that its scheduler has stopped stands still with good reason.</summary>
    private bool IsPaused(JobId job) => scheduler.Sight is { } sight && sight.Jobs.TryGetValue(job.Value, out var seen) && seen.State is "SUSPENDED" or "STOPPED";

    /// <summary>Of jobs that ended and may be followed by another attempt, before that is decided. Folders on a network may take their time.</summary>
    private async Task<ImmutableArray<Observation.CheckpointsLookedAt>> LookAtCheckpointsAsync(IReadOnlyList<JobReport> reports, DateTimeOffset now)
    {
        List<RunRecord> ended = [];
        foreach (var report in reports)
            if (report.State.IsTerminal && report.State is not JobState.Completed && State.Runs.TryGetValue(report.Attempt.Run.Value, out var run) && run.State.Held?.Attempt == report.Attempt) ended.Add(run);
        if (ended.Count == 0) return [];
        return await lease.WhileAsync(Task.Run(() => ended.Select(run => _checkpoints.LookAfter(run, now)).OfType<Observation.CheckpointsLookedAt>().ToImmutableArray(), CancellationToken.None));
    }

    /// <summary>
    /// The same reports; those of jobs that completed say what they have not left. A network file system may show a file a while after the node that wrote it:
    /// so long the end is not told, and is asked for again.
    /// </summary>
    private async Task<IReadOnlyList<JobReport>> CheckArtifactsAsync(IReadOnlyList<JobReport> reports, DateTimeOffset now)
    {
        if (!reports.Any(r => r.State is JobState.Completed && State.Runs.TryGetValue(r.Attempt.Run.Value, out var run) && run is { Plan.Artifacts: not null, Finish: null })) return reports;
        var runs = State.Runs;
        return await lease.WhileAsync(Task.Run<IReadOnlyList<JobReport>>(() =>
        [
            .. from report in reports
               let run = report.State is JobState.Completed ? runs.GetValueOrDefault(report.Attempt.Run.Value) : null
               let judged = run is { Finish: null } ? report with { Missing = _artifacts.Missing(run, now) } : report
               where judged.Missing is null || run!.Plan.Slurm is null || now - (report.Ended ?? DateTimeOffset.MinValue) >= CheckpointGate.Settling
               select judged,
        ], CancellationToken.None));
    }

    private ImmutableArray<JobRequest> Held()
    {
        if (_held.Of == State.Runs) return _held.All;
        _held = (State.Runs, [.. from run in State.AllRuns let held = run.State.Held where held is not null select RequestOf(run, held.Value.Attempt, held.Value.Job)]);
        return _held.All;
    }

    private JobRequest RequestOf(RunRecord run, AttemptId attempt, JobId job)
    {
        if (!_requests.TryGetValue(attempt, out var request)) _requests[attempt] = request = EffectRunner.Request(run.Plan, attempt, job) with { Array = run.Attempts.LastOrDefault(a => a.Id == attempt)?.Array };
        return request;
    }

    private bool Commit()
    {
        if (!journal.TryCommit())
        {
            _journalTrouble = $"the journal cannot be written ({journal.Failure}); no job is started until it can";
            return false;
        }
        _journalTrouble = null;
        foreach (var entry in _staged) screen.Decided(entry, State);
        if (_staged.Count > 0) inbox.Forget(State);
        views.Update(journal, State, _staged);
        _staged.Clear();
        return true;
    }

    private async Task ActAsync(DateTimeOffset now, CancellationToken stop)
    {
        if (Hands is { } hands) Begin(hands, now);
        var all = State.Outbox.Where(e => e.Value.Effect is not Effect.OfAction && IsDue(e.Key, e.Value, now)).Select(static e => (e.Key, e.Value.Effect)).ToLookup(static e => e.Effect switch
        {
            Effect.Submit => SubmissionsATurn,
            Effect.Change { To: JobChange.TimeLimit or JobChange.ExcludeNodes } => UpdatesATurn,
            _ => int.MaxValue,
        });
        List<(string, Effect)> due = [.. all[int.MaxValue], .. all[UpdatesATurn].Take(UpdatesATurn), .. all[SubmissionsATurn].Take(SubmissionsATurn)];
        if (due.Count == 0) return;
        var results = await lease.WhileAsync(effects.PerformAsync(State, due, id => !_untried.Remove(id), stop).AsTask());
        var done = _clock.Now();
        foreach (var (id, result, didNotHappen) in results)
        {
            if (didNotHappen) _untried.Add(id);
            Decide(new Observation.EffectSettled(done, id, result));
        }
        Commit();
    }

    /// <summary>What rules ask of the world goes on beside the loop; here it is only begun.</summary>
    private void Begin(RuleHands hands, DateTimeOffset now)
    {
        foreach (var (id, pending, action) in ActionTurns.Of(State))
        {
            if (!IsDue(id, pending, now)) continue;
            if (action is Effect.Notify notify) hands.Notifier.Take(id, notify, () => NotifyItem.Of(State, notify, now, LogExcerpt.Of(State, notify.Run)));
            else if (!hands.Actions.IsUnderWay(id) && hands.Actions.Start(State, id, action, !_untried.Contains(id))) _untried.Remove(id);
        }
    }

    /// <summary>A submission that nobody wants any more, and that certainly did not happen, need not wait for its next try to be dropped.</summary>
    private bool IsDue(string id, PendingEffect pending, DateTimeOffset now) =>
        pending.NotBefore is not { } until || until <= now || pending.Effect is Effect.Submit submit && _untried.Contains(id) && !State.Wants(submit.Attempts);

    /// <summary>Until there is something to do: at most a second, and meanwhile the logs are looked at as often as they say something.</summary>
    private async Task WaitAsync(CancellationToken stop)
    {
        if (Trouble is null && State.Outbox.Values.Any(static e => e.NotBefore is null && e.Effect is not Effect.OfAction)) return;
        try
        {
            var since = time.GetTimestamp();
            for (var left = LongestWait; left > TimeSpan.Zero; left = LongestWait - time.GetElapsedTime(since))
            {
                if (logs.IsBehind && logs.NextLook <= _clock.Now())
                {
                    // What was written while nobody watched is read without a pause; once a second everything else has its turn.
                    stop.ThrowIfCancellationRequested();
                    if (LooksAgain(_clock.Now())) return;
                    continue;
                }
                var (asked, wait) = (time.GetTimestamp(), left < BetweenLooks ? left : BetweenLooks);
                await scheduler.WaitForNewsAsync(wait, stop);
                if (time.GetElapsedTime(asked) < wait || LooksAgain(_clock.Now())) return;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Asked to stop: the loop leaves by its own door.
        }
    }

    /// <summary>Whether a log said something with consequences, or an action ended: then a whole turn is due.</summary>
    private bool LooksAgain(DateTimeOffset now)
    {
        var staged = _staged.Count;
        if (logs.NextLook is { } due && due <= now)
            foreach (var seen in logs.Read(State, IsPaused, now)) Decide(seen);
        return _staged.Count > staged || Hands is { Actions.HasEnded: true };
    }
}
