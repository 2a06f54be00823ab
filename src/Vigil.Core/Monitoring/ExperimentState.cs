using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json.Serialization;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>The fold of the journal. <c>Apply</c> is pure and total: an event about something unknown changes nothing.</summary>
public sealed record ExperimentState
{
    private static readonly ImmutableSortedDictionary<string, RunRecord> NoRuns = ImmutableSortedDictionary.Create<string, RunRecord>(StringComparer.Ordinal);
    private static readonly ImmutableSortedDictionary<string, PendingEffect> NoEffects = ImmutableSortedDictionary.Create<string, PendingEffect>(StringComparer.Ordinal);

    private static readonly ImmutableSortedDictionary<string, Firing> NoFirings = ImmutableSortedDictionary.Create<string, Firing>(StringComparer.Ordinal);

    public static ExperimentState Empty { get; } = new();

    /// <summary>The last entry applied; 0 before the first.</summary>
    public long Seq { get; init; }

    /// <summary>When the last entry was written.</summary>
    public DateTimeOffset? LastChange { get; init; }

    /// <summary>Null before anything was planned.</summary>
    public ExperimentHeader? Experiment { get; init; }

    public ImmutableSortedDictionary<string, RunRecord> Runs { get; init => field = value.WithComparers(StringComparer.Ordinal); } = NoRuns;

    /// <summary>The same in the same order. Every turn walks all runs several times, and an array is walked ten times as fast as a tree.</summary>
    [JsonIgnore]
    public ImmutableArray<RunRecord> AllRuns => (_allRuns is { } known && known.Of == Runs ? known : _allRuns = new(Runs)).All;

    private RunArray? _allRuns;

    /// <summary>Effects decided and not yet settled: what a monitor has still to do, after a crash too.</summary>
    public ImmutableSortedDictionary<string, PendingEffect> Outbox { get; init => field = value.WithComparers(StringComparer.Ordinal); } = NoEffects;

    /// <summary>Wishes already granted, by id.</summary>
    public ImmutableHashSet<string> Wishes { get; init; } = [];

    /// <summary>The rules that runs name, by id; rules that were replaced stay.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableSortedDictionary<string, RuleSet>? RuleSets { get; init; }

    /// <summary>Where notifications go; null: nowhere, they are only recorded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChannelSet? Channels { get; init; }

    /// <summary>Firings of rules that are not settled, by id.</summary>
    [JsonIgnore]
    public ImmutableSortedDictionary<string, Firing> Firings { get => OpenFirings ?? NoFirings; init => OpenFirings = value.IsEmpty ? null : value; }

    /// <summary>The same as it is kept; null: there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableSortedDictionary<string, Firing>? OpenFirings { get; init => field = value?.WithComparers(StringComparer.Ordinal); }

    /// <summary>Nodes that nothing is put on; null: there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<NodeExclusion>? Exclusions { get; init; }

    /// <summary>Every run has ended, and nothing that a rule asked for is under way. What waits for a person does not count.</summary>
    public bool AllFinished => AllRuns.All(static r => r.State is RunState.Finished) && Firings.Values.All(static f => !f.IsUnderWay);

    /// <summary>The rules of a run; none where it names none.</summary>
    public RuleSet RulesOf(RunRecord run) => run.Plan.Rules is { } id && RuleSets?.GetValueOrDefault(id) is { } set ? set : RuleSet.None;

    [JsonIgnore]
    public IOrderedEnumerable<RunRecord> InPlanOrder => Runs.Values.OrderBy(static r => r.Plan.Index);

    /// <summary>What is still to do about any of these runs.</summary>
    public ImmutableArray<PendingEffect> PendingFor(ImmutableHashSet<RunId> runs) => [.. Outbox.Values.Where(pending => pending.Effect.Runs().Any(runs.Contains))];

    /// <summary>What no text about the run shows; empty for one that is not known.</summary>
    public SecretValues SecretsOf(RunId run) => Runs.TryGetValue(run.Value, out var known) ? known.Plan.Secrets() : SecretValues.None;

    /// <summary>What no text about the entry shows: of the runs for which rules ask something of the world, in words that stay as they are in the journal.</summary>
    public SecretValues SecretsOf(JournalEntry entry) =>
        SecretValues.Together(entry.Events.OfType<RunEvent.EffectRequested>().Select(static e => e.Effect).OfType<Effect.OfAction>().Select(a => SecretsOf(a.Run)));

    /// <summary>Whether a submission still has a run to start. One whose runs were all cancelled, or whose link's chain is over, is not handed over any more.</summary>
    public bool Wants(ImmutableArray<AttemptStart> starts)
    {
        foreach (var start in starts)
            if (Runs.TryGetValue(start.Attempt.Run.Value, out var run) && run is { CancelledBy: null, StopReason: null, State: not RunState.Finished } && run.LastKnown(start.Attempt) is { State.IsTerminal: false }) return true;
        return false;
    }

    public ExperimentState Apply(JournalEntry entry)
    {
        var state = this;
        foreach (var e in entry.Events) state = state.Apply(e, entry.At);
        return state with { Seq = entry.Seq, LastChange = entry.At };
    }

    internal ExperimentState Apply(RunEvent e, DateTimeOffset at) => e switch
    {
        RunEvent.ExperimentPlanned p => this with { Experiment = p.Experiment },
        RunEvent.RunPlanned p => this with { Runs = Runs.SetItem(p.Run.Id.Value, Planned(p.Run) with { Changed = at }) },
        RunEvent.EffectRequested r => Requested(r, at),
        RunEvent.EffectDeferred d => Outbox.TryGetValue(d.Id, out var pending)
            ? this with { Outbox = Outbox.SetItem(d.Id, pending with { NotBefore = d.Until, Tries = pending.Tries + 1 }) }
            : this,
        RunEvent.EffectCompleted c => Settled(c, at),
        RunEvent.AttemptStarted s => With(s.Attempt.Run, at, run => Started(run, s, at)),
        RunEvent.CheckpointSaved c => With(c.Attempt.Run, at, run => run.WithAttempt(c.Attempt, a => a with { LogFile = c.File ?? a.LogFile, Cursor = c.File is null || a.LogFile is null || a.LogFile.Generation == c.File.Generation ? Math.Max(a.Cursor, c.Offset) : c.Offset }) with
        {
            Checkpoint = new Checkpoint(c.Attempt, c.Step, c.Path, at),
        }),
        RunEvent.CheckpointsJudged j => With(j.Run, at, run => run with { Usable = j.Usable, Best = j.Best }),
        RunEvent.CheckpointDoubted d => With(d.Run, at, run => run with { Doubted = [.. run.Doubted ?? [], d.Path] }),
        RunEvent.AttemptEnded end => With(end.Attempt.Run, at, run => Ended(run, end, at)),
        RunEvent.AttemptRequeued r => With(r.Attempt.Run, at, run => run with
        {
            Attempts = run.Attempts.Add(new AttemptRecord(run.Own(r.Attempt), at) { Job = r.Job, Log = run.Own(r.Log), Submitted = at, Array = run.LastOf(r.Attempt.Number)?.Array }),
            State = new RunState.Queued(run.Own(r.Attempt), r.Job),
        }),
        RunEvent.AttemptAdopted a => With(a.Attempt.Run, at, run => run.WithAttempt(a.Attempt, r => r with { Job = a.Job, Log = null }) with { State = new RunState.Queued(run.Own(a.Attempt), a.Job) }),
        RunEvent.JobStuck s => With(s.Attempt.Run, at, run => run.WithAttempt(s.Attempt, a => a with { Stuck = s.Reason })),
        RunEvent.JobUnstuck u => With(u.Attempt.Run, at, run => run.WithAttempt(u.Attempt, static a => a with { Stuck = null })),
        RunEvent.RunDelayed d => With(d.Run, at, run => run with { State = new RunState.Waiting(d.Until) }),
        RunEvent.RunFinished f => With(f.Run, at, run => Finished(run, f, at)),
        RunEvent.StopRequested s => With(s.Run, at, run => run with { StopReason = s.Reason }),
        RunEvent.RunHeld h => With(h.Run, at, run => run with { HeldBy = h.By }),
        RunEvent.RunReleased r => With(r.Run, at, static run => run with { HeldBy = null }),
        RunEvent.RunReopened r => With(r.Run, at, static run => run with
        {
            State = new RunState.Waiting(NotBefore: null),
            AllowedAttempts = run.Attempts.Length + run.Plan.MostAttempts(),
            CancelledBy = null,
            CancelReason = null,
            Restart = null,
            Finish = null,
            CancelSent = null,
            StopReason = null,
            HeldBy = null,
            BestStep = null,    // a fresh budget measures progress afresh: the plan may have changed as well
            Stalled = 0,
        }),
        RunEvent.CancelRequested c => With(c.Run, at, run => run with { CancelledBy = c.By, CancelReason = c.Reason }),
        RunEvent.RulesPlanned r => this with { RuleSets = (RuleSets ?? ImmutableSortedDictionary.Create<string, RuleSet>(StringComparer.Ordinal)).SetItem(r.Set.Id, r.Set) },
        RunEvent.RulesChanged c => With(c.Run, at, run => run with { Plan = c.To.Over(run.Plan), Undeviated = run.Undeviated is { } planned ? c.To.Over(planned) : null }),
        RunEvent.ChannelsPlanned c => this with { Channels = c.Set.Channels.IsEmpty ? null : c.Set },
        RunEvent.RuleFired or RunEvent.ActionAsked or RunEvent.ActionSettled or RunEvent.ActionReopened => FiringFold.Apply(this, e, at),
        RunEvent.RestartRequested r => With(r.Attempt.Run, at, run => run with { Restart = new(r.Attempt, r.Cause, r.Reason, r.By) { Exclude = r.Exclude, Why = r.Why } }),
        RunEvent.FinishRequested f => With(f.Run, at, run => run with { Finish = new(f.Reason, f.By, at) }),
        RunEvent.StartConditionsMet s => With(s.Run, at, run => run with { MayStart = true, BestEpoch = s.Best ?? run.BestEpoch }),
        RunEvent.NodesExcluded n => this with { Exclusions = [.. Exclusions ?? [], new NodeExclusion(n.Nodes, n.Until, n.By)] },
        RunEvent.EventPublished p => With(p.Run, at, static run => run),
        RunEvent.WishGranted w => this with { Wishes = Wishes.Add(w.Wish) },
        RunEvent.SubmissionSplit s => Split(s, at),
        _ => throw new UnreachableException($"no rule applies {e.GetType().Name}"),
    };

    private RunRecord Planned(PlannedRun plan) => Runs.TryGetValue(plan.Id.Value, out var known)
        ? Changed(known, plan) with { Plan = plan, AllowedAttempts = Math.Max(known.AllowedAttempts, plan.MostAttempts()), Undeviated = plan.Deviations is null ? null : known.AsPlanned }
        : new RunRecord { Plan = plan, State = new RunState.Waiting(NotBefore: null), AllowedAttempts = plan.MostAttempts() };

    /// <summary>With other settings it is not the same that was tried in vain: progress is measured afresh.</summary>
    private static RunRecord Changed(RunRecord known, PlannedRun plan) => plan.ConfigHash == known.Plan.ConfigHash ? known : known with { BestStep = null, Stalled = 0 };

    private ExperimentState Requested(RunEvent.EffectRequested request, DateTimeOffset at)
    {
        var state = this with { Outbox = Outbox.SetItem(request.Id, new PendingEffect(request.Effect, NotBefore: null, Tries: 0)) };
        if (request.Effect is not Effect.Submit submit) return state;
        foreach (var start in submit.Attempts)
            state = state.With(start.Attempt.Run, at, run => run with
            {
                // A further link of a chain waits behind the attempt that is there.
                State = start.After is null ? new RunState.Submitting(run.Own(start.Attempt)) : run.State,
                Attempts = run.Attempts.Add(new AttemptRecord(run.Own(start.Attempt), at) { After = start.After, Array = submit.Array, From = start.From }),
            });
        return state;
    }

    private ExperimentState Split(RunEvent.SubmissionSplit split, DateTimeOffset at)
    {
        var state = this with { Outbox = Outbox.Remove(split.Id).SetItems(split.Parts.Select(static p => KeyValuePair.Create(p.Id, new PendingEffect(p.Effect, NotBefore: null, Tries: 0)))) };
        foreach (var part in split.Parts.Select(static p => p.Effect).OfType<Effect.Submit>())
            foreach (var start in part.Attempts)
                state = state.With(start.Attempt.Run, at, run => run.WithAttempt(start.Attempt, a => a with { Array = part.Array }));
        return state;
    }

    private ExperimentState Settled(RunEvent.EffectCompleted completed, DateTimeOffset at)
    {
        var state = this with { Outbox = Outbox.Remove(completed.Id) };
        // One that is carried out when its attempt is over says nothing of the next.
        if (Outbox.TryGetValue(completed.Id, out var pending) && pending.Effect is Effect.Cancel cancel) return state.With(cancel.Attempt.Run, at, run => run.State.Held?.Attempt.Number == cancel.Attempt.Number ? run with { CancelSent = at } : run);
        if (completed.Result is EffectResult.Refused refused && pending?.Effect is Effect.Submit links) return state.WithoutLinks(links, refused, at);
        if (completed.Result is not EffectResult.Submitted submitted) return state;
        foreach (var job in submitted.Jobs)
            state = state.With(job.Attempt.Run, at, run => run.WithAttempt(job.Attempt, a => a with { Job = job.Job, Log = run.Own(job.Log), ScriptHash = job.ScriptHash, Submitted = at }) with
            {
                State = run.State is RunState.Submitting waiting && waiting.Attempt == job.Attempt ? new RunState.Queued(waiting.Attempt, job.Job) : run.State,
            });
        return state;
    }

    /// <summary>A link that was refused ends its chain there; the run itself goes on.</summary>
    private ExperimentState WithoutLinks(Effect.Submit submit, EffectResult.Refused refused, DateTimeOffset at)
    {
        var state = this;
        foreach (var start in submit.Attempts)
            if (start.After is not null) state = state.With(start.Attempt.Run, at, run => run.WithAttempt(start.Attempt, a => a with { State = JobState.Failed, Reason = refused.Reason, Ended = at }));
        return state;
    }

    private static RunRecord Started(RunRecord run, RunEvent.AttemptStarted s, DateTimeOffset at)
    {
        var started = run.WithAttempt(s.Attempt, a => a with
        {
            State = JobState.Running,
            Started = s.Started ?? a.Started ?? at,
            Host = s.Host ?? a.Host,
            Log = run.Own(s.Log) ?? a.Log,
            LogStart = Math.Max(a.LogStart, s.LogStart),
            Stuck = null,
        });
        return run.State is RunState.Queued queued && queued.Attempt == s.Attempt ? started with { State = new RunState.Running(queued.Attempt, queued.Job) } : started;
    }

    private static RunRecord Ended(RunRecord run, RunEvent.AttemptEnded end, DateTimeOffset at)
    {
        var stepped = end.LastStep is { } step && (run.BestStep is not { } best || step > best);
        var saved = run.Checkpoint?.Attempt == end.Attempt;
        return run.WithAttempt(end.Attempt, a => a with
        {
            State = end.State,
            Reason = end.Reason,
            ExitCode = end.ExitCode,
            Signal = end.Signal,
            Cause = end.Cause,
            Ended = end.Ended ?? at,
            FailedNodes = end.FailedNodes,
            Sign = end.Sign,
            Why = run.Restart is { } asked && asked.Attempt.Number == end.Attempt.Number && asked.Reason == end.Reason ? asked.Why : null,
        }) with
        {
            State = run.LinkAfter(end.Attempt) switch
            {
                { Job: { } job } link => new RunState.Queued(link.Id, job),
                { } link => new RunState.Submitting(link.Id),
                null => new RunState.Waiting(NotBefore: null),
            },
            Restart = null,
            CancelSent = null,
            BlamedNodes = run.Restart is { Exclude: NodeBlame.Nodes } blamed && blamed.Attempt == end.Attempt ? Join(run.BlamedNodes, run.LastKnown(end.Attempt)?.Host) : run.BlamedNodes,
            BestStep = stepped ? end.LastStep : run.BestStep,
            Stalled = stepped || saved ? 0 : run.Stalled + 1,
        };
    }

    private static string? Join(string? nodes, string? more) => nodes is null ? more : more is null || nodes.Split(',').Contains(more) ? nodes : $"{nodes},{more}";

    /// <summary>Links of a chain that are not needed any more end with their run.</summary>
    private static RunRecord Finished(RunRecord run, RunEvent.RunFinished finished, DateTimeOffset at)
    {
        var attempts = run.Attempts;
        for (var i = 0; i < attempts.Length; i++)
            if (attempts[i] is { After: not null, State.IsTerminal: false } link) attempts = attempts.SetItem(i, link with { State = JobState.Cancelled, Reason = "CHAIN", Ended = at });
        return run with { State = new RunState.Finished(finished.Outcome, finished.Reason), Attempts = attempts, CancelSent = null };
    }

    internal ExperimentState With(RunId id, DateTimeOffset at, Func<RunRecord, RunRecord> change) =>
        Runs.TryGetValue(id.Value, out var run) ? this with { Runs = Runs.SetItem(id.Value, change(run) with { Changed = at }) } : this;

    /// <summary>Made of the runs when it is asked for: no state differs from another by it.</summary>
    private sealed class RunArray(ImmutableSortedDictionary<string, RunRecord> of)
    {
        public ImmutableSortedDictionary<string, RunRecord> Of { get; } = of;
        public ImmutableArray<RunRecord> All { get; } = [.. of.Values];

        public override bool Equals(object? other) => true;
        public override int GetHashCode() => 0;
    }
}

/// <summary>An effect of the outbox.</summary>
/// <param name="NotBefore">Null: at once.</param>
/// <param name="Tries">How often the world has refused so far.</param>
public sealed record PendingEffect(Effect Effect, DateTimeOffset? NotBefore, int Tries);
