using System.Collections.Immutable;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;
using Vigil.Schedulers.Slurm;
using Vigil.Spec;
using Vigil.Tests.CrashMatrix;

namespace Vigil.Tests.Slurm;

/// <summary>An experiment on a real Slurm, watched within this process: the true scripts, commands and clock, and looks that come fast.</summary>
internal sealed class TestbedLife : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly TempFolder _temp = new();
    private readonly Testbed _testbed;
    private readonly List<Journal> _journals = [];
    private MonitorLoop? _loop;

    public TestbedLife(Testbed testbed) => (_testbed, Folder) = (testbed, new(_temp["out"]));

    public ExperimentFolder Folder { get; }
    public SlurmSettings Settings { get; set; } = SlurmSettings.Default with { ShortestPoll = 0.3, LongestPoll = 1, DoubtSeconds = 1, RequestsPerSecond = RequestBudget.Unlimited, StuckAfterSeconds = 4 };
    public ExperimentState State => _loop!.State;
    public SlurmScheduler? Scheduler { get; private set; }

    public PlannedRun Run(string name, string line, params SlurmOption[] sbatch) => new()
    {
        Id = new(name),
        Point = name,
        Index = 0,
        OutputDir = _temp["out", name],
        LogPath = _temp["out", name, "slurm-%j.out"],
        LogPathCurrent = _temp["out", name, "current.log"],
        WorkDir = _temp.Path,
        ConfigHash = "h",
        Command = new CommandTemplate.Line(line),
        Restart = new(3, 1, [FailureCause.Infrastructure]),
        Slurm = new() { Sbatch = [.. sbatch], FenceSeconds = 1 },
    };

    /// <summary>A new monitor; the one before it is gone, with its schedulers.</summary>
    public async Task WatchAsync(params PlannedRun[] runs)
    {
        var time = TimeProvider.System;
        var opening = await new JournalOpening(Folder, new Writer("here", "machine", "boot", "ns", _journals.Count + 1, 1), static _ => false, time).OpenAsync(static _ => { }, Stop);
        var ready = Assert.IsType<Opening.Ready>(opening);
        _journals.Add(ready.Journal);
        var site = new HereSite(Path.Combine(Folder.Views, "clock"), CommandEnvironment.Of(_testbed.Environment), time);
        Scheduler = new(site, new(null, Settings.RequestsPerSecond, time, "boot"), Settings, new(null, Folder.Root, DateTimeOffset.UtcNow - TimeSpan.FromHours(1)), SubmissionWords.Of, time);
        var header = MonitorLife.Experiment(Folder.Root) with { Name = "exp", Scheduler = "slurm", Slurm = Settings };
        _loop = new(ready.Journal, new LeaseKeeper(ready.Lease, time), ready.State, Scheduler, new EffectRunner(Scheduler, new(new(Folder), () => header, time)), new AttemptLogs(new ProgressBoard(time), new EchoGuard(static (_, path) => path)),
            new Inbox(Folder, static _ => { }), new ViewWriter(Folder, time), new MonitorLife.Silence(), time);
        if (runs.Length == 0) return;
        ImmutableArray<PlannedRun> plan = [.. runs.Select(static (run, i) => run with { Index = i })];
        FrozenConfigs.Write(Folder, "all", plan, plan.Select(static r => new FrozenConfig(r.Id, "a: 1\n", "{}", "a: 1\n")));
        _loop.Decide(new Observation.PlanAccepted(time.GetUtcNow(), "user:ada", header, plan, []));
    }

    public async Task UntilAsync(Func<ExperimentState, bool> enough, string what)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(Patience);
        var end = await _loop!.RunUntilAsync(enough, patience.Token);
        Assert.True(end is WatchEnd.Finished, $"{what}: {end}; {string.Join("; ", State.Runs.Values.Select(static r => $"{r.Id} {r.State} {r.Attempts.LastOrDefault()?.Reason}"))}; {string.Join("; ", Scheduler!.Sight!.Witnesses)}");
    }

    /// <summary>Until these runs do what they are there for: <c>sleep</c> and its like after the claim.</summary>
    public Task UntilStartedAsync(params string[] runs) =>
        UntilAsync(s => runs.All(r => s.Runs[r] is { State: RunState.Running } run && run.LastAttempt is { Host: not null, Log: not null } a && File.Exists(Path.Combine(ExperimentFolder.Attempt(run.Plan, a.Id), "started.json"))), $"start of {string.Join(", ", runs)}");

    public Task UntilFinishedAsync(params string[] runs) => UntilAsync(s => runs.All(r => s.Runs[r].State is RunState.Finished), $"end of {string.Join(", ", runs)}");

    public RunRecord Of(string run) => State.Runs[run];

    public string JobOf(string run) => Of(run).State.Held!.Value.Job.Value;

    /// <summary>Lives on for so long.</summary>
    public Task ForAsync(TimeSpan time)
    {
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        return UntilAsync(_ => System.Diagnostics.Stopwatch.GetElapsedTime(began) >= time, "waiting");
    }

    public void Drop(WishContent wish) => Inbox.Drop(Folder, new Wish($"w{Guid.NewGuid():n}", "user:ada", DateTimeOffset.UtcNow, wish));

    public string? Exit(string run, string attempt = "1") => SmallFile.TryRead(Path.Combine(Of(run).Plan.OutputDir, "attempts", attempt, "exit.json")) is { } bytes ? System.Text.Encoding.UTF8.GetString(bytes) : null;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _journals.ForEach(static j => j.Dispose());
        _temp.Dispose();
    }
}
