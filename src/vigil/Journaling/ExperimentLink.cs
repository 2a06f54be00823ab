using Vigil.Platform;

namespace Vigil.Journaling;

/// <summary><c>experiment.link</c>: says in the folder of a run that an action started whose journal it belongs to.</summary>
internal static class ExperimentLink
{
    public const string Name = "experiment.link";

    /// <summary>The folder that it leads to; null where there is none, or none that can be read.</summary>
    public static string? Read(string folder)
    {
        try
        {
            var path = Path.Combine(folder, Name);
            return File.Exists(path) && File.ReadAllText(path).TrimEnd('\n') is ['/', ..] target ? target : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Null when the link is there; else why the folder cannot belong to this experiment.</summary>
    public static string? Write(string folder, ExperimentFolder owner)
    {
        if (folder == owner.Root) return null;
        if (new ExperimentFolder(folder).HoldsAnExperiment) return $"{folder} holds an experiment of its own";
        if (Read(folder) is { } other && other != owner.Root) return $"{folder} belongs to the experiment in {other}";
        PrivateFolder.Create(folder);
        AtomicFile.Write(Path.Combine(folder, Name), $"{owner.Root}\n");
        return null;
    }
}
