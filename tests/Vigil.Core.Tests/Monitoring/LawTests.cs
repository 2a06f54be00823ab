using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Core.Tests.Monitoring;

/// <summary>What must hold after any news in any order: late, repeated, contradicting, about strangers.</summary>
public sealed class LawTests
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e"];

    [Fact]
    public void The_laws_hold_on_random_walks()
    {
        var submissions = 0;
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var world = World.Planned([.. Names.Select((n, i) => RandomRun(random, n, i))]);
            for (var step = 0; step < 120; step++)
            {
                world.After(TimeSpan.FromSeconds(random.Next(120)));
                world.See(RandomNews(random, world));
                Check(world, seed);
            }
            submissions += Requests(world).Count();
            Assert.Equal(Text(world.State), Text(world.Entries.Aggregate(ExperimentState.Empty, static (state, entry) => state.Apply(entry))));
        }
        Assert.True(submissions > 2_000, $"the walks hardly went anywhere: {submissions} submissions");
    }

    [Fact]
    public void An_event_about_something_unknown_changes_no_run()
    {
        var state = World.Planned(Some.Run("a")).State;
        var stranger = Some.Attempt("stranger");
        var after = state.Apply(new JournalEntry(99, Some.Time, "vigil", "ticked",
        [
            new RunEvent.AttemptStarted(stranger, null, null),
            new RunEvent.AttemptEnded(stranger, JobState.Failed, null, 1, null, FailureCause.Crash, null, null),
            new RunEvent.RunFinished(new("stranger"), Outcome.Failed, null),
            new RunEvent.EffectCompleted("submit:stranger.1", new EffectResult.Done()),
            new RunEvent.EffectDeferred("submit:stranger.1", "why", Some.Time),
        ]));
        Assert.Equal(Text(state), Text(after));
    }

    private static void Check(World world, int seed)
    {
        var ids = Requests(world).ToList();
        Assert.True(ids.Count == ids.Distinct().Count(), $"seed {seed}: an attempt was submitted twice: {string.Join(' ', ids)}");
        foreach (var run in world.State.Runs.Values)
        {
            Assert.True(run.Attempts.Length <= run.AllowedAttempts, $"seed {seed}: {run.Id} had {run.Attempts.Length} attempts of {run.AllowedAttempts}");
            Assert.Equal(Enumerable.Range(1, run.Attempts.Length), run.Attempts.Select(static a => a.Id.Number));
            var held = run.State.Held?.Attempt ?? (run.State as RunState.Submitting)?.Attempt;
            Assert.True(held is null || held == run.LastAttempt!.Id, $"seed {seed}: {run.Id} holds an attempt that is not its newest");
            if (run.Attempts.Length > 0)
                Assert.All(run.Plan.DependsOn, d => Assert.True(run.Plan.DependsOn.Length == 0 || world.State.Runs[d.Value].Attempts.Length > 0, $"seed {seed}: {run.Id} started before {d}"));
        }
        foreach (var (id, pending) in world.State.Outbox)
            if (pending.Effect is Effect.Submit submit) Assert.Equal(new RunState.Submitting(submit.Attempts[0].Attempt), world.State.Runs[submit.Attempts[0].Attempt.Run.Value].State);
            else Assert.StartsWith("cancel:", id, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Requests(World world) =>
        world.Entries.SelectMany(static e => e.Events).OfType<RunEvent.EffectRequested>().Where(static e => e.Effect is Effect.Submit).Select(static e => e.Id);

    private static PlannedRun RandomRun(Random random, string name, int index) => Some.Run(name,
        attempts: random.Next(1, 5), delay: random.Next(0, 200), causes: [.. Enum.GetValues<FailureCause>().Where(_ => random.Next(2) == 0)],
        after: index > 0 && random.Next(3) == 0 ? [Names[random.Next(index)]] : null, priority: random.Next(3));

    private static Observation RandomNews(Random random, World world)
    {
        var run = Names[random.Next(Names.Length)];
        var number = world.State.Runs[run].Attempts.Length + (random.Next(6) == 0 ? random.Next(-1, 2) : 0);
        return random.Next(10) switch
        {
            < 3 => new Observation.Ticked(world.Now),
            3 when world.State.Outbox.Count > 0 => Refusal(random, world),
            < 6 when world.State.Outbox.Count > 0 => Success(random, world),
            6 => new Observation.LineSeen(world.Now, Some.Attempt(run, number), null, random.Next(1000), "", []) { Checkpoint = new(random.Next(100), "/ckpt") },
            7 when random.Next(4) == 0 => new Observation.WishRead(world.Now, RandomWish(random, world, run)),
            _ => new Observation.JobReported(world.Now, Some.Report(run, (JobState)random.Next(10), number, code: random.Next(3)), random.Next(2) == 0 ? null : random.Next(100)),
        };
    }

    private static Wish RandomWish(Random random, World world, string run) => new($"w{random.Next(40)}", "user:ada", world.Now,
        random.Next(2) == 0 ? new WishContent.Cancel([new(run)]) : new WishContent.Retry([new(run)]));

    private static Observation.EffectSettled Refusal(Random random, World world)
    {
        var (id, _) = world.State.Outbox.ElementAt(random.Next(world.State.Outbox.Count));
        return new(world.Now, id, new EffectResult.Refused("no", Retryable: random.Next(4) > 0));
    }

    private static Observation.EffectSettled Success(Random random, World world)
    {
        var (id, pending) = world.State.Outbox.ElementAt(random.Next(world.State.Outbox.Count));
        return new(world.Now, id, pending.Effect is Effect.Submit submit ? World.Accepted(submit) : new EffectResult.Done());
    }

    /// <summary>Records with collections have no value equality: the parts are compared as text.</summary>
    private static string Text(ExperimentState state) => string.Join('\n',
    [
        .. state.Runs.Values.Select(static r => $"{r.Id} {r.State} {r.AllowedAttempts} {r.BestStep} {r.Stalled} {r.CancelledBy} {r.Checkpoint} {string.Join(';', r.Attempts)}"),
        .. state.Outbox.Select(static o => $"{o.Key} {o.Value.NotBefore} {o.Value.Tries}"),
        string.Join(' ', state.Wishes.Order(StringComparer.Ordinal)),
    ]);
}
