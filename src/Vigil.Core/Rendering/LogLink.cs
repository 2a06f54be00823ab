using System.Text;
using Vigil.Planning;

namespace Vigil.Rendering;

/// <summary>The link to a run's newest log, which the job moves when it starts.</summary>
internal static class LogLink
{
    public static void Append(StringBuilder script, PlannedRun run, PlaceholderValues values)
    {
        if (run.LogPathCurrent is not { } link) return;
        var target = values.Log(Target(run, link));
        var name = Bash.Quote(link);
        // Whoever starts the job may have moved the link already; asking costs nothing, ln costs a process.
        script.Append("[[ ").Append(name).Append(" -ef ").Append(values.Log(run.LogPath).Word).Append(" ]] || ln -sfn -- ").Append(target.Word).Append(' ').Append(name).Append('\n');
    }

    /// <summary>The same for a template, in the form of the documents; empty when no link is kept.</summary>
    public static string Command(PlannedRun run)
    {
        if (run.LogPathCurrent is not { } link) return "";
        var target = string.Concat(LogPattern.Parse(Target(run, link)).Select(static piece => piece switch
        {
            LogPiece.Literal literal => Bash.InDoubleQuotes(literal.Text),
            LogPiece.Code { Letter: 'j' } => "${SLURM_JOB_ID}",
            LogPiece.Code { Letter: 'A' } => "${SLURM_ARRAY_JOB_ID:-${SLURM_JOB_ID}}",
            LogPiece.Code { Letter: 'a' } => "${SLURM_ARRAY_TASK_ID:-0}",
            LogPiece.Code { Letter: 'N' } => "${HOSTNAME%%.*}",
            _ => "0",
        }));
        return $"ln -sf \"{(target is ['-', ..] ? "./" : "")}{target}\" \"{Bash.InDoubleQuotes(link)}\"";
    }

    /// <summary>Relative, so that a folder may be moved with its logs.</summary>
    private static string Target(PlannedRun run, string link) => Path.GetRelativePath(LogPattern.Escape(Path.GetDirectoryName(link)!), run.LogPath);
}
