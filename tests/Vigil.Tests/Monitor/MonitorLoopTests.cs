using System.Collections.Immutable;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Tests.CrashMatrix;

namespace Vigil.Tests.Monitor;

public sealed class MonitorLoopTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly VirtualTime _time = new();
    private readonly FakeScheduler _scheduler = new();
    private Opening.Ready _opened = null!;
    private MonitorLoop _loop = null!;
    private ExperimentFolder Folder => new(_temp.Path);

    public async ValueTask InitializeAsync()
    {
        _opened = Assert.IsType<Opening.Ready>(await new JournalOpening(Folder, new Writer("here", "machine", "boot", "ns", 1, 1), static _ => false, _time).OpenAsync(static _ => { }, CancellationToken.None));
        var provenance = new ProvenanceWriter(new FrozenConfigs(Folder), () => MonitorLife.Experiment(_temp.Path), _time);
        _loop = new MonitorLoop(_opened.Journal, new LeaseKeeper(_opened.Lease, _time) { Check = TimeSpan.FromMilliseconds(1) }, _opened.State, _scheduler, new EffectRunner(_scheduler, provenance), new AttemptLogs(new ProgressBoard(_time), new EchoGuard(static (_, path) => path)),
            new Inbox(Folder, static _ => { }), new ViewWriter(Folder, _time), new MonitorLife.Silence(), _time);
        var output = Path.Combine(_temp.Path, "a");
        ImmutableArray<PlannedRun> runs =
        [
            new() { Id = new("a"), Point = "a", Index = 0, OutputDir = output, LogPath = $"{output}/slurm-%j.out", LogPathCurrent = null, Command = new CommandTemplate.Line("true"), WorkDir = _temp.Path },
        ];
        FrozenConfigs.Write(Folder, "all", runs, [new FrozenConfig(new("a"), "a: 1\n", "{}", "a: 1\n")]);
        _loop.Decide(new Observation.PlanAccepted(_time.GetUtcNow(), "user:ada", MonitorLife.Experiment(_temp.Path), runs, []));
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        _opened.Journal.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public async Task A_lease_goes_on_beating_when_the_clock_is_set_back()
    {
        await _loop.TurnAsync(TestContext.Current.CancellationToken);
        var before = Lease.Read(Folder)!.Beat;
        _time.SetWallClock(TimeSpan.FromHours(-1));
        _time.Advance(Lease.BeatEvery);
        await _loop.TurnAsync(TestContext.Current.CancellationToken);
        Assert.Equal(before + 1, Lease.Read(Folder)!.Beat);
    }

    [Fact, Trait("scenario", "40")]
    public async Task A_stop_in_the_middle_of_a_request_leaves_by_the_loops_own_door()
    {
        using var stop = new CancellationTokenSource();
        _scheduler.Step = () =>
        {
            stop.Cancel();
            stop.Token.ThrowIfCancellationRequested();
        };
        Assert.Equal(WatchEnd.Interrupted, await _loop.RunAsync(stop.Token));
        Assert.False(_opened.Journal.HasStaged);
        Assert.Contains("submit:a.1", _loop.State.Outbox.Keys);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private void Wish(WishContent content) => _loop.Decide(new Observation.WishRead(_time.GetUtcNow(), new("w", "user:ada", _time.GetUtcNow(), content)));

    /// <summary>Its job does not end.</summary>
    private async Task QueuedAsync()
    {
        _scheduler.Ending = static attempt => new(attempt, default, JobState.Running);
        while (_loop.State.Runs.GetValueOrDefault("a")?.State is not RunState.Queued) await _loop.TurnAsync(Stop);
    }

    [Fact, Trait("scenario", "40")]
    public async Task A_lease_goes_on_beating_while_the_scheduler_lets_wait()
    {
        await QueuedAsync();
        var before = Lease.Read(Folder)!.Beat;
        var hung = new TaskCompletionSource();
        _scheduler.Reporting = () => hung.Task;
        var turn = _loop.TurnAsync(Stop);
        for (var beats = 1; beats <= 3; beats++)
        {
            _time.Advance(Lease.BeatEvery);
            for (var since = TimeProvider.System.GetTimestamp(); Lease.Read(Folder)!.Beat < before + beats; await Task.Yield())
                Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(30), "no beat while a request hangs");
        }
        Assert.False(turn.IsCompleted);
        hung.SetResult();
        Assert.True(await turn);
    }

    [Fact]
    public async Task A_submission_whose_run_was_cancelled_before_is_not_handed_over()
    {
        _loop.Decide(new Observation.Ticked(_time.GetUtcNow()));
        Wish(new WishContent.Cancel([new("a")]));
        await _loop.TurnAsync(Stop);
        Assert.Empty(_scheduler.Submissions);
        Assert.Equal(new RunState.Finished(Outcome.Cancelled, "CANCELLED"), _loop.State.Runs["a"].State);
        Assert.Empty(_loop.State.Outbox);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task A_requeue_that_may_have_happened_is_not_carried_out_again(bool mayHaveHappened, int calls)
    {
        await QueuedAsync();
        var changes = 0;
        _scheduler.Changing = () =>
        {
            changes++;
            return new EffectResult.Done();
        };
        var end = Assert.Single(await new EffectRunner(_scheduler, new ProvenanceWriter(new FrozenConfigs(Folder), () => MonitorLife.Experiment(_temp.Path), _time)).PerformAsync(
            _loop.State, [("requeue:a.1", new Effect.Change(new(new("a"), 1), new("1"), new JobChange.Requeue()))], _ => mayHaveHappened, Stop));
        Assert.Equal(calls, changes);
        Assert.Equal(mayHaveHappened, end.Result is EffectResult.Refused { Retryable: false });
    }

    [Theory]
    [InlineData(2, nameof(WatchEnd.Finished))]
    [InlineData(3, nameof(WatchEnd.Deferred))]
    public async Task A_scheduler_that_refuses_for_now_is_asked_three_times_before_a_wish_is_left_for_later(int refusals, string end)
    {
        await QueuedAsync();
        _scheduler.Changing = () => refusals-- > 0 ? new EffectResult.Refused("Socket timed out", Retryable: true) : new EffectResult.Done();
        _scheduler.Reporting = () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return Task.CompletedTask;
        };
        Wish(new WishContent.Change([new("a")], new JobChange.Hold()));
        Assert.Equal(end, (await _loop.RunForAsync([new("a")], static _ => true, Stop)).ToString());
    }

    [Fact]
    public async Task Of_many_changes_that_need_a_command_each_one_turn_makes_a_few()
    {
        await QueuedAsync();
        var changes = 0;
        _scheduler.Changing = () =>
        {
            changes++;
            return new EffectResult.Done();
        };
        ImmutableArray<PlannedRun> more = [.. Enumerable.Range(0, 40).Select(i => _loop.State.Runs["a"].Plan with { Id = new($"b{i}"), Index = i + 1 })];
        FrozenConfigs.Write(Folder, "more", more, more.Select(static r => new FrozenConfig(r.Id, "a: 1\n", "{}", "a: 1\n")));
        _loop.Decide(new Observation.PlanAccepted(_time.GetUtcNow(), "user:ada", MonitorLife.Experiment(_temp.Path), more, []));
        while (_loop.State.Runs.Values.Any(static r => r.State.Held is null)) await _loop.TurnAsync(Stop);
        Wish(new WishContent.Change([.. _loop.State.Runs.Values.Select(static r => r.Id)], new JobChange.TimeLimit(TimeSpan.FromHours(1))));
        await _loop.TurnAsync(Stop);
        Assert.InRange(changes, 1, 20);
        while (!_loop.State.Outbox.IsEmpty) await _loop.TurnAsync(Stop);
        Assert.Equal(41, changes);
    }
}
