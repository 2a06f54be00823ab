using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>Where the runs of a cluster behind a login node have their folders: <c>slurm.host</c> and <c>slurm.dir</c>.</summary>
/// <param name="Host">Not null only where a host is named.</param>
/// <param name="Dir">As it was written; null: left out.</param>
/// <param name="At">Where to correct it.</param>
internal sealed record RemoteFolder(string Host, string? Dir, SourceSpan At)
{
    /// <param name="resolve">The value at a path, resolved; null: there is none.</param>
    public static RemoteFolder? Of(ConfigNode section, Func<string[], ConfigNode?> resolve) =>
        resolve(["slurm", "host"]) is ConfigNode.Scalar { Text.Length: > 0 } host && !ScalarValue.IsNull(host)
            ? resolve(["slurm", "dir"]) is ConfigNode.Scalar dir && !ScalarValue.IsNull(dir) ? new(host.Text, dir.Text, dir.At) : new(host.Text, null, host.At is { Line: > 0 } at ? at : section.At)
            : null;

    /// <summary>Absolute, on the cluster; null with a mistake reported.</summary>
    public string? Folder(DiagnosticBag report)
    {
        if (Dir is null)
        {
            report.Error("SLM040", At, $"'slurm.host: {Host}' needs 'slurm.dir': the folder there in which the runs get theirs", "slurm.dir: /scratch/me/outputs/NAME, an absolute path on the cluster; the experiment's own files stay in project.base_output_dir, here");
            return null;
        }
        if (Dir is ['/', _, ..] && !Dir.Any(char.IsControl) && !PlaceholderText.Parse(Dir).Names.Any()) return Path.TrimEndingDirectorySeparator(Path.GetFullPath(Dir, "/"));
        var why = Dir is ['~', ..] or ['$', ..] ? "nothing there spells out '~' or a variable" : PlaceholderText.Parse(Dir).Names.Any() ? "placeholders are filled only later" : "it starts nowhere on this machine";
        report.Error("SLM041", At, $"'slurm.dir: {TextRules.Shorten(Dir.ReplaceLineEndings("\\n"), 200)}' must be the absolute path of a folder on {Host}: {why}", "what 'echo $HOME' prints there may be its beginning; ${…} may name other keys of the file");
        return null;
    }
}
