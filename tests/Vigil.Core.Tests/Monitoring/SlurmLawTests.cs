using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Core.Tests.Monitoring;

/// <summary>What must hold with arrays, caps, chains, requeues, refusals by number and adoptions in any order.</summary>
public sealed class SlurmLawTests
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e", "f"];
    private readonly Dictionary<string, int> _accepted = [];

    [Fact]
    public void The_laws_hold_on_random_walks_over_a_cluster()
    {
        int accepted = 0, requeued = 0, links = 0;
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            _accepted.Clear();
            var settings = new SlurmSettings { MaxJobs = random.Next(3) == 0 ? random.Next(1, 5) : null, ArraySize = random.Next(1, 4), StaggerSeconds = random.Next(4) == 0 ? 30 : 0, Dependencies = (DependencyKeeper)random.Next(2) };
            var world = World.Planned(Some.Experiment with { Slurm = settings }, [.. Names.Select((n, i) => RandomRun(random, n, i))]);
            for (var step = 0; step < 150; step++)
            {
                world.After(TimeSpan.FromSeconds(random.Next(90)));
                See(world, RandomNews(random, world));
                Check(world, settings, seed);
            }
            accepted += _accepted.Values.Sum();
            requeued += world.Entries.SelectMany(static e => e.Events).OfType<RunEvent.AttemptRequeued>().Count();
            links += world.State.Runs.Values.Sum(static r => r.Attempts.Count(static a => a.After is not null));
            Assert.Equal(Text(world.State), Text(world.Entries.Aggregate(ExperimentState.Empty, static (state, entry) => state.Apply(entry))));
        }
        Assert.True(accepted > 2_000 && requeued > 100 && links > 100, $"the walks hardly went anywhere: {accepted} accepted, {requeued} requeued, {links} links");
    }

    private void See(World world, Observation seen)
    {
        if (seen is Observation.EffectSettled { Result: EffectResult.Submitted submitted } && world.State.Outbox.ContainsKey(((Observation.EffectSettled)seen).Effect))
            foreach (var job in submitted.Jobs) _accepted[job.Attempt.ToString()] = _accepted.GetValueOrDefault(job.Attempt.ToString()) + 1;
        world.See(seen);
    }

    private void Check(World world, SlurmSettings settings, int seed)
    {
        Assert.All(_accepted, attempt => Assert.True(attempt.Value == 1, $"seed {seed}: {attempt.Key} was submitted {attempt.Value} times"));
        var inOutbox = world.State.Outbox.Values.Select(static e => e.Effect).OfType<Effect.Submit>().SelectMany(static s => s.Attempts).Select(static a => a.Attempt).ToList();
        Assert.Equal(inOutbox.Count, inOutbox.Distinct().Count());
        if (settings.MaxJobs is { } cap) Assert.True(world.State.Runs.Values.Count(static r => r.State.Attempt is not null) <= cap, $"seed {seed}: more than {cap} jobs");
        foreach (var run in world.State.Runs.Values)
        {
            var ids = run.Attempts.Select(static a => a.Id).ToList();
            Assert.Equal(ids.Count, ids.Distinct().Count());
            if (run.State is RunState.Submitting submitting)
                Assert.True(inOutbox.Contains(submitting.Attempt), $"seed {seed}: {run.Id} waits for a submission that nobody makes");
            var requeues = ids.Count(static id => id.Requeue > 0);
            Assert.True(run.Attempts.Length <= run.AllowedAttempts + requeues, $"seed {seed}: {run.Id} had {run.Attempts.Length} attempts of {run.AllowedAttempts}");
            if (run.State.Attempt is { } current) Assert.Equal(current, run.LastAttempt!.Id);
        }
    }

    private static PlannedRun RandomRun(Random random, string name, int index) => Some.Run(name,
        attempts: random.Next(1, 5), delay: random.Next(0, 100), causes: [.. Enum.GetValues<FailureCause>().Where(_ => random.Next(2) == 0)],
        after: index > 0 && random.Next(3) == 0 ? [Names[random.Next(index)]] : null) with
    {
        Slurm = new SlurmJob { PackKey = random.Next(3) == 0 ? null : $"p{random.Next(2)}", Chain = random.Next(4) == 0 ? 3 : 1 },
    };

    private static Observation RandomNews(Random random, World world) => random.Next(12) switch
    {
        < 3 => new Observation.Ticked(world.Now),
        3 when world.State.Outbox.Count > 0 => Settled(random, world, Refusal(random)),
        < 7 when world.State.Outbox.Count > 0 => Settled(random, world, null),
        7 when random.Next(4) == 0 => new Observation.WishRead(world.Now, new($"w{random.Next(60)}", "user:ada", world.Now, RandomWish(random))),
        _ => new Observation.JobReported(world.Now, RandomReport(random, world), random.Next(2) == 0 ? null : random.Next(100)),
    };

    private static JobReport RandomReport(Random random, World world)
    {
        var run = world.State.Runs[Names[random.Next(Names.Length)]];
        var (attempt, job) = run.State.Held ?? (new AttemptId(run.Id, 1), new JobId("?"));
        var requeue = attempt.Requeue + (random.Next(5) == 0 ? random.Next(-1, 3) : 0);
        return new JobReport(attempt with { Requeue = Math.Max(0, requeue) }, job, (JobState)random.Next(10), "WORD", Started: random.Next(2) == 0 ? null : world.Now)
        {
            ClaimedBy = random.Next(20) == 0 ? new JobId($"{random.Next(1000)}") : null,
            Stuck = random.Next(5) == 0 ? "PartitionDown" : null,
            FailedNodes = random.Next(5) == 0 ? "n3" : null,
        };
    }

    private static WishContent RandomWish(Random random)
    {
        RunId[] runs = [new(Names[random.Next(Names.Length)])];
        return random.Next(4) switch
        {
            0 => new WishContent.Cancel([.. runs]),
            1 => new WishContent.Retry([.. runs]),
            2 => new WishContent.Change([.. runs], new JobChange.Hold()),
            _ => new WishContent.Change([.. runs], new JobChange.Release()),
        };
    }

    private static EffectResult.Refused Refusal(Random random) =>
        new("no", Retryable: random.Next(4) > 0) { For = random.Next(3) == 0 ? (RefusedFor)random.Next(2) : null };

    private static Observation.EffectSettled Settled(Random random, World world, EffectResult? result)
    {
        var (id, pending) = world.State.Outbox.ElementAt(random.Next(world.State.Outbox.Count));
        return new(world.Now, id, result ?? (pending.Effect is Effect.Submit submit ? World.Accepted(submit) : new EffectResult.Done()));
    }

    /// <summary>Records with collections have no value equality: the parts are compared as text.</summary>
    private static string Text(ExperimentState state) => string.Join('\n',
    [
        .. state.Runs.Values.Select(static r => $"{r.Id} {r.State} {r.AllowedAttempts} {r.CancelledBy} {r.StopReason} {r.HeldBy} {r.CancelSent} {string.Join(';', r.Attempts)}"),
        .. state.Outbox.Select(static o => $"{o.Key} {o.Value.NotBefore} {o.Value.Tries}"),
    ]);
}
