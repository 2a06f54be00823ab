using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;
using Vigil.Rendering;
using Vigil.Schedulers;
using Vigil.Schedulers.Local;

namespace Vigil.Tests.Schedulers;

/// <summary>The real clock. A test can let time pass, or set the wall clock alone, as a person or a time server does.</summary>
internal sealed class JumpingTime : TimeProvider
{
    private TimeSpan _passed, _set;
    public void Jump(TimeSpan by) => _passed += by;
    public void SetWallClock(TimeSpan by) => _set += by;
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _passed + _set;
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    public override long GetTimestamp() => Stopwatch.GetElapsedTime(0).Ticks + _passed.Ticks;
}

/// <summary>A machine of a test's own: a run folder, an experiment folder, and monitors that come and go.</summary>
internal sealed class LocalPlace : IDisposable
{
    private static readonly ImmutableArray<string> Environment = [$"PATH={System.Environment.GetEnvironmentVariable("PATH")}", "HOME=/tmp"];
    private readonly List<LocalScheduler> _monitors = [];
    private readonly List<RunFolder> _folders = [];

    public string Dir { get; } = Directory.CreateTempSubdirectory("vigil-local-").FullName;
    public string RunFolderPath => Path.Combine(Dir, "run");
    public JumpingTime Time { get; } = new();
    public string NvidiaSmi { get; set; } = "/no/such/nvidia-smi";

    public RunFolder OpenFolder()
    {
        var folder = RunFolder.Open(RunFolderPath, Time, out var refusal) ?? throw new InvalidOperationException(refusal);
        _folders.Add(folder);
        return folder;
    }

    public LocalScheduler Monitor(int cpus = 2, int? slots = null, double grace = 10, bool shareGpus = false, string? boot = null, string? visible = null)
    {
        var machine = new LocalMachine(new ProcessTable(boot: boot), cpus, new(new(TimeProvider.System), TimeProvider.System, visible, NvidiaSmi), Environment, "/bin/bash");
        var monitor = new LocalScheduler(OpenFolder(), machine, new(slots, shareGpus, grace), Time);
        _monitors.Add(monitor);
        return monitor;
    }

    public JobRequest Request(string name, string line, int cpus = 1, int gpus = 0, int priority = 0, TimeSpan? limit = null, int attempt = 1)
    {
        var output = Path.Combine(Dir, "exp", name);
        var run = new PlannedRun
        {
            Id = new(name),
            Point = name,
            Index = 0,
            OutputDir = output,
            LogPath = $"{output}/slurm-%j.out",
            LogPathCurrent = $"{output}/current.log",
            Command = new CommandTemplate.Line(line),
            WorkDir = Dir,
            Resources = new(cpus, gpus),
            Priority = priority,
            TimeLimit = limit,
        };
        var id = new AttemptId(run.Id, attempt);
        var folder = $"{output}/attempts/{attempt}";
        PrivateFolder.Create(folder);
        AtomicFile.Write($"{folder}/script.sh", ScriptRenderer.Render(run, new(id, null), folder));
        return new(id, run, folder, null);
    }

    public static async Task<JobRequest> Submit(LocalScheduler monitor, JobRequest request)
    {
        var outcome = Assert.Single(await monitor.SubmitAsync([request.Alone()], TestContext.Current.CancellationToken));
        Assert.Null(outcome.Refusal());
        await monitor.StartReadyAsync(TestContext.Current.CancellationToken);
        return request with { Job = outcome.Job() };
    }

    private static readonly ConditionalWeakTable<LocalScheduler, Dictionary<AttemptId, JobReport>> Heard = [];

    /// <summary>The newest that this monitor has told of a job: it tells only news.</summary>
    public static async Task<JobReport> Report(LocalScheduler monitor, JobRequest job)
    {
        var heard = Heard.GetOrCreateValue(monitor);
        await monitor.StartReadyAsync(TestContext.Current.CancellationToken);
        foreach (var report in await monitor.ReportAsync([job], TestContext.Current.CancellationToken)) heard[report.Attempt] = report;
        return heard[job.Attempt];
    }

    /// <summary>Waits as the monitor does, on the scheduler's own news.</summary>
    public static async Task<JobReport> Until(LocalScheduler monitor, JobRequest job, Func<JobReport, bool> holds)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        enough.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var report = await Report(monitor, job);
            if (holds(report)) return report;
            await monitor.WaitForNewsAsync(TimeSpan.FromMilliseconds(20), enough.Token);
        }
    }

    public static Task<JobReport> End(LocalScheduler monitor, JobRequest job) => Until(monitor, job, static r => r.State.IsTerminal);

    /// <summary>Until the job itself has made this file in the experiment's working folder.</summary>
    public Task<JobReport> Makes(LocalScheduler monitor, JobRequest job, string file) => Until(monitor, job, _ => File.Exists(Path.Combine(Dir, file)));

    public string Text(string file) => File.ReadAllText(Path.Combine(Dir, file));
    public static string Log(JobRequest job) => File.ReadAllText(job.LogPath(job.Job!.Value)!);

    public void Dispose()
    {
        // What a failed test left running must not outlive it.
        foreach (var claim in Directory.EnumerateFiles(Dir, "claim", SearchOption.AllDirectories))
            if (JobFiles.Claim(Path.GetDirectoryName(claim)!) is { } mark)
                LocalSession.Signal(LocalSession.Members(new ProcessTable(), [mark.Process])[mark.Pid], Libc.SignalKill);
        _monitors.ForEach(static m => m.Dispose());
        _folders.ForEach(static f => f.Dispose());
        Directory.Delete(Dir, recursive: true);
    }
}
