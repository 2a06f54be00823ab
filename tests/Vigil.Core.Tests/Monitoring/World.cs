using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Core.Tests.Monitoring;

/// <summary>A journal in memory: what the shell does with decisions, and nothing else of the shell.</summary>
internal sealed class World
{
    private readonly List<JournalEntry> _entries = [];

    public ExperimentState State { get; private set; } = ExperimentState.Empty;
    public DateTimeOffset Now { get; private set; } = Some.Time;
    public IReadOnlyList<JournalEntry> Entries => _entries;

    public static World Planned(params PlannedRun[] runs) => Planned(Some.Experiment, runs);

    public static World Planned(ExperimentHeader experiment, params PlannedRun[] runs) => Planned(experiment, [], runs);

    public static World Planned(ExperimentHeader experiment, ImmutableArray<RuleSet> rules, params PlannedRun[] runs)
    {
        var world = new World();
        world.See(new Observation.PlanAccepted(world.Now, "user:ada", experiment, [.. runs.Select((r, i) => r with { Index = i })], []) { Rules = rules });
        return world;
    }

    /// <summary>Shows the decider something, writes down what it decided, and returns that.</summary>
    public ImmutableArray<RunEvent> See(Observation seen)
    {
        var events = Decider.Decide(State, seen);
        if (events.IsEmpty) return events;
        var entry = new JournalEntry(State.Seq + 1, seen.At, Decider.By(seen), Decider.Cause(seen), events);
        _entries.Add(entry);
        State = State.Apply(entry);
        return events;
    }

    public ImmutableArray<RunEvent> Tick() => See(new Observation.Ticked(Now));

    public World After(TimeSpan time)
    {
        Now += time;
        return this;
    }

    /// <summary>Every submission of the outbox is accepted; the job of <c>a.1</c> is called <c>a-1</c>.</summary>
    public World Accept()
    {
        foreach (var (id, pending) in State.Outbox)
            if (pending.Effect is Effect.Submit submit) See(new Observation.EffectSettled(Now, id, Accepted(submit)));
        return this;
    }

    public ImmutableArray<RunEvent> Report(string run, JobState state, int number = 1, int? code = null, string? reason = null, long? step = null, string[]? lines = null) =>
        See(new Observation.JobReported(Now, Some.Report(run, state, number, code: code, reason: reason, lines: lines), step));

    public ImmutableArray<RunEvent> Fail(string run, int number = 1, int code = 1, long? step = null) => Report(run, JobState.Failed, number, code, "FAILED", step);

    public ImmutableArray<RunEvent> Wish(WishContent content, string id = "w1") => See(new Observation.WishRead(Now, new Wish(id, "user:ada", Now, content)));

    public RunState this[string run] => State.Runs[run].State;

    public static EffectResult.Submitted Accepted(Effect.Submit submit) =>
        new([.. submit.Attempts.Select((a, task) => new SubmittedJob(a.Attempt, new JobId(submit.Array is { } array ? $"{array}_{task}" : $"{a.Attempt.Run}-{a.Attempt.Number}"), submit.Array is null ? $"/out/{a.Attempt}.log" : null, "hash"))]);
}
