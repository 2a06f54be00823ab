using Vigil.Planning;

namespace Vigil.Journaling;

/// <summary>Names of the files of one experiment, all absolute.</summary>
internal sealed record ExperimentFolder(string Root)
{
    public string Journal => Path.Combine(Root, "journal");
    public string Lease => Path.Combine(Root, "lease");
    public string Inbox => Path.Combine(Root, "inbox");
    public string Provenance => Path.Combine(Root, "provenance");
    public string Views => Path.Combine(Root, "views");
    public string Snapshot => Path.Combine(Views, "snapshot");
    public string SchedulerView => Path.Combine(Views, "scheduler.json");
    public string RunLog => Path.Combine(Root, "run.log");
    public string StatusFile => Path.Combine(Root, "runs_status.yaml");

    public bool HoldsAnExperiment => Directory.Exists(Journal);

    public string Segment(int epoch) => Path.Combine(Journal, $"{epoch:000000}.jsonl");

    /// <summary>Where the array of that name keeps its script, its index and the links to its runs.</summary>
    public string Array(string name) => Path.Combine(Root, "arrays", name);

    /// <summary>
    /// Where a file of a run lies on this machine. What a run on a cluster behind a login node writes lies there; its folder here mirrors that one:
    /// what Vigil writes for the run goes in before it is copied over, its logs come back.
    /// </summary>
    /// <param name="path">Absolute, where the run's jobs find it.</param>
    public string Here(PlannedRun run, string path)
    {
        if (run.Slurm?.Host is null) return path;
        // A job tells the path of its log itself: whatever it says must stay below the mirror.
        var (there, mirror) = (Path.GetFullPath(path), Path.Combine(Root, run.Id.Value));
        if (there == run.OutputDir) return mirror;
        return there.StartsWith($"{run.OutputDir}/", StringComparison.Ordinal) ? Path.Combine(mirror, there[(run.OutputDir.Length + 1)..]) : Path.Combine(mirror, "elsewhere", there.TrimStart('/'));
    }

    /// <summary>The experiment's folder as the run's jobs find it: this one, or <c>slurm.dir</c> on another machine.</summary>
    public string There(PlannedRun run) => run.Slurm?.Host is null ? Root : Path.GetDirectoryName(run.OutputDir) ?? "/";

    public static string Attempt(PlannedRun run, AttemptId attempt) => Path.Combine(run.OutputDir, "attempts", attempt.Folder);
}
