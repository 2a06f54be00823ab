using Vigil.Configuration;
using Vigil.Journaling;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary>What the plan needs of this machine, looked at before anything is written.</summary>
internal static class Preflight
{
    public const string UnwritableCode = "RUN012", UnwritableLogCode = "RUN014";

    /// <summary>What helps where a log's folder cannot be.</summary>
    public const string LogRemedy = "set project.log_path to a place of yours, or leave it out: each log then lies in its run's own folder";

    public static void Check(Plan plan, CliContext context, LoadedExperiment loaded)
    {
        var (at, report) = (new SourceSpan(plan.Experiment.File, 0, 0), loaded.Report);
        if (plan.Experiment.Scheduler == "local") CheckMachine(plan, at, context, report);
        if (ExperimentLink.Read(plan.Experiment.Dir) is { } owner && !new ExperimentFolder(plan.Experiment.Dir).HoldsAnExperiment)
            report.Error("RUN065", at, $"{plan.Experiment.Dir} belongs to the experiment in {owner}, which started a run there", "set project.base_output_dir to another folder; to add to that experiment: vigil branch");
        if (Unwritable(plan.Experiment.Dir) is { } reason)
            report.Error(UnwritableCode, at, $"the output folder cannot be written: {reason}", "set project.base_output_dir to a folder of yours");
        foreach (var obstacle in UnwritableLogs(plan.Experiment.Dir, plan.Runs))
            report.Error(UnwritableLogCode, PlaceOfLogPath(loaded) ?? at, obstacle, LogRemedy);
    }

    /// <summary>Why logs outside of the experiment's folder cannot be written here; a sentence for each obstacle. A missing folder is made before its job is submitted, where that can be.</summary>
    public static IEnumerable<string> UnwritableLogs(string dir, IEnumerable<PlannedRun> runs)
    {
        var below = dir.TrimEnd('/') + "/";
        return from run in runs
               where run.Slurm?.Host is null && !run.LogPath.StartsWith(below, StringComparison.Ordinal)
               group run by LogPattern.Folder(run.LogPath) into logs
               let reason = Unwritable(logs.Key)
               where reason is not null
               group logs by reason into obstacle
               select $"the log of {Names([.. obstacle.SelectMany(static runs => runs)])} cannot be written: {obstacle.Key}";
    }

    private static SourceSpan? PlaceOfLogPath(LoadedExperiment loaded) =>
        loaded.Request is { } request && Planner.Compose(request, Interpolations.AsWritten).Tree is { } tree && Merging.Find(tree, ["project", "log_path"]) is { At: { File.Length: > 0 } at } ? at : null;

    /// <summary>What runs elsewhere finds its programs and processors there, often inside a container.</summary>
    private static void CheckMachine(Plan plan, SourceSpan at, CliContext context, DiagnosticBag report)
    {
        foreach (var (program, runs) in plan.Runs.GroupBy(FirstWord).Where(static g => g.Key is not null).Select(static g => (g.Key!, g.ToList())))
            if (!Exists(program, runs[0].WorkDir, context.Environment("PATH")))
                report.Error("RUN010", at, $"the command of {Names(runs)} starts '{program}', which does not exist here", Remedy(program));
        foreach (var folder in plan.Runs.Select(static r => r.WorkDir).Distinct().Where(static f => !Directory.Exists(f)))
            report.Error("RUN011", at, $"the working folder {folder} does not exist", "create it, or set project.work_dir");
        foreach (var run in plan.Runs.Where(static r => r.Resources.Cpus > Environment.ProcessorCount).Take(1))
            report.Error("RUN013", at, $"{run.Id} needs {run.Resources.Cpus} CPUs and this machine has {Environment.ProcessorCount}: it could never start", "lower local.cpus_per_run (0 takes no CPU slot)");
    }

    /// <summary>The program that a command starts, where that is plain to see; null where only bash knows.</summary>
    private static string? FirstWord(PlannedRun run) => run.Command switch
    {
        CommandTemplate.Words { Items: [var first, ..] } => Plain(first),
        CommandTemplate.Line line => CommandWords.Program(line.Text) is { } word ? Plain(word) : null,
        _ => null,
    };

    private static string? Plain(string word) => word.Contains('{', StringComparison.Ordinal) ? null : word;

    /// <summary>Whether there is such a program: on the path, or as a file.</summary>
    public static bool Exists(string program, string workDir, string? path) => program.Contains('/', StringComparison.Ordinal)
        ? File.Exists(Path.GetFullPath(program, workDir))
        : (path ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static string Names(List<PlannedRun> runs) => runs.Count == 1 ? runs[0].Id.Value : $"{runs[0].Id} and {runs.Count - 1} more";

    private static string Remedy(string program) => program switch
    {
        "python3" or "python" => "install Python 3 (Debian and Ubuntu: apt-get install python3), or name the one you have in backend.command",
        _ when program.Contains('/', StringComparison.Ordinal) => "a relative path starts at project.work_dir, by default the experiment file's folder",
        _ => "install it, put it on PATH, or name its path in backend.command",
    };

    /// <summary>The nearest folder that exists must take new files.</summary>
    private static string? Unwritable(string dir)
    {
        if (File.Exists(dir)) return $"{dir} is a file";
        var folder = dir;
        while (!Directory.Exists(folder))
        {
            var parent = Path.GetDirectoryName(folder);
            if (parent is null) return $"{dir} has no parent";
            if (File.Exists(parent)) return $"{parent} is a file";
            folder = parent;
        }
        return Platform.Access.CanWrite(folder) ? null : $"{folder} takes no new files (no permission, or mounted read-only)";
    }
}
