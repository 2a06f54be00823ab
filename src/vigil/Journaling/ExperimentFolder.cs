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

    public static string Attempt(PlannedRun run, AttemptId attempt) => Path.Combine(run.OutputDir, "attempts", attempt.Folder);
}
