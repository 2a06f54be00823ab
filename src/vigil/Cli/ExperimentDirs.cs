using Vigil.Journaling;

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
            var folder = new ExperimentFolder(context.FullPath(name));
            if (folder.HoldsAnExperiment) found.Add(folder);
            else problem ??= Directory.Exists(folder.Root)
                ? $"{name} holds no experiment (there is no journal/ in it). Name the folder that 'vigil run' printed, which is project.base_output_dir."
                : $"{name} does not exist, or its folder may not be looked into by you. Name the folder that 'vigil run' printed, which is project.base_output_dir.";
        }
        return problem is null ? found : null;
    }

    private static List<ExperimentFolder>? Newest(CliContext context, out string? problem)
    {
        problem = null;
        var here = new ExperimentFolder(context.CurrentFolder);
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
