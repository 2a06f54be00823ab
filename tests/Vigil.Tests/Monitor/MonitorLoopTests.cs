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
        _loop = new MonitorLoop(_opened.Journal, _opened.Lease, _opened.State, _scheduler, new EffectRunner(_scheduler, provenance), new AttemptLogs(new ProgressBoard(_time)),
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

    [Fact]
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
}
