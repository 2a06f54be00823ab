using System.Text;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Rendering;

/// <summary>
/// The same witness in a job of Slurm, where more can happen: the scheduler queues a job again under its id, a node that was cut off runs on beside its
/// successor, a signal reaches the batch shell alone, and a link of a chain finds that nothing is left to do.
/// </summary>
internal static partial class SlurmWrapper
{
    /// <summary>Everything before the command's own environment.</summary>
    /// <param name="log">The log's path as a JSON string in one word of bash.</param>
    /// <param name="logFile">The same path as one word.</param>
    public static void Open(StringBuilder script, PlannedRun run, AttemptStart start, string folder, string log, string logFile)
    {
        var attempt = start.Attempt with { Requeue = 0 };
        script.Append("# shellcheck disable=SC1003,SC2016,SC2034,SC2317,SC2329  # traps, the watch and the evaluated lines use what seems unused\n");
        script.Append("vigil_attempt=").Append(Bash.Quote(FencingWrapper.Json(attempt.ToString()))).Append(" vigil_number=").Append(attempt.Number).Append('\n');
        script.Append("cd -- ").Append(Bash.Quote(folder)).Append(" || exit 74\n");
        script.Append(Job).Append(FencingWrapper.Identity).Append(Functions).Append(ClaimFunction).Append(TakeOver);
        var needs = start.Needs ?? [];
        if (start.After is not null || !needs.IsEmpty) script.Append(NeededRuns.EndFunction);
        if (start.After is { } before) ChainLink.Append(script, run, before);
        script.Append(Claim);
        if (!needs.IsEmpty) NeededRuns.Append(script, needs);
        script.Append("vigil_log_file=").Append(logFile).Append(" vigil_log=").Append(log).Append('\n').Append(Started);
    }

    private static string Indented(string lines) => "  " + lines.TrimEnd('\n').Replace("\n", "\n  ", StringComparison.Ordinal) + "\n";

    private const string Job = """
        VIGIL_JOB_ID=${SLURM_JOB_ID-}
        [[ ${SLURM_ARRAY_JOB_ID-} && ${SLURM_ARRAY_TASK_ID-} ]] && VIGIL_JOB_ID=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
        if [[ ! $VIGIL_JOB_ID =~ ^[0-9]+(_[0-9]+)?$ ]]; then
          echo 'vigil: this script runs only as a job of Slurm (SLURM_JOB_ID is not set); to start it, use: vigil retry' >&2
          exit 64
        fi
        vigil_restart=${SLURM_RESTART_COUNT:-0}
        [[ $vigil_restart =~ ^[0-9]{1,6}$ ]] || vigil_restart=0
        vigil_restart=$((10#$vigil_restart))
        shopt -u failglob nullglob

        """;

    private const string Functions = """

        vigil_newer() {   # whether a later start of this run was claimed
          local claim name number again
          for claim in ../*/claim; do
            name=${claim#../} name=${name%/claim}
            number=${name%%.r*} again=0
            [[ $name == *.r* ]] && again=${name#*.r}
            [[ $number$again == *[!0-9]* ]] && continue
            if ((10#$number > vigil_number || (10#$number == vigil_number && 10#$again > vigil_restart))); then
              vigil_later=$name
              return 0
            fi
          done
          return 1
        }
        vigil_refuse() {
          vigil_now
          printf '{%s,"time":"%s"}\n' "$vigil_me" "$vigil_time" >refused.json
          printf 'vigil: %s\n' "$1" >&2
          exit 75
        }

        """;

    private static readonly string ClaimFunction = "vigil_claim() {\n  vigil_seen=''\n" + Indented(FencingWrapper.ClaimOrRead("../$vigil_number/script.sbatch")) + """
            if [[ $vigil_seen == "{\"token\":\"$vigil_token\",$vigil_me}" ]]; then vigil_mine=1
            elif [[ $vigil_seen == *"\"job_id\":\"$VIGIL_JOB_ID\",\"restart\":$vigil_restart,"*"\"boot\":\"$vigil_boot\","* ]]; then vigil_take_over; fi
          fi
        }

        """;

    private const string TakeOver = """
        vigil_take_over() {   # a controller that lost its memory starts a job again under the same id: once its first copy is dead, this one is the job
          local pid=${vigil_seen#*\"pid\":} start=${vigil_seen#*\"start\":} tries stat ended='' code
          pid=${pid%%,*} start=${start%%,*}
          for ((tries = 0; tries < 60; tries++)); do
            stat=''
            { read -r -d '' stat <"/proc/$pid/stat"; } 2>/dev/null
            # shellcheck disable=SC2086  # the fields after the program's name
            set -- ${stat##*) }
            [[ ${20-} == "$start" && $1 != Z ]] || break
            [[ $vigil_signal ]] && return
            sleep 1
          done
          ((tries < 60)) || return
          [[ -e exit.json ]] && read -r ended <exit.json
          if [[ $ended == *'"signal":null,'* ]]; then   # it had ended by itself before: there is nothing left to do
            code=${ended#*\"code\":} code=${code%%,*}
            echo "vigil: Slurm started this job again; it had ended with exit code $code before"
            exit "$code"
          fi
          rm -f exit.json
          printf '{"token":"%s",%s}\n' "$vigil_token" "$vigil_me" >claim.tmp && mv -f claim.tmp claim && vigil_mine=1
        }

        """;

    // The claim of K comes first even for a job that was queued again before it ever started: no other job may start K then.
    private const string Claim = """

        vigil_newer && vigil_refuse "a later start of this run was claimed: $vigil_later"
        vigil_claim
        if ((vigil_restart > 0)) && [[ $vigil_seen == *"\"job_id\":\"$VIGIL_JOB_ID\","* ]]; then vigil_mine=1; fi   # by this job, before Slurm queued it again
        [[ $vigil_mine ]] || vigil_refuse "another copy of this job claimed the attempt: $vigil_seen"
        if ((vigil_restart > 0)); then
          vigil_attempt+=.r$vigil_restart
          vigil_file=../$vigil_number.r$vigil_restart
          until mkdir -m 700 "$vigil_file" 2>/dev/null || [[ -d $vigil_file || $vigil_signal || ! -e script.sbatch ]]; do sleep 2; done
          cd -- "$vigil_file" || exit 74
          vigil_claim
          [[ $vigil_mine ]] || vigil_refuse "another copy of this job claimed the attempt: $vigil_seen"
        fi

        """;

    private const string Started = """
        vigil_out=/proc/$$/fd/1 vigil_log_start=0
        vigil_find_log() {   # what Slurm really opened, where it is not what was planned; only plain letters can be told safely
          local LC_ALL=C found
          found=$(readlink "$vigil_out")
          vigil_log=null
          [[ $found == /* && $found != *[!\ -~]* ]] || return
          found=${found//\\/\\\\}
          vigil_log=\"${found//\"/\\\"}\"
        }
        if [[ -f $vigil_out ]]; then
          [[ $vigil_out -ef $vigil_log_file ]] || vigil_find_log
          [[ -s $vigil_out ]] && vigil_log_start=$(stat -Lc %s "$vigil_out")
        else
          vigil_log=null
        fi
        vigil_now
        printf '{%s,"attempt":"%s","time":"%s","log":%s,"log_start":%s}\n' "$vigil_me" "$vigil_attempt" "$vigil_time" "$vigil_log" "${vigil_log_start:-0}" >started.json

        """;
}
