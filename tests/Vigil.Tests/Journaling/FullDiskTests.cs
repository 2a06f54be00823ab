using System.Collections.Immutable;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Tests.CrashMatrix;

namespace Vigil.Tests.Journaling;

/// <summary>The monitor's loop on a disk that refuses, and with very many runs.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly JournalPlace _place = new();
    private readonly FakeScheduler _scheduler = new();

    public void Dispose() => _place.Dispose();

    [Theory, Trait("scenario", "33")]
    [InlineData("No space left on device")]
    [InlineData("Input/output error")]
    public async Task While_the_journal_cannot_be_written_nothing_is_started_and_afterwards_everything_once(string error)
    {
        var opened = _place.Open();
        using var journal = opened.Journal;
        var loop = Loop(opened, "a", "b");
        journal.BeforeWrite = (file, at, lines) =>
        {
            RandomAccess.Write(file, lines.Span[..(lines.Length / 3)], at);
            throw new IOException(error);
        };
        for (var turn = 0; turn < 5; turn++)
        {
            Assert.True(await loop.TurnAsync(CancellationToken.None));
            Assert.Contains(error, loop.Trouble, StringComparison.Ordinal);
            Assert.Contains("no job is started", loop.Trouble, StringComparison.Ordinal);
            Assert.Empty(_scheduler.Submissions);
            Assert.Equal(_place.LineStart(1, 1), _place.Bytes(1).Length);
            _place.Time.Advance(TimeSpan.FromSeconds(5));
        }
        journal.BeforeWrite = null;
        await FinishAsync(loop);
        Assert.Equal(["a.1", "b.1"], _scheduler.Submissions.Select(static s => s.ToString()));
        Assert.Equal(JournalPlace.Text(loop.State), JournalPlace.Text(_place.Follow(static (_, _) => { }).State));
    }

    /// <summary>The submission happened and its record could not be written; the record is written later, and nothing happens twice.</summary>
    [Fact, Trait("scenario", "33")]
    public async Task A_disk_that_fills_between_act_and_record_costs_nothing()
    {
        var opened = _place.Open();
        using var journal = opened.Journal;
        var loop = Loop(opened, "a", "b");
        var writes = 0;
        journal.BeforeWrite = (_, _, _) => { if (++writes % 2 == 0) throw new IOException("No space left on device"); };
        await FinishAsync(loop);
        Assert.Equal(["a.1", "b.1"], _scheduler.Submissions.Select(static s => s.ToString()));
        Assert.Equal(JournalPlace.Text(loop.State), JournalPlace.Text(_place.Follow(static (_, _) => { }).State));
    }

    [Fact]
    public async Task A_turn_in_which_a_thousand_runs_change_costs_two_flushes_at_most()
    {
        var opened = _place.Open();
        using var journal = opened.Journal;
        var loop = Loop(opened, [.. Enumerable.Range(0, 1_000).Select(static i => $"r{i:0000}")]);
        long most = 0, largest = 0;
        for (var turn = 0; !loop.IsDone; turn++)
        {
            Assert.True(turn < 100, "the runs do not end");
            var (flushes, seq) = (journal.Flushes, loop.State.Seq);
            Assert.True(await loop.TurnAsync(CancellationToken.None));
            most = Math.Max(most, journal.Flushes - flushes);
            largest = Math.Max(largest, loop.State.Seq - seq);
            _place.Time.Advance(TimeSpan.FromSeconds(5));
        }
        Assert.InRange(most, 1, 2);
        Assert.True(largest >= 64, $"no turn decided more than {largest} times");
        Assert.Equal(1_000, _scheduler.Submissions.Distinct().Count());
        Assert.Equal(1_000, _scheduler.Submissions.Count);
    }

    [Fact]
    public async Task A_monitor_that_lost_its_lease_stops_at_its_next_turn_without_acting()
    {
        var opened = _place.Open();
        using var journal = opened.Journal;
        var loop = Loop(opened, "a");
        _place.Open().Journal.Dispose();
        Assert.False(await loop.TurnAsync(CancellationToken.None));
        Assert.Empty(_scheduler.Submissions);
    }

    [Fact]
    public async Task A_monitor_that_loses_its_lease_in_the_middle_of_a_turn_does_not_act_either()
    {
        var opened = _place.Open();
        using var journal = opened.Journal;
        var loop = Loop(opened, "a");
        journal.BeforeFlush = () =>
        {
            journal.BeforeFlush = null;
            _place.Open().Journal.Dispose();
        };
        Assert.True(await loop.TurnAsync(CancellationToken.None));
        Assert.Contains("another monitor has taken the experiment over", loop.Trouble, StringComparison.Ordinal);
        Assert.False(await loop.TurnAsync(CancellationToken.None));
        Assert.Empty(_scheduler.Submissions);
    }

    [Fact]
    public async Task A_wish_is_granted_once_even_when_its_file_outlives_its_grant()
    {
        var wish = new Wish("w1", "user:ada", _place.Time.GetUtcNow(), new WishContent.Cancel([new RunId("a")]));
        var opened = _place.Open();
        Inbox.Drop(_place.Folder, wish);
        await Loop(opened, "a", "b").TurnAsync(CancellationToken.None);
        opened.Journal.Dispose();
        Inbox.Drop(_place.Folder, wish);   // as if the crash had come between the record and the removal
        var second = _place.Open();
        using var journal = second.Journal;
        await FinishAsync(Loop(second));
        Assert.Single(_place.Entries().SelectMany(static e => e.Events).OfType<RunEvent.WishGranted>());
        Assert.Empty(Directory.GetFiles(_place.Folder.Inbox));
    }

    private async Task FinishAsync(MonitorLoop loop)
    {
        for (var turn = 0; !loop.IsDone; turn++)
        {
            Assert.True(turn < 200, "the runs do not end");
            Assert.True(await loop.TurnAsync(CancellationToken.None));
            _place.Time.Advance(TimeSpan.FromSeconds(5));
        }
    }

    private MonitorLoop Loop(Opening.Ready opened, params string[] names)
    {
        ImmutableArray<PlannedRun> runs = [.. names.Select((name, i) => JournalPlace.Run(name, i) with { OutputDir = Path.Combine(_place.Folder.Root, name), LogPath = Path.Combine(_place.Folder.Root, name, "slurm-%j.out") })];
        if (!runs.IsEmpty) FrozenConfigs.Write(_place.Folder, "all", runs, runs.Select(static r => new FrozenConfig(r.Id, "a: 1\n", "{}", "a: 1\n")));
        var provenance = new ProvenanceWriter(new FrozenConfigs(_place.Folder), static () => JournalPlace.Experiment, _place.Time);
        var loop = new MonitorLoop(opened.Journal, new LeaseKeeper(opened.Lease, _place.Time), opened.State, _scheduler, new EffectRunner(_scheduler, provenance), new AttemptLogs(new ProgressBoard(_place.Time), new EchoGuard(static (_, path) => path)),
            new Inbox(_place.Folder, static _ => { }), new ViewWriter(_place.Folder, _place.Time), new Silence(), _place.Time);
        if (!runs.IsEmpty) loop.Decide(new Observation.PlanAccepted(_place.Time.GetUtcNow(), "user:ada", JournalPlace.Experiment, runs, []));
        return loop;
    }

    private sealed class Silence : IMonitorScreen
    {
        public void Decided(JournalEntry entry, ExperimentState state) { }
        public void Show(MonitorView view) { }
        public void Say(string text) { }
    }
}
