using System.Text;
using Vigil.Planning;
using Vigil.Spec;

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
        if (run.IsForFluxGym()) AppendForFluxGym(script, run, link);
    }

    /// <summary>What FluxGym's users look for beside it: <c>training.log</c>, under which an earlier FluxGym kept a file of its own, and the samples' folder.</summary>
    private static void AppendForFluxGym(StringBuilder script, PlannedRun run, string link)
    {
        var (log, samples) = (Bash.Quote($"{run.OutputDir}/training.log"), Bash.Quote($"{run.OutputDir}/sample"));
        script.Append("vigil_log_link=").Append(log).Append('\n').Append(KeepAside);
        script.Append("[[ $vigil_log_link -ef ").Append(Bash.Quote(link)).Append(" ]] || ln -sfn -- ").Append(Bash.Quote(Path.GetRelativePath(run.OutputDir, link))).Append(" \"$vigil_log_link\"\n");
        script.Append("[[ -d ").Append(samples).Append(" ]] || mkdir -m 700 -- ").Append(samples).Append('\n');
    }

    private const string KeepAside = """
        if [[ -e $vigil_log_link && ! -L $vigil_log_link ]]; then   # a file of somebody else's is kept
          vigil_before=$vigil_log_link.before vigil_count=1
          while [[ -e $vigil_before || -L $vigil_before ]]; do vigil_before=$vigil_log_link.before.$((++vigil_count)); done
          mv -n -- "$vigil_log_link" "$vigil_before"
        fi

        """;

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
