using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary>What the plan needs of this machine, looked at before anything is written.</summary>
internal static class Preflight
{
    public const string UnwritableCode = "RUN012";

    public static void Check(Plan plan, CliContext context, DiagnosticBag report)
    {
        var at = new SourceSpan(plan.Experiment.File, 0, 0);
        if (plan.Experiment.Scheduler == "local") CheckMachine(plan, at, context, report);
        if (Unwritable(plan.Experiment.Dir) is { } reason)
            report.Error(UnwritableCode, at, $"the output folder cannot be written: {reason}", "set project.base_output_dir to a folder of yours");
    }

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

    private static bool Exists(string program, string workDir, string? path) => program.Contains('/', StringComparison.Ordinal)
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
