using System.Text;
using Vigil.Configuration;
using Vigil.Platform;
using Vigil.Spec;

namespace Vigil.Journaling;

/// <summary>
/// The files that an experiment was composed of, as the user wrote them: <c>provenance/sources-*.txt</c>, written when a plan is accepted. A job that
/// prints its configuration prints these lines, and they fire nothing, though the files may have changed since.
/// </summary>
internal static class FrozenSources
{
    private const int MostBytes = 8 << 20, Most = 10;

    public static void Write(ExperimentFolder folder, string name, IEnumerable<SourceFile> files, SecretValues secrets)
    {
        var text = new StringBuilder();
        foreach (var file in files.DistinctBy(static f => (f.FullPath, f.Text)))
            if (text.Length + file.Text.Length < MostBytes) text.Append("# ").Append(file.Name.ReplaceLineEndings(" ")).Append('\n').Append(Secrets.MaskText(secrets.Hide(file.Text))).Append('\n');
        AtomicFile.WriteDurable(Path.Combine(folder.Provenance, $"sources-{name}.txt"), Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Those of the newest plans; none where nothing can be read.</summary>
    public static IEnumerable<string> Lines(ExperimentFolder folder)
    {
        try
        {
            return Directory.Exists(folder.Provenance) ? [.. Directory.GetFiles(folder.Provenance, "sources-*.txt").OrderDescending(StringComparer.Ordinal).Take(Most).SelectMany(File.ReadLines).Distinct(StringComparer.Ordinal)] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];   // What cannot be read guards nothing; a rule that fires is the safer mistake.
        }
    }
}
