using System.Globalization;
using System.Text.Json;
using FakeSlurm;
using Vigil.Planning;
using Vigil.Platform;

namespace Vigil.Tests.Slurm;

/// <summary>What the script of a job fails to leave behind.</summary>
[Flags]
internal enum Lacks
{
    Nothing = 0,
    /// <summary>It never claims its attempt: its script was replaced.</summary>
    Claim = 1,
    /// <summary>It never says how it ended.</summary>
    Exit = 2,
    /// <summary>Something of it goes on writing after its end.</summary>
    Silence = 4,
}

/// <summary>The scripts of the jobs of a cluster that runs none: each job claims, starts, logs and exits on disk as our script would, whenever somebody looks.</summary>
internal sealed class ScriptedJobs(FakeCluster cluster)
{
    private readonly Dictionary<FakeJob, List<Part>> _parts = [];
    private readonly Dictionary<string, Part> _writers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _submitted = new(StringComparer.Ordinal);

    /// <summary>What is amiss with a job's script.</summary>
    public Func<FakeJob, Lacks> Amiss { get; set; } = static _ => Lacks.Nothing;

    /// <summary>What a job prints when it starts.</summary>
    public Func<FakeJob, string> Prints { get; set; } = static _ => "hello\n";

    /// <summary>The cluster runs the scripts itself: nothing is done for them here.</summary>
    public bool AreReal { get; set; }

    /// <summary>Copies that came too late and left.</summary>
    public List<FakeJob> Refused { get; } = [];

    /// <summary>Every start of a command, by the attempt's folder.</summary>
    public List<string> Started { get; } = [];

    public void Submitting(string script) => _submitted[script] = cluster.Now;

    /// <summary>Brings the files up to what the cluster's jobs have done.</summary>
    public void Follow()
    {
        if (AreReal) return;
        foreach (var job in cluster.Jobs.ToList())
            if (job.Command?.EndsWith("/script.sbatch", StringComparison.Ordinal) == true) Follow(job);
    }

    /// <summary>Null: nobody ever wrote there.</summary>
    public DateTimeOffset? LastWrite(string path) =>
        _writers.TryGetValue(path, out var part) ? part.Ended is not { } end || Amiss(part.Job).HasFlag(Lacks.Silence) ? cluster.Now : end
        : _submitted.TryGetValue(path, out var at) ? at : File.Exists(path) ? cluster.Now : null;

    private void Follow(FakeJob job)
    {
        if (!_parts.TryGetValue(job, out var parts)) _parts[job] = parts = [];
        if (parts is [.., { Ended: null } open] && (job.RestartCount > open.Run || job.HasEnded)) End(open);
        var hadNode = job.IsRunning || job.HasEnded && job.Records.Exists(r => r.Run == job.RestartCount && r.State == JobStates.Running);
        if (!hadNode || parts.Exists(p => p.Run == job.RestartCount)) return;
        var part = new Part(job, job.RestartCount);
        parts.Add(part);
        Begin(part);
        if (job.HasEnded) End(part);
    }

    private void Begin(Part part)
    {
        var job = part.Job;
        if (Amiss(job).HasFlag(Lacks.Claim) || FolderOf(job) is not { } folder) return;
        if (!IsClaimed(folder, job))
        {
            Write(folder, "refused.json", job, null, 0);
            Refused.Add(job);
            cluster.EndNow(other => other == job, JobStates.Failed, exitCode: 75);
            part.Ended = cluster.Now;
            return;
        }
        if (part.Run > 0) PrivateFolder.Create(folder = $"{folder}.r{part.Run}");
        if (part.Run > 0) IsClaimed(folder, job);
        part.Folder = folder;
        var log = LogOf(job, folder);
        var before = File.Exists(log) ? new FileInfo(log).Length : 0;
        File.AppendAllText(log, Prints(job));
        Write(folder, "started.json", job, log, before);
        _writers[log] = _writers[Path.GetDirectoryName(Path.GetDirectoryName(folder))!] = part;
        Started.Add(folder);
    }

    /// <summary>Whether the attempt is this job's from now on.</summary>
    private bool IsClaimed(string folder, FakeJob job)
    {
        var claim = Path.Combine(folder, "claim");
        if (File.Exists(claim)) return File.ReadAllText(claim).Contains($"\"job_id\":\"{job.ShownId}\"", StringComparison.Ordinal);
        Write(folder, "claim", job, null, 0);
        return true;
    }

    private void End(Part part)
    {
        var record = part.Job.Records.LastOrDefault(r => r.Run == part.Run && r.Ended is not null);
        part.Ended = record?.Ended ?? cluster.Now;
        if (part.Folder is null || record is null || Amiss(part.Job).HasFlag(Lacks.Exit)) return;
        var (code, signal) = record.State.Split(' ')[0] switch
        {
            JobStates.Completed => ((int?)0, (int?)null),
            JobStates.Failed when record.Exit.EndsWith(":0", StringComparison.Ordinal) => (int.Parse(record.Exit.Split(':')[0], CultureInfo.InvariantCulture), null),
            "OUT_OF_MEMORY" => (137, 9),
            JobStates.Failed or "NODE_FAIL" => (null, null),
            _ => (null, 15),
        };
        if ((code, signal) == (null, null)) return;
        File.WriteAllText(Path.Combine(part.Folder, "exit.json"), JsonSerializer.Serialize(new { code, signal, host = "n1", time = part.Ended.Value.ToString("O", CultureInfo.InvariantCulture) }));
    }

    /// <summary>The attempt's folder; of an array, as its own list says.</summary>
    private static string? FolderOf(FakeJob job)
    {
        var folder = Path.GetDirectoryName(job.Command)!;
        if (job.TaskId is not { } task) return folder;
        var list = Path.Combine(folder, "folders");
        return File.Exists(list) ? File.ReadAllText(list).Split('\0')[task] : null;
    }

    private static string LogOf(FakeJob job, string folder) =>
        Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(folder))!, Path.GetFileName(job.Output).Replace("%j", job.Id.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));

    private void Write(string folder, string file, FakeJob job, string? log, long logStart) =>
        File.WriteAllText(Path.Combine(folder, file), JsonSerializer.Serialize(new
        {
            job_id = job.ShownId,
            restart = job.RestartCount,
            pid = 7,
            start = 1,
            boot = "b",
            host = job.NodeList.FirstOrDefault() ?? "n1",
            time = cluster.Now.ToString("O", CultureInfo.InvariantCulture),
            log,
            log_start = logStart,
        }));

    /// <summary>One run of a job: the first, or one after a requeue.</summary>
    private sealed class Part(FakeJob job, int run)
    {
        public FakeJob Job => job;
        public int Run => run;
        public string? Folder { get; set; }
        public DateTimeOffset? Ended { get; set; }
    }
}
