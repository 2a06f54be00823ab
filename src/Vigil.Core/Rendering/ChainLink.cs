using System.Globalization;
using System.Text;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Rendering;

/// <summary>
/// A link of a chain looks how the one before it ended: Slurm starts it as soon as that one is over, long before a monitor could cancel it.
/// </summary>
internal static class ChainLink
{
    /// <summary>Before the claim: a link that has nothing to do is no start of its run.</summary>
    public static void Append(StringBuilder script, PlannedRun run, AttemptId before)
    {
        var ending = ExitCodes.EndingChain(run) is { } codes ? string.Join('|', codes.Select(static c => c.ToString(CultureInfo.InvariantCulture))) : "[1-9][0-9]*";
        script.Append(CultureInfo.InvariantCulture, $"vigil_before={before.Number} vigil_ending={Bash.Quote(ending)}   # exit codes of a command that would only fail again\n").Append(Superseded);
    }

    private const string Superseded = """
        if [[ ! -e claim ]]; then
          vigil_end ../"$vigil_before"
          if [[ $vigil_told =~ ^\{\"code\":(0|$vigil_ending),\"signal\":null, ]]; then
            vigil_code=${BASH_REMATCH[1]}
            vigil_now
            printf '{"code":%s,"signal":null,%s,"after":%s,"time":"%s"}\n' "$vigil_code" "$vigil_me" "$vigil_before" "$vigil_time" >superseded.json.tmp && mv -f superseded.json.tmp superseded.json
            if ((vigil_code)); then echo "vigil: the run failed in the job before this one, with exit code $vigil_code; nothing is run here"
            else echo 'vigil: the run completed in the job before this one; nothing is left to do'; fi
            exit "$vigil_code"
          fi
        fi

        """;
}
