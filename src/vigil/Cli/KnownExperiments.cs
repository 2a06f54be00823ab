using Vigil.Journaling;
using Vigil.Platform;

namespace Vigil.Cli;

/// <summary>
/// The experiment folders that this user has launched from this home: one a line in <c>$XDG_STATE_HOME/vigil/experiments</c>.
/// A help for finding them again and nothing more: it may be deleted, and folders in it may be gone.
/// </summary>
internal static class KnownExperiments
{
    /// <summary>Null: there is no home.</summary>
    public static string? File(Func<string, string?> environment)
    {
        var state = environment("XDG_STATE_HOME") is ['/', ..] set ? set : environment("HOME") is ['/', ..] home ? Path.Combine(home, ".local/state") : null;
        return state is null ? null : Path.Combine(state, "vigil", "experiments");
    }

    /// <summary>Keeps the folder in mind. A disk that refuses costs the finding and nothing else.</summary>
    public static void Remember(CliContext context, ExperimentFolder folder)
    {
        if (File(context.Environment) is not { } file || folder.Root.Contains('\n', StringComparison.Ordinal)) return;
        try
        {
            if (Lines(file).Contains(folder.Root)) return;
            PrivateFolder.Create(Path.GetDirectoryName(file)!);
            // Two launches at once each add a line of their own: one write at the end of the file is one piece.
            System.IO.File.AppendAllText(file, $"{folder.Root}\n");
            System.IO.File.SetUnixFileMode(file, AtomicFile.OwnerOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A home that is full or mounted read-only.
        }
    }

    /// <summary>Those that are still there, oldest first.</summary>
    public static IReadOnlyList<ExperimentFolder> All(CliContext context) =>
        File(context.Environment) is { } file ? [.. Lines(file).Distinct().Select(static path => new ExperimentFolder(path)).Where(static folder => folder.HoldsAnExperiment)] : [];

    private static string[] Lines(string file)
    {
        try
        {
            return System.IO.File.Exists(file) ? [.. System.IO.File.ReadAllLines(file).Where(static line => line is ['/', ..])] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
