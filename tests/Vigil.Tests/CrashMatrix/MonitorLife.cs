using System.Collections.Immutable;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Schedulers;
using Vigil.Spec;

namespace Vigil.Tests.CrashMatrix;

/// <summary>One life of a monitor, from taking the lease to the end of the runs or to its death. The journal is on a real disk.</summary>
internal sealed class MonitorLife(ExperimentFolder folder, IScheduler scheduler, VirtualTime time, ImmutableArray<PlannedRun> runs)
{
    private static int _pids;

    /// <summary>Called before each journal write with the bytes to come; may write a part of them and throw.</summary>
    public Action<Journal>? Prepare { get; init; }

    /// <summary>Wishes of people, dropped when the journal has that many entries.</summary>
    public ImmutableArray<(long AfterSeq, Wish Wish)> Wishes { get; init; } = [];

    /// <summary>What the runs name by their ids.</summary>
    public ImmutableArray<RuleSet> Rules { get; init; } = [];

    /// <summary>Where rules tell people; null: nowhere.</summary>
    public ChannelSet? Channels { get; init; }

    /// <summary>What reaches into the world for the rules, made anew in each life; null: nothing does.</summary>
    public Func<RuleHands>? Hands { get; init; }

    /// <summary>False when it died.</summary>
    public async Task<bool> LiveAsync()
    {
        var me = new Writer("here", "machine", "boot", "ns", ++_pids, 1);
        var opening = await new JournalOpening(folder, me, static _ => false, time).OpenAsync(static _ => { }, CancellationToken.None);
        var ready = Assert.IsType<Opening.Ready>(opening);
        using var journal = ready.Journal;
        Prepare?.Invoke(journal);
        using var hands = Hands?.Invoke();
        var provenance = new ProvenanceWriter(new FrozenConfigs(folder), () => Experiment(folder.Root), time);
        var loop = new MonitorLoop(journal, new LeaseKeeper(ready.Lease, time), ready.State, scheduler, new EffectRunner(scheduler, provenance), new AttemptLogs(new ProgressBoard(time), new EchoGuard(static (_, path) => path)),
            new Inbox(folder, static _ => { }), new ViewWriter(folder, time), new Silence(), time)
        { Hands = hands };
        try
        {
            Plan(loop);
            for (var turn = 0; !loop.IsDone; turn++)
            {
                Assert.True(turn < 200, "the runs do not end");
                foreach (var (after, wish) in Wishes.Where(w => loop.State.Seq >= w.AfterSeq && !loop.State.Wishes.Contains(w.Wish.Id))) Inbox.Drop(folder, wish);
                Assert.True(await loop.TurnAsync(CancellationToken.None), "the lease was lost");
                time.Advance(TimeSpan.FromSeconds(5));
                if (hands is not null) await EndedAsync(loop, hands);
            }
            return true;
        }
        catch (SimulatedCrash)
        {
            return false;
        }
        finally
        {
            if (hands is not null) await LetGoAsync(loop, hands);
        }
    }

    /// <summary>Waits until something has ended of what is done beside the loop, so that turns do not pass idly by.</summary>
    private static async Task EndedAsync(MonitorLoop loop, RuleHands hands)
    {
        for (var since = TimeProvider.System.GetTimestamp(); loop.State.Outbox.Keys.Any(hands.Actions.IsUnderWay) && !hands.Actions.HasEnded; await Task.Delay(1)) AssertPatience(since);
        for (var since = TimeProvider.System.GetTimestamp(); hands.Notifier.IsSending; await Task.Delay(1))
        {
            AssertPatience(since);
            if (!loop.IsDone && !await loop.TurnAsync(CancellationToken.None)) return;
        }
    }

    /// <summary>Nothing that the dead one had begun reaches into its successor's life.</summary>
    private static async Task LetGoAsync(MonitorLoop loop, RuleHands hands)
    {
        for (var since = TimeProvider.System.GetTimestamp(); loop.State.Outbox.Keys.Any(hands.Actions.IsUnderWay); await Task.Delay(1))
        {
            AssertPatience(since);
            hands.Actions.Completed();
        }
    }

    private static void AssertPatience(long since) => Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(60), "an action does not end");

    public static ExperimentHeader Experiment(string dir) => new() { Name = "matrix", Dir = dir, File = "/exp/experiment.yaml", Scheduler = "local" };

    private void Plan(MonitorLoop loop)
    {
        if (loop.State.Experiment is not null) return;
        FrozenConfigs.Write(folder, "all", runs, runs.Select(static r => new FrozenConfig(r.Id, "a: 1\n", "{}", "a: 1\n")));
        loop.Decide(new Observation.PlanAccepted(time.GetUtcNow(), "user:ada", Experiment(folder.Root), runs, []) { Rules = Rules, Channels = Channels });
    }

    internal sealed class Silence : IMonitorScreen
    {
        public void Decided(JournalEntry entry, ExperimentState state) { }
        public void Show(MonitorView view) { }
        public void Say(string text) { }
    }
}
