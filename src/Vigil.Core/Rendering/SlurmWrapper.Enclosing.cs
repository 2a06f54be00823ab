using System.Text;

namespace Vigil.Rendering;

// What stands around the command while it runs: the watch for a later start, and the passing on of signals.
internal static partial class SlurmWrapper
{
    /// <summary>The command inside what watches it.</summary>
    /// <param name="signal">The name or number of the signal that Slurm is asked to send to this shell; null: none.</param>
    /// <param name="command">What the subshell around the command does.</param>
    public static void Enclose(StringBuilder script, string? signal, string command)
    {
        script.Append('\n').Append(Watch).Append(Pass);
        script.Append("trap 'vigil_pass TERM' TERM\n");
        if (signal is not (null or "TERM" or "15")) script.Append("trap 'vigil_pass ").Append(signal).Append("' ").Append(signal).Append('\n');
        script.Append("\nif [[ ! $vigil_signal ]]; then\nexec 8>&1\nexec 6< <(\n").Append(Keeper(signal));
        script.Append("(\nexec 3>&- 5>&- >&8 8>&-\ntrap - INT QUIT\n").Append(command).Append(")\nprintf '%s\\n' \"$?\"\n)\nexec 8>&-\n").Append(Wait);
        script.Append("fi\n").Append(Pause).Append(FencingWrapper.Witness);
    }

    // Of `sleep 9; echo done` the sleep may be killed first, and the rest would say that all went well.
    private const string Pause = "sleep 0.2   # a KILL meets the processes of a job one by one: a wrapper that is next must not tell an end that was none\n";

    // The watch holds neither the log nor the job: its input ends with this shell, and it ends with its input.
    private const string Watch = """
        vigil_below() {   # adds the processes below one, but for the watch itself
          local child children
          children=$(cat /proc/"$1"/task/*/children 2>/dev/null)
          for child in $children; do
            [[ $child == "$BASHPID" ]] && continue
            vigil_pids+=("$child")
            vigil_below "$child"
          done
        }
        vigil_watch() {   # a node that was cut off may run on after a later start of this run was claimed: then the command ends here
          local line
          trap '' TERM INT HUP QUIT USR1 USR2
          exec >/dev/null 2>&1 3>&-
          until vigil_newer; do
            read -r -t 30 line
            (($? > 128)) || return
          done
          vigil_now
          printf '{%s,"later":"%s","time":"%s"}\n' "$vigil_me" "$vigil_later" "$vigil_time" >fenced.json.tmp && mv -f fenced.json.tmp fenced.json
          vigil_pids=()
          vigil_below $$
          kill -TERM "${vigil_pids[@]}"
          read -r -t 30 line
          while (($? > 128)); do
            vigil_pids=()
            vigil_below $$
            kill -KILL "${vigil_pids[@]}"
            read -r -t 1 line
          done
        }
        exec 5> >(vigil_watch)

        """;

    // Where Slurm tracks processes by cgroup, which is usual, it ends a job by telling this shell alone, and kills all of it half a minute later:
    // the command would never hear that it is to save, and nobody would say how it ended. Of srun's tasks Slurm takes care itself; srun would kill them at a TERM.
    private const string Pass = """
        vigil_pass() {   # everything that this shell started is to hear what Slurm told it
          trap '' "$1"
          local stat group name pid
          read -r -d '' stat </proc/$$/stat
          read -r _ _ group _ <<<"${stat##*) }"
          if [[ $1 == TERM ]]; then
            vigil_signal=15 vigil_pids=()
            vigil_below $$
            for pid in "${vigil_pids[@]}"; do
              name=''
              { read -r name <"/proc/$pid/comm"; } 2>/dev/null
              [[ $name == srun ]] || kill -s TERM "$pid"
            done
          elif [[ $group == "$$" ]]; then
            kill -s "$1" -- "-$$"
          else
            vigil_pids=()
            vigil_below $$
            kill -s "$1" "${vigil_pids[@]}"
          fi 2>/dev/null
          # shellcheck disable=SC2064
          trap "vigil_pass $1" "$1"
        }

        """;

    // In the background of a trap that runs, bash 5.2 can lose a child's code. So a shell of its own waits in the foreground, and sends the code through a pipe.
    private static string Keeper(string? signal) => $"trap : TERM INT HUP QUIT USR1 USR2{(signal is null ? "" : $" {signal}")}\n";

    // A signal that comes in the moment before `read` begins to wait runs its trap only when `read` returns: it must not wait for long.
    private const string Wait = """
        while :; do
          read -r -t 2 vigil_code <&6
          (($? > 128)) || break
        done
        [[ $vigil_code ]] || vigil_code=137   # only a KILL silences the shell that waits for the command

        """;
}
