using System.Text;
using Vigil.Configuration;
using Vigil.Logs;
using Vigil.Platform;

namespace Vigil.Journaling;

/// <summary>A user's own progress packs, frozen in <c>provenance/progress/</c> when a plan is accepted: the logs are read the same way by every later monitor and view.</summary>
internal static class FrozenPacks
{
    public static void Write(ExperimentFolder folder, ConfigLibrary library)
    {
        SourceFile[] own = [.. ProgressPacks.Own(library)];
        if (own.Length > 0) PrivateFolder.Create(Folder(folder));
        foreach (var file in own) AtomicFile.WriteDurable(Path.Combine(Folder(folder), Path.GetFileName(file.Name)), Encoding.UTF8.GetBytes(file.Text));
    }

    /// <summary>With what is built in. A file that cannot be read, or is none any more, is left out: it was good when it was frozen.</summary>
    public static ProgressPacks Read(ExperimentFolder folder)
    {
        try
        {
            return Directory.Exists(Folder(folder))
                ? ProgressPacks.With([.. Directory.GetFiles(Folder(folder), "*.yaml").Order(StringComparer.Ordinal).Select(static path => new SourceFile(path, path, File.ReadAllText(path)))], new DiagnosticBag())
                : ProgressPacks.BuiltIn;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ProgressPacks.BuiltIn;
        }
    }

    private static string Folder(ExperimentFolder folder) => Path.Combine(folder.Provenance, "progress");
}
