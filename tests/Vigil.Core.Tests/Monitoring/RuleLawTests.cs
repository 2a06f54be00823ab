using System.Collections.Immutable;
using System.Globalization;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Core.Tests.Monitoring;

/// <summary>Random nights: lines that fire, jobs that end or hang, effects that fail, and a monitor that is killed anywhere and reads its logs again from its journal.</summary>
public sealed class RuleLawTests
{
    private const string Rules = """
        job: {restart: {max_attempts: 4, delay_seconds: 1, causes: [infrastructure, crash, hang], budgets: {hang: 2}}, no_progress_threshold_seconds: 300}
        monitoring:
          rules:
            - {name: broken, when: 'NCCL ERROR', do: {restart: {cause: infrastructure}}}
            - {name: poison, when: 'poison', do: cancel}
            - {name: done, when: 'training is done', do: finish}
            - {name: saved, when: 'saved (?P<n>\d+)', if: {file_exists: '{output_dir}/ckpt'}, do: [{start_run: ['lr=1']}, {run: [echo, '{n}']}]}
            - {name: note, when: 'NCCL ERROR', do: {log: x}, limit: 3}
        lr: 0
        """;

    private static readonly string[] Lines = ["NCCL ERROR here", "saved 100", "saved 200", "nothing", "NCCL ERROR there", "saved 300"];

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7), InlineData(8), InlineData(9), InlineData(10)]
    public void Whatever_happens_every_line_acts_at_most_once_and_budgets_hold(int seed)
    {
        for (var night = 0; night < 25; night++) Night(new Random(seed * 1000 + night));
    }

    private static void Night(Random random)
    {
        var watched = Watched.Running(Rules);
        var world = watched.World;
        for (var step = 0; step < 120; step++)
        {
            Happens(watched, random);
            Assert.True(world.State.Runs.Values.All(static r => r.Attempts.Count(static a => a.State is JobState.Running) <= 1));
            Assert.True(watched["a"].Attempts.Length <= watched["a"].AllowedAttempts);
        }
        var fired = world.Entries.SelectMany(static e => e.Events).OfType<RunEvent.RuleFired>().Select(static f => f.Firing).ToList();
        Assert.Equal(fired.Count, fired.Distinct().Count());
        var settled = watched.All.OfType<RunEvent.ActionSettled>().Where(static s => s.Outcome is not ActionOutcome.Parked).Select(static s => (s.Firing, s.Action)).ToList();
        Assert.Equal(settled.Count, settled.Distinct().Count());
        var requested = watched.All.OfType<RunEvent.EffectRequested>().Where(static e => e.Effect is Effect.OfAction).Select(static e => e.Id).ToList();
        Assert.Equal(requested.Count, requested.Distinct().Count());
        Assert.True(watched.All.OfType<RunEvent.RuleFired>().Count(static f => f.Rule == "note" && !f.Actions.IsEmpty) <= 4);
        Assert.True(watched["a"].Attempts.Count(static a => a.Cause is FailureCause.Hang) <= 3);
        // The state is nothing but the fold of the journal.
        var again = world.Entries.Aggregate(ExperimentState.Empty, static (state, entry) => state.Apply(entry));
        Assert.Equal(Text(world.State), Text(again));
    }

    private static void Happens(Watched watched, Random random)
    {
        var (world, run) = (watched.World, watched["a"]);
        switch (random.Next(9))
        {
            case 0 or 1 when run.State is RunState.Running: Read(watched, random); break;
            case 2 when run.State is RunState.Running: watched.Quiet(TimeSpan.Zero, TimeSpan.FromSeconds(random.Next(600)), step: random.Next(100)); break;
            case 3 when run.State.Held is { } held && random.Next(3) == 0:
                world.Report("a", random.Next(4) switch { 0 => JobState.Completed, 1 => JobState.Cancelled, 2 => JobState.NodeFail, _ => JobState.Failed }, held.Attempt.Number, code: 1, step: random.Next(200));
                break;
            case 4 when run.State is RunState.Queued queued: world.Report("a", JobState.Running, queued.Attempt.Number); break;
            case 5:
                world.Accept();
                foreach (var (id, pending) in world.State.Outbox.ToList())
                    if (pending.Effect is Effect.OfAction or Effect.Cancel) world.See(new Observation.EffectSettled(world.Now, id, Result(pending.Effect, random, run)));
                break;
            case 6:
                foreach (var look in Looks.Wanted(world.State).ToList())
                    world.See(new Observation.Looked(world.Now, look.Id, world.Now, [.. look.Probes.Select(p => random.Next(2) == 0 ? (ProbeAnswer)new ProbeAnswer.Absent() : new ProbeAnswer.Found(1, world.Now, world.Now))]));
                break;
            case 7 when random.Next(40) == 0: world.Wish(new WishContent.Cancel([new("a")]), $"w{world.Entries.Count}"); break;
            default: world.After(TimeSpan.FromSeconds(random.Next(90))).Tick(); break;
        }
    }

    private static EffectResult Result(Effect effect, Random random, RunRecord run) => (effect, random.Next(4)) switch
    {
        (_, 0) => new EffectResult.Refused("busy", Retryable: true),
        (Effect.StartRun start, _) => new EffectResult.Planned([run.Plan with { Id = new($"child-{start.Firing.Replace('/', '-')}"), Rules = null, Lifecycle = null, Lineage = new(run.Id, null, $"{start.Firing}#{start.Action}") }], []),
        _ => new EffectResult.Done(),
    };

    /// <summary>A look at the log, from where the journal says or, after a kill, from somewhere before it.</summary>
    private static void Read(Watched watched, Random random)
    {
        var attempt = watched["a"].LastAttempt!;
        var from = Math.Max(0, (int)attempt.Cursor / 10 - random.Next(3));
        for (var line = from; line < from + random.Next(4); line++)
        {
            var text = random.Next(60) == 0 ? "poison" : random.Next(60) == 0 ? "training is done" : Lines[(line + attempt.Id.Number) % Lines.Length];
            watched.Line(text, line * 10, checkpoint: null);
        }
    }

    private static string Text(ExperimentState state) => string.Join('\n', state.Runs.Values.Select(static r => string.Create(CultureInfo.InvariantCulture, $"{r.Id} {r.State} {r.Attempts.Length} {r.Restart} {r.Finish} {r.CancelReason} {string.Join(',', r.Tallies?.Select(static t => t.ToString()) ?? [])}"))
        .Concat(state.Firings.Values.Select(static f => $"{f.Id} {string.Join(',', f.Steps)}")).Concat(state.Outbox.Keys));
}
