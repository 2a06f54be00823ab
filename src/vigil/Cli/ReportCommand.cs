using System.CommandLine;
using Vigil.Reports;
using Vigil.Spec;

namespace Vigil.Cli;

/// <summary><c>vigil report</c>: what came of an experiment, as files to keep and to pass on.</summary>
internal static class ReportCommand
{
    /// <summary>Folders in which nothing but Vigil writes.</summary>
    private static readonly string[] Own = ["journal", "views", "inbox", "provenance", "arrays"];

    public static Command Create(CliContext context)
    {
        var dirs = new Argument<string[]>("DIR") { Description = "the experiment's folder", HelpName = "[DIR]", Arity = ArgumentArity.ZeroOrMore };
        var json = new Option<bool>("--json") { Description = "print the report as one JSON document instead of Markdown" };
        var folder = new Option<string>("--out") { Description = "where the files go (default: DIR/report)", HelpName = "FOLDER" };
        var command = new Command("report", "what came of an experiment: tables, curves, failures, as Markdown, HTML, JSON and CSV") { dirs, json, folder };
        command.SetAction((parsed, stop) => RunAsync(context, parsed.GetValue(dirs) ?? [], parsed.GetValue(folder), parsed.GetValue(json), stop));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, string[] dirs, string? into, bool json, CancellationToken stop)
    {
        if (dirs.Length > 1) return WatchCommand.Problem(context, $"a report is of one experiment, and {dirs.Length} folders are named. One report each: for dir in {string.Join(' ', dirs.Select(Bash.Quote))}; do vigil report \"$dir\"; done");
        if (ExperimentDirs.Find(context, dirs, out var problem) is not { } found) return WatchCommand.Problem(context, problem!);
        if (found.Count > 1) context.Talk.WriteLine($"The newest of {found.Count} experiments here: {found[0].Root}");
        var glance = Glance.At(context, found[0]);
        if (glance.Follower.Damage is { } damage) return Talk.Damaged(context, found[0], damage);
        if (glance.Follower.State.Experiment is null) return WatchCommand.Problem(context, $"{found[0].Root} has a journal without a plan: its launch was interrupted. Type the 'vigil run' command again");
        if (into is "") return WatchCommand.Problem(context, "--out names the folder for the report's files, and is empty");
        var folder = into is null ? Path.Join(found[0].Root, "report") : Path.TrimEndingDirectorySeparator(context.FullPath(into));
        if (Own.Any(own => $"{folder}/".StartsWith($"{found[0].Root}/{own}/", StringComparison.Ordinal))) return WatchCommand.Problem(context, $"{folder} is a folder of Vigil's own: name another one with --out FOLDER");
        if (glance.Follower.State.AllRuns.FirstOrDefault(r => r.Plan.OutputDir == folder) is { } run) return WatchCommand.Problem(context, $"{folder} is the folder of the run {run.Id}: name another one with --out FOLDER");
        var report = ExperimentReport.Of(await ReportGathering.GatherAsync(glance, context.Time, stop));
        try
        {
            var files = ReportFiles.Write(report, folder);
            context.Out.Write(json ? ReportDocument.Write(report) : MarkdownReport.Write(report));
            context.Out.Flush();
            context.Talk.WriteLine($"written: {string.Join(", ", files.Select(Path.GetFileName))} in {folder}");
            return ExitCode.Done;
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            context.Talk.WriteLine($"error RUN071: the report cannot be written to {folder}: {refusal.Message}");
            context.Talk.WriteLine("    Make room or get permission there, or name another folder: --out FOLDER");
            return ExitCode.BadFolder;
        }
    }
}
