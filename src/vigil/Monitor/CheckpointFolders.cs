using System.IO.Enumeration;
using Vigil.Logs.Checkpoints;
using Vigil.Platform;

namespace Vigil.Monitor;

/// <summary>A name that may be a checkpoint's.</summary>
/// <param name="Root">The folder that was searched.</param>
internal sealed record CheckpointPlace(string Path, CheckpointName Name, string Root);

/// <summary>Finds checkpoints by the names of folders and files. Bounded, whatever lies there; links to folders are not followed.</summary>
internal static class CheckpointFolders
{
    private const int Depth = 3, MostFolders = 500, MostNames = 200_000, MostParts = 5_000;

    private static readonly EnumerationOptions Plainly = new() { AttributesToSkip = 0, IgnoreInaccessible = true, ReturnSpecialDirectories = false };

    /// <summary>Folders of Vigil's own, and of programs that keep no checkpoints there.</summary>
    private static readonly HashSet<string> NotLookedInto = new(["attempts", "provenance", "journal", "inbox", "views", "wandb", "tensorboard", "logs", "__pycache__"], StringComparer.Ordinal);

    /// <param name="forms">What names say.</param>
    public static List<CheckpointPlace> Find(string root, CheckpointForms forms)
    {
        List<CheckpointPlace> found = [];
        var (folders, names) = (new Queue<(string Path, int Level)>([(root, 0)]), MostNames);
        for (var seen = 0; folders.Count > 0 && seen < MostFolders && names > 0; seen++)
        {
            var (folder, level) = folders.Dequeue();
            foreach (var (name, isFolder) in Names(folder, names))
            {
                names--;
                var path = $"{folder}/{name}";
                if (!isFolder)
                {
                    if (forms.OfFile(name) is { } file) found.Add(new(path, file, root));
                }
                else if (forms.OfFolder(name) is { } known) found.Add(new(path, known, root));
                else if (level + 1 < Depth && name[0] != '.' && !NotLookedInto.Contains(name) && folders.Count < MostFolders && IsFolder(path)) folders.Enqueue((path, level + 1));
            }
        }
        return found;
    }

    /// <summary>All files below a checkpoint's folder, by their names below it; of a single file, itself.</summary>
    public static List<CheckpointPart> Parts(CheckpointPlace place)
    {
        if (place.Name.IsFile) return CheckpointFile.Part(place.Path, Path.GetFileName(place.Path), place.Root) is { } only ? [only] : [];
        List<CheckpointPart> parts = [];
        if (!IsFolder(place.Path)) return parts;
        var folders = new Queue<(string Below, int Level)>([("", 0)]);
        while (folders.Count > 0 && parts.Count < MostParts)
        {
            var (below, level) = folders.Dequeue();
            foreach (var (name, isFolder) in Names($"{place.Path}/{below}", MostParts))
            {
                var part = below + name;
                if (!isFolder) parts.Add(CheckpointFile.Part($"{place.Path}/{part}", part, place.Root) ?? new(part, 0, default));
                else if (level < Depth && IsFolder($"{place.Path}/{part}")) folders.Enqueue(($"{part}/", level + 1));
            }
        }
        return parts;
    }

    /// <summary>No folder behind a link: it may lead anywhere, and in circles.</summary>
    private static bool IsFolder(string path)
    {
        try
        {
            return FileStatus.Of(path) is { IsFolder: true };
        }
        catch (IOException) { return false; }
    }

    private static List<(string Name, bool IsFolder)> Names(string folder, int most)
    {
        try
        {
            return [.. new FileSystemEnumerable<(string, bool)>(folder, static (ref FileSystemEntry entry) => (entry.FileName.ToString(), entry.IsDirectory), Plainly).Take(most)];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { return []; }
    }
}
