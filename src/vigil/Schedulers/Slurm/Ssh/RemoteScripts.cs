using System.Collections.Immutable;
using System.Text;
using Vigil.Rendering;
using Vigil.Spec;

namespace Vigil.Schedulers.Slurm.Ssh;

/// <summary>
/// What runs on the login node, handed to <c>bash -s</c> on its input: the user's login shell sees two plain words and nothing else.
/// Each is one compound command, so that bash has read all of it before it reads the data behind it; paths are such data, ended by NULs, never shell.
/// <c>$m</c> is the mark. They need bash 4.4 and GNU's coreutils, findutils and tar.
/// </summary>
internal static class RemoteScripts
{
    /// <summary>Runs one program in an environment that is no job's. Its PATH may be set by what only login shells read.</summary>
    public static string Run(ImmutableArray<string> words, IEnumerable<string> variablesToDrop)
    {
        var (command, dropped) = (string.Join(' ', words.Select(Bash.Quote)), string.Concat(variablesToDrop.Select(static v => $" ${{!{v}@}}")));
        return $$"""
            {
            if ! command -v sbatch; then
              [[ -r /etc/profile ]] && . /etc/profile
              for f in ~/.bash_profile ~/.bash_login ~/.profile; do if [[ -r $f ]]; then . "$f"; break; fi; done
            fi </dev/null >/dev/null 2>&1
            unset -v{{dropped}} 2>/dev/null
            printf '\n%s out\n' "$m"; printf '\n%s err\n' "$m" >&2
            ( exec -- {{command}} ) </dev/null
            c=$?
            printf '\n%s end %d\n' "$m" "$c"; printf '\n%s end %d\n' "$m" "$c" >&2
            exit 0; }

            """;
    }

    /// <summary>Data: the experiment's folder, then paths of small files. Answer: a tar of those that are there. The folder is made where it is missing: only then "not there" is the truth about a file.</summary>
    public const string SmallFiles = """
        { IFS= read -r -d '' root; umask 077
        mkdir -p -- "$root" 2>/dev/null; [[ -d $root && -x $root ]] || { printf '\n%s end 1\n' "$m"; exit 0; }
        printf '\n%s tar\n' "$m"
        tar -c -f - -P --null --no-recursion -T - 2>/dev/null
        printf '\n%s end 0\n' "$m"
        exit 0; }

        """;

    /// <summary>Data: the experiment's folder, then paths. Answer: the file system's clock, then "time path" of each path and of what lies directly in it.</summary>
    public const string LastWrites = """
        { IFS= read -r -d '' root; umask 077
        mkdir -p -- "$root" 2>/dev/null; [[ -d $root && -x $root ]] || { printf '\n%s end 1\n' "$m"; exit 0; }
        printf '\n%s now\n' "$m"
        if { printf '\n' >"$root/.vigil-clock"; } 2>/dev/null; then find -H "$root/.vigil-clock" -printf '%T@'; else date +%s.%N; fi
        printf '\n%s writes\n' "$m"
        xargs -0 -r sh -c 'exec find -H "$@" -maxdepth 1 -printf "%T@ %H\0"' vigil 2>/dev/null
        printf '\n%s end 0\n' "$m"
        exit 0; }

        """;

    /// <summary>Data: how many bytes, then paths. Answer: for each that is a file "last I SIZE" and its last bytes.</summary>
    public const string LastBytes = """
        { IFS= read -r -d '' most; i=0
        while IFS= read -r -d '' f; do
          if [[ -f $f && -r $f ]]; then printf '\n%s last %d %d\n' "$m" "$i" "$(stat -L -c %s -- "$f" 2>/dev/null || echo 0)"; tail -c "$most" -- "$f" 2>/dev/null; fi
          i=$((i + 1))
        done
        printf '\n%s end 0\n' "$m"
        exit 0; }

        """;

    /// <summary>
    /// Data: for each log how much of it is known, where to read from, how much at most, its path. Answer: for each that is there "log I SIZE", with bytes where it is longer than what is known.
    /// Opening a file first makes a network file system ask for its size.
    /// </summary>
    public const string LogRanges = """
        { known=() from=() most=() path=()
        while IFS= read -r -d '' k && IFS= read -r -d '' a && IFS= read -r -d '' c && IFS= read -r -d '' p; do
          known+=("$k") from+=("$a") most+=("$c") path+=("$p")
          if [[ -f $p ]]; then { : <"$p"; } 2>/dev/null; fi
        done
        i=0
        while IFS= read -r -d '' f; do
          size=${f%% *} name=${f#* }
          while ((i < ${#path[@]})) && [[ ${path[i]} != "$name" ]]; do i=$((i + 1)); done
          ((i < ${#path[@]})) || break
          if [[ -f $name && -r $name ]]; then
            printf '\n%s log %d %d\n' "$m" "$i" "$size"
            if ((size > known[i])); then dd if="$name" bs=256K iflag=skip_bytes,count_bytes skip="${from[i]}" count="${most[i]}" 2>/dev/null; fi
          fi
          i=$((i + 1))
        done < <(printf '%s\0' "${path[@]}" | xargs -0 -r stat -L --printf='%s %n\0' -- 2>/dev/null)
        printf '\n%s end 0\n' "$m"
        exit 0; }

        """;

    /// <summary>
    /// Data: the experiment's folder, who it belongs to (a token, and for people), folders that must be there, an empty word, and a compressed tar of what goes into the experiment's folder.
    /// Answer: nothing and code 0, or "refused" and why.
    /// </summary>
    public const string Receive = """
        { IFS= read -r -d '' root; IFS= read -r -d '' owner; IFS= read -r -d '' name; umask 077
        refuse() { printf '\n%s refused\n%s' "$m" "$1"; printf '\n%s end 1\n' "$m"; exit 0; }
        e=$(mkdir -p -- "$root" 2>&1) || refuse "$e"
        if [[ ! -e $root/.vigil ]]; then
          e=$({ printf '%s\n%s\n' "$owner" "$name" >"$root/.vigil.$$" && mv -n -- "$root/.vigil.$$" "$root/.vigil"; rm -f -- "$root/.vigil.$$"; } 2>&1)
        fi
        seen='' whose=''
        { IFS= read -r seen; IFS= read -r whose; } 2>/dev/null <"$root/.vigil"
        [[ $seen ]] || refuse "$root cannot be written: $e"
        [[ $seen == "$owner" ]] || refuse "$root holds another experiment, $whose: give this one a slurm.dir of its own"
        while IFS= read -r -d '' f && [[ $f ]]; do
          [[ -d $f ]] || e=$(mkdir -p -- "$f" 2>&1) || refuse "$e"
        done
        e=$(tar -x -z -p -m --no-same-owner --no-overwrite-dir -C "$root" -f - 2>&1) || refuse "$e"
        printf '\n%s end 0\n' "$m"
        exit 0; }

        """;

    /// <summary>Items of data, each ended by a NUL.</summary>
    public static byte[] Data(IEnumerable<string> items)
    {
        using var bytes = new MemoryStream();
        foreach (var item in items)
        {
            bytes.Write(Encoding.UTF8.GetBytes(item));
            bytes.WriteByte(0);
        }
        return bytes.ToArray();
    }
}
