using Vigil.Journaling;
using Vigil.Tracking;

namespace Vigil.Cli;

/// <summary>Finds the experiment folders that a command means.</summary>
internal static class ExperimentDirs
{
    private const int MostWithoutName = 10;

    /// <summary>The named folders; without names the current folder, else the newest ones below it. Null, with a sentence, when a name is no experiment.</summary>
    public static IReadOnlyList<ExperimentFolder>? Find(CliContext context, IReadOnlyList<string> names, out string? problem)
    {
        problem = null;
        if (names.Count == 0) return Newest(context, out problem);
        List<ExperimentFolder> found = [];
        foreach (var name in names)
        {
            var named = new ExperimentFolder(context.FullPath(name));
            var folder = Follow(context, named);
            if (folder.HoldsAnExperiment) found.Add(folder);
            else if (folder != named) problem ??= $"{name} belongs to the experiment in {folder.Root}, and there is none. If that one was moved, name its folder.";
            else if (TrackedFolder.DocumentOf(folder.Root) is { } plan) problem ??= $"{name} holds a plan ({Path.GetFileName(plan)}) and no experiment of Vigil's. How its jobs stand: vigil status {name} --update --markdown";
            else problem ??= Directory.Exists(folder.Root)
                ? $"{name} holds no experiment (there is no journal/ in it). Name the folder that 'vigil run' printed, which is project.base_output_dir."
                : $"{name} does not exist, or its folder may not be looked into by you. Name the folder that 'vigil run' printed, which is project.base_output_dir.";
        }
        return problem is null ? [.. found.Distinct()] : null;
    }

    /// <summary>The experiment that a folder belongs to whose runs an action started: what is done there is done to that one. Any other folder is meant itself.</summary>
    public static ExperimentFolder Follow(CliContext context, ExperimentFolder folder)
    {
        if (folder.HoldsAnExperiment || ExperimentLink.Read(folder.Root) is not { } owner) return folder;
        context.Talk.WriteLine($"{folder.Root} belongs to the experiment in {owner}, which is shown and asked instead.");
        return new(owner);
    }

    private static List<ExperimentFolder>? Newest(CliContext context, out string? problem)
    {
        problem = null;
        var here = Follow(context, new ExperimentFolder(context.CurrentFolder));
        if (here.HoldsAnExperiment) return [here];
        var below = Below(context.CurrentFolder, depth: 3).OrderByDescending(static f => Directory.GetLastWriteTimeUtc(f.Journal)).Take(MostWithoutName).ToList();
        if (below.Count > 0) return below;
        problem = "There is no experiment here. Name its folder, or start one: vigil run EXPERIMENT";
        return null;
    }

    private static IEnumerable<ExperimentFolder> Below(string root, int depth)
    {
        var options = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.ReparsePoint };
        foreach (var path in Directory.EnumerateDirectories(root, "*", options))
        {
            var folder = new ExperimentFolder(path);
            if (folder.HoldsAnExperiment) yield return folder;
            else if (depth > 1)
                foreach (var inner in Below(path, depth - 1)) yield return inner;
        }
    }
}
