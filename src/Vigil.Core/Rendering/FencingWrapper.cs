using System.Text;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Rendering;

/// <summary>
/// The job as its own witness: claims the attempt, says that it started, runs the command as a child, and tells how it ended.
/// The same for every scheduler. Needs <c>VIGIL_JOB_ID</c> in the environment, and bash 4.4.
/// </summary>
internal static class FencingWrapper
{
    /// <summary>Claim and witness: everything before the command's own environment.</summary>
    public static void Open(StringBuilder script, AttemptId attempt, string folder)
    {
        script.Append("#!/usr/bin/env bash\n# Written by Vigil. It runs once: a second copy finds the claim and leaves.\n"
            + "# shellcheck disable=SC2034,SC2317  # traps and the evaluated line use what seems unused\n");
        script.Append("vigil_attempt=").Append(Bash.Quote(Json(attempt.ToString()))).Append(" vigil_restart=").Append(attempt.Requeue).Append('\n');
        script.Append("cd -- ").Append(Bash.Quote(folder)).Append(" || exit 74\n");
        script.Append(RequireJob).Append(Identity).Append(Claim).Append(Started);
    }

    /// <summary>The command inside what watches it.</summary>
    public static void Enclose(StringBuilder script, string workDir, string command)
    {
        script.Append("\nif [[ ! $vigil_signal ]]; then\n(\nexec 3>&-\ncd -- ").Append(Bash.Quote(workDir)).Append(" || exit 126\n");
        script.Append(command);
        script.Append(")\nvigil_code=$?\nfi\n").Append(Witness);
    }

    /// <summary>
    /// For a line of shell: the subshell outlives the program that it waits for, then leaves instead of going on with the line.
    /// A program that the line started in the background is waited for as well, unless the signal is INT, which bash makes such programs ignore.
    /// </summary>
    public const string StopTraps = """
        vigil_stop() { local code=$?; trap '' TERM INT HUP; (($1 == 2)) || wait; ((code)) || code=$((128 + $1)); exit "$code"; }
        trap 'vigil_stop 15' TERM; trap 'vigil_stop 2' INT; trap 'vigil_stop 1' HUP; trap : USR1 USR2

        """;

    // The text stands inside a JSON string; what JSON must escape is escaped here once, not by bash.
    public static string Json(string text)
    {
        var quoted = System.Text.Json.JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        return quoted.ToString();
    }

    public const string RequireJob = """
        if [[ ! ${VIGIL_JOB_ID-} =~ ^[A-Za-z0-9_.+-]+$ ]]; then
          echo 'vigil: this script runs only as a job (VIGIL_JOB_ID is not set); to start it, use: vigil retry' >&2
          exit 64
        fi

        """;

    /// <summary>Who runs here, what is signalled, and the clock.</summary>
    public const string Identity = """
        set +o noclobber +e +u +f
        vigil_signal='' vigil_code=''
        trap 'vigil_signal=15' TERM; trap 'vigil_signal=2' INT; trap 'vigil_signal=1' HUP
        trap 'vigil_signal=3' QUIT; trap 'vigil_signal=10' USR1; trap 'vigil_signal=12' USR2
        vigil_host=${HOSTNAME//[^A-Za-z0-9_.-]/_}
        vigil_now() {
          local at=${EPOCHREALTIME-} part=''
          if [[ $at ]]; then part=.${at#*[.,]} at=${at%[.,]*}; fi
          printf -v vigil_time '%(%FT%T)T%s%(%z)T' "${at:--1}" "$part" "${at:--1}"
          vigil_time=${vigil_time%??}:${vigil_time: -2}
        }
        read -r vigil_boot </proc/sys/kernel/random/boot_id
        read -r -d '' vigil_stat </proc/$$/stat
        # shellcheck disable=SC2086  # the fields after the program's name, which may hold spaces
        set -- ${vigil_stat##*) }
        vigil_start=${20}
        set --
        vigil_me="\"job_id\":\"$VIGIL_JOB_ID\",\"restart\":$vigil_restart,\"pid\":$$,\"start\":$vigil_start,\"boot\":\"$vigil_boot\",\"host\":\"$vigil_host\""
        vigil_token=$RANDOM$RANDOM

        """;

    /// <summary>Tries to claim the folder in which it stands. Its last lines are those of the one who came too late and has read who was first: the caller goes on there, and closes the <c>if</c>.</summary>
    /// <param name="jobScript">A file that is there as long as the attempt's folder is.</param>
    public static string ClaimOrRead(string jobScript) => $$"""
        # Opening is the claim: exactly one copy can create the file. A disk that takes nothing is no second copy: it is waited for.
        vigil_mine=''
        set -o noclobber
        until { exec 4>claim; } 2>/dev/null && vigil_mine=1; do
          [[ -e claim || ! -e {{jobScript}} || $vigil_signal ]] && break   # without its script the folder itself was removed
          sleep 2
        done
        set +o noclobber
        [[ ! $vigil_mine && ! -e claim ]] && exit 74
        if [[ $vigil_mine ]]; then
          until printf '{"token":"%s",%s}\n' "$vigil_token" "$vigil_me" >&4 || [[ $vigil_signal ]]; do sleep 2; done 2>/dev/null
          exec 4>&-
        else
          # A network file system may report "exists" to the very process that created the file.
          { read -r vigil_seen <claim; } 2>/dev/null

        """;

    private static readonly string Claim = "\n" + ClaimOrRead("script.sh") + """
          if [[ ${vigil_seen-} != "{\"token\":\"$vigil_token\",$vigil_me}" ]]; then
            vigil_now
            printf '{%s,"time":"%s"}\n' "$vigil_me" "$vigil_time" >refused.json
            printf 'vigil: another copy of this job claimed the attempt: %s\n' "${vigil_seen-}" >&2
            exit 75
          fi
        fi

        """;

    private const string Started = """
        vigil_now
        printf '{%s,"attempt":"%s","time":"%s"}\n' "$vigil_me" "$vigil_attempt" "$vigil_time" >started.json

        """;

    // The command runs in the foreground, and traps only note: bash then waits for it whatever signal comes, and has its true code.
    // (`command & wait` can lose the code: in bash 5.2 a trap that interrupts `wait` while the child ends makes it "-1" for good.)
    public const string Witness = """
        trap '' TERM INT HUP QUIT USR1 USR2
        if ((vigil_code > 128 && vigil_code <= 192)); then vigil_signal=$((vigil_code - 128)); fi
        if [[ $vigil_code == 0 && $vigil_signal != 15 ]]; then vigil_signal=''; fi   # told to end, it has saved: whether it is done, the scheduler's word tells
        vigil_now
        # How the command ended must not be lost to a disk that is full just now: its slot is kept and the disk waited for.
        until printf '{"code":%s,"signal":%s,"host":"%s","time":"%s"}\n' "${vigil_code:-null}" "${vigil_signal:-null}" "$vigil_host" "$vigil_time" >exit.json.tmp &&
          mv -f exit.json.tmp exit.json; do
          [[ -d . && -e claim ]] || break   # the folder was removed: nobody will read it
          sleep 2
        done 2>/dev/null
        exit "${vigil_code:-143}"

        """;
}
