using System.Collections.Immutable;
using System.Text;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Rendering;

/// <summary>
/// A job that Slurm was to keep back until others have completed looks for itself before its command: Slurm takes a job that it has forgotten
/// (soon after its end, where <c>MinJobAge</c> is short) as one that completed, whatever became of it.
/// </summary>
internal static class NeededRuns
{
    /// <summary>After the claim, and before the job says that it started.</summary>
    public static void Append(StringBuilder script, ImmutableArray<NeededAttempt> needs)
    {
        script.Append(Functions);
        foreach (var need in needs)
            script.Append("vigil_need ").Append(Bash.Quote(FencingWrapper.Json((need.Attempt with { Requeue = 0 }).ToString()))).Append(' ').Append(Bash.Quote(need.Folder)).Append('\n');
    }

    /// <summary>
    /// The newest start counts: a job that Slurm queued again ended as its last start did. A link of a chain that had nothing to do left no claim,
    /// and tells the end of the link before it.
    /// </summary>
    public const string EndFunction = """

        vigil_end() {   # sets vigil_told to what the newest start of an attempt said of its end
          local claim name newest=-1 folder=$1
          for claim in "$1"/claim "$1".r*/claim; do
            [[ -e $claim ]] || continue
            name=${claim%/claim} name=${name#"$1"} name=${name#.r}
            [[ $name == *[!0-9]* ]] && continue
            ((10#${name:-0} > newest)) && newest=$((10#${name:-0})) folder=${claim%/claim}
          done
          vigil_told=''
          for name in "$folder"/{exit,superseded}.json; do
            [[ ! $vigil_told && -e $name ]] && read -r vigil_told <"$name"
          done
          return 0
        }

        """;

    // An end that the command itself told is final; anything else may be a file that this node's view of a network file system does not hold yet.
    private const string Functions = """

        vigil_need() {
          local until=$((SECONDS + 60))
          until vigil_end "$2" && [[ $vigil_told == '{"code":0,'* ]]; do
            [[ $vigil_signal ]] && return
            if [[ $vigil_told =~ ^\{\"code\":[0-9]+,\"signal\":null, ]] || ((SECONDS >= until)); then
              vigil_now
              until printf '{%s,"needs":"%s","time":"%s"}\n' "$vigil_me" "$1" "$vigil_time" >unmet.json.tmp && mv -f unmet.json.tmp unmet.json; do
                [[ -d . && -e claim ]] || break
                sleep 2
              done 2>/dev/null
              echo "vigil: $1 did not complete, so nothing is run here: ${vigil_told:-it left no exit.json}"
              exit 69
            fi
            ls -a "$2" >/dev/null 2>&1   # makes a network file system look again
            sleep 2
          done
        }

        """;
}
