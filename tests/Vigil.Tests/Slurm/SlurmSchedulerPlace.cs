using System.Collections.Immutable;
using System.Text.Json;
using FakeSlurm;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;
using Vigil.Schedulers;
using Vigil.Schedulers.Local;
using Vigil.Schedulers.Slurm;

namespace Vigil.Tests.Slurm;

/// <summary>An experiment folder, and what submissions of its runs look like.</summary>
internal sealed class SlurmSchedulerPlace : IDisposable
{
    public SlurmSchedulerPlace()
    {
        Cluster.Site.Zone = "UTC";
        Cluster.Site.StartDelay = 0;
        Site = new(Cluster);
        Time = new(Cluster);
    }

    public FakeCluster Cluster { get; } = new();
    public FakeSite Site { get; }
    public ClusterTime Time { get; }
    public string Dir { get; } = Directory.CreateTempSubdirectory("vigil-slurm-place-").FullName;
    public SlurmSettings Settings { get; set; } = SlurmSettings.Default with { RequestsPerSecond = RequestBudget.Unlimited };
    public double FenceSeconds { get; set; } = 120;

    /// <summary>A monitor's scheduler; another one knows nothing but what lies on disk and what the cluster says.</summary>
    public SlurmScheduler Monitor() =>
        new(Site, new(null, Settings.RequestsPerSecond, Time, "boot"), Settings, new(null, Dir, Cluster.Now), SubmissionWords.Of, Time);

    public PlannedRun Run(string name, int priority = 0, params SlurmOption[] sbatch)
    {
        var output = Path.Combine(Dir, name);
        return new()
        {
            Id = new(name),
            Point = name,
            Index = 0,
            OutputDir = output,
            LogPath = $"{output}/slurm-%j.out",
            LogPathCurrent = $"{output}/current.log",
            Command = new CommandTemplate.Line("true"),
            WorkDir = Dir,
            Priority = priority,
            Slurm = new() { Sbatch = [.. sbatch], FenceSeconds = FenceSeconds },
        };
    }

    public static JobRequest Request(PlannedRun run, int attempt = 1, int requeue = 0, string? job = null)
    {
        var id = new AttemptId(run.Id, attempt, requeue);
        var folder = $"{run.OutputDir}/attempts/{id.Folder}";
        PrivateFolder.Create(folder);
        return new(id, run, folder, job is null ? null : new JobId(job));
    }

    public Submission Single(PlannedRun run, int attempt = 1, string script = "#!/bin/bash\ntrue\n")
    {
        var request = Request(run, attempt);
        AtomicFile.Write(request.ScriptPath, script);
        return new($"submit:{request.Attempt}", [request], [new(request.Attempt, null)], request.ScriptPath, run.Id.Value, Dir, null, null);
    }

    public Submission Single(string name, int priority = 0, params SlurmOption[] sbatch) => Single(Run(name, priority, sbatch));

    public Submission Array(string name, params PlannedRun[] runs)
    {
        var place = new ArrayPlace(name, Path.Combine(Dir, "arrays", name));
        PrivateFolder.Create(place.Folder);
        AtomicFile.Write(Path.Combine(place.Folder, "script.sbatch"), "#!/bin/bash\ntrue\n");
        ImmutableArray<JobRequest> members = [.. runs.Select(run => Request(run))];
        return new($"submit:array.{name}", members, [.. members.Select(static m => new AttemptStart(m.Attempt, null))], Path.Combine(place.Folder, "script.sbatch"), $"exp.{name}", Dir, place, null);
    }

    public static async Task<SubmitOutcome> Submit(SlurmScheduler monitor, Submission submission) => Assert.Single(await monitor.SubmitAsync([submission], Stop));

    /// <summary>Submits and gives what is then watched.</summary>
    public static async Task<ImmutableArray<JobRequest>> Start(SlurmScheduler monitor, Submission submission)
    {
        var accepted = Assert.IsType<SubmitOutcome.Accepted>(await Submit(monitor, submission));
        return [.. submission.Members.Zip(accepted.Jobs, (member, job) => member with { Job = job, Array = submission.Array?.Name })];
    }

    /// <summary>The same for a submission of one job.</summary>
    public static async Task<JobRequest> StartSingle(SlurmScheduler monitor, Submission submission) => Assert.Single(await Start(monitor, submission));

    /// <summary>A job that was started, runs, and was told to run.</summary>
    /// <param name="seconds">How long it runs; null: until it is ended.</param>
    public async Task<(SlurmScheduler Monitor, JobRequest Job)> Running(string name = "a", double? seconds = null, params SlurmOption[] sbatch)
    {
        Cluster.Ends(new(name) { Seconds = seconds });
        var monitor = Monitor();
        var job = await StartSingle(monitor, Single(name, 0, sbatch));
        Cluster.Advance(TimeSpan.FromSeconds(1));
        Begins(job);
        Assert.Equal(JobState.Running, Assert.Single(await Poll(monitor, job)).State);
        return (monitor, job);
    }

    /// <summary>Nothing was written for so long that no file can still be on its way.</summary>
    public void FilesAreQuiet() => Site.LastWrite = Cluster.Now - TimeSpan.FromHours(1);

    public static async Task<Found> Find(SlurmScheduler monitor, Submission submission) => Assert.Single(await monitor.FindAsync([submission], Stop));

    /// <summary>One poll; the cluster's clock is moved to where it is due.</summary>
    public async Task<ImmutableArray<JobReport>> Poll(SlurmScheduler monitor, params IEnumerable<JobRequest> jobs)
    {
        ImmutableArray<JobRequest> asked = [.. jobs];
        var before = Cluster.Calls.GetValueOrDefault("squeue");
        for (var waited = 0.0; waited <= Settings.LongestPoll; waited++)
        {
            var reports = await monitor.ReportAsync(asked, Stop);
            if (Cluster.Calls.GetValueOrDefault("squeue") > before || !reports.IsEmpty && reports.All(static r => r.State.IsTerminal)) return reports;
            Cluster.Advance(TimeSpan.FromSeconds(1));
        }
        throw new InvalidOperationException("no poll was due");
    }

    /// <summary>The first poll that has something to tell.</summary>
    public async Task<ImmutableArray<JobReport>> News(SlurmScheduler monitor, IEnumerable<JobRequest> jobs, int polls = 20)
    {
        ImmutableArray<JobRequest> asked = [.. jobs];
        for (var i = 0; i < polls; i++)
            if (await Poll(monitor, asked) is { IsEmpty: false } news) return news;
        return [];
    }

    public static void Claims(JobRequest job, string? by = null) => Mark(job, "claim", by);

    /// <summary>When a job says that it began.</summary>
    public static DateTimeOffset Began { get; } = new(2026, 11, 22, 3, 0, 1, TimeSpan.Zero);

    public static void Begins(JobRequest job, string? by = null, string? log = null)
    {
        Claims(job, by);
        File.WriteAllText(Path.Combine(job.Folder, "started.json"), JsonSerializer.Serialize(new { job_id = by ?? job.Job!.Value.Value, pid = 7, start = 1, boot = "b", host = "n1", time = Began, log, log_start = 17 }));
    }

    public static void Refuses(JobRequest job) => Mark(job, "refused.json", null);

    public static void Exits(JobRequest job, int? code, int? signal = null)
    {
        if (!File.Exists(Path.Combine(job.Folder, "claim"))) Begins(job);
        File.WriteAllText(Path.Combine(job.Folder, "exit.json"), JsonSerializer.Serialize(new { code, signal, host = "n1", time = "2026-01-01T00:01:00+00:00" }));
    }

    private static void Mark(JobRequest job, string file, string? by) =>
        File.WriteAllText(Path.Combine(job.Folder, file), JsonSerializer.Serialize(new { job_id = by ?? job.Job!.Value.Value, pid = 7, start = 1, boot = "b", host = "n1" }));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(Dir, recursive: true);
}
