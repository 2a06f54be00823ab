using System.Text;

namespace Vigil.Rendering;

// What stands around the command while it runs: the watch for a later start, and the passing on of signals.
internal static partial class SlurmWrapper
{
    /// <summary>The command inside what watches it.</summary>
    /// <param name="signal">The name of the signal that reaches this shell alone; null: none does.</param>
    /// <param name="command">What the subshell around the command does.</param>
    public static void Enclose(StringBuilder script, string? signal, string command)
    {
        script.Append('\n').Append(Watch);
        script.Append("\nif [[ ! $vigil_signal ]]; then\n");
        if (signal is null) script.Append("(\nexec 3>&- 5>&-\n").Append(command).Append(")\nvigil_code=$?\n");
        else script.Append(Pass(signal)).Append("exec 8>&1\nexec 6< <(\n").Append(Keeper(signal)).Append("(\nexec 3>&- 5>&- >&8 8>&-\ntrap - INT QUIT\n").Append(command).Append(")\nprintf '%s\\n' \"$?\"\n)\nexec 8>&-\n").Append(Wait);
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

    private static string Pass(string signal) => $$"""
        vigil_pass() {   # Slurm told this shell alone; everything that it started is to hear it
          trap '' {{signal}}
          local group
          read -r -d '' group </proc/$$/stat
          group=${group##*) }
          # shellcheck disable=SC2086
          set -- $group
          if [[ $3 == "$$" ]]; then
            kill -s {{signal}} -- "-$$"
          else
            vigil_pids=()
            vigil_below $$
            kill -s {{signal}} "${vigil_pids[@]}" 2>/dev/null
          fi
          trap 'vigil_pass' {{signal}}
        }
        trap 'vigil_pass' {{signal}}

        """;

    // In the background of a trap that runs, bash 5.2 can lose a child's code. So a shell of its own waits in the foreground, and sends the code through a pipe.
    private static string Keeper(string signal) => $"trap : TERM INT HUP QUIT USR1 USR2 {signal}\n";

    private const string Wait = """
        while :; do
          read -r -t 3600 vigil_code <&6
          (($? > 128)) || break
        done

        """;
}
