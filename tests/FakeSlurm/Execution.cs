using System.Diagnostics;
using System.Globalization;

namespace FakeSlurm;

/// <summary>Scripts that really run: each in a session of its own, its exit code in a file, since the cluster may be asked by another process next time.</summary>
internal static class Execution
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan KillWait = TimeSpan.FromSeconds(2);

    // $0 script, $1 exit file, $2 output, $3 errors (may be the same), $4 whether to append; the script's own words follow.
    // Its traps let it outlive a signal to the whole session, so that it can report. A script that says `exit 137` reads like one that was killed.
    private const string Wrapper = """
        script=$0 exit_file=$1 out=$2 err=$3 append=$4; shift 4
        trap : HUP INT QUIT USR1 USR2 TERM CONT
        [ "$append" = 1 ] || : >"$out"
        exec >>"$out" </dev/null || { echo -53 >"$exit_file"; exit; }
        if [ "$err" = "$out" ]; then exec 2>&1; else exec 2>>"$err"; fi
        "$script" "$@" & pid=$!
        wait $pid; code=$?
        while [ $code -gt 128 ] && kill -0 $pid 2>/dev/null; do wait $pid; code=$?; done
        [ $code -le 128 ] || code=$((128 - code))
        echo $code >"$exit_file.new" && mv "$exit_file.new" "$exit_file"
        """;

    public static void Start(ClusterState state, FakeJob job)
    {
        var folder = Directory.CreateDirectory(state.ExecutionFolder ?? throw new InvalidOperationException("scripts run only where the cluster has a folder")).FullName;
        var script = Path.Combine(folder, $"{Key(job)}.sh");
        File.WriteAllText(script, job.Script);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var output = FileNames.Filled(job, job.Output);
        var errors = job.Error is { } pattern ? FileNames.Filled(job, pattern) : output;
        var start = new ProcessStartInfo("setsid", ["bash", "-c", Wrapper, script, Path.Combine(folder, $"{Key(job)}.exit"), output, errors, job.AppendsOutput ? "1" : "0", .. job.Arguments])
        {
            WorkingDirectory = Directory.Exists(job.WorkDir) ? job.WorkDir : "/tmp",
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in JobEnvironment.Of(state, job)) start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("setsid did not start");
        process.StandardInput.Close();
        File.WriteAllText(Path.Combine(folder, $"{Key(job)}.pid"), process.Id.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>How the script ended (a signal as a negative number), or null while it runs.</summary>
    public static int? ExitCode(ClusterState state, FakeJob job)
    {
        var file = Path.Combine(state.ExecutionFolder!, $"{Key(job)}.exit");
        return File.Exists(file) ? int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Its end, for which real time passes; null where it does not come.</summary>
    public static int? Wait(ClusterState state, FakeJob job)
    {
        var until = Stopwatch.StartNew();
        while (until.Elapsed < Patience)
        {
            if (ExitCode(state, job) is { } exit) return exit;
            // The job is a process that this program did not start and cannot be told about: its file is looked for, gently, since other tests use the CPU.
            Thread.Sleep(10);
        }
        return null;
    }

    /// <summary>As slurmd ends a job: a plea, a moment to comply, the end.</summary>
    public static void Kill(ClusterState state, FakeJob job)
    {
        if (ExitCode(state, job) is not null) return;
        Send(state, job, "TERM");
        var until = Stopwatch.StartNew();
        while (until.Elapsed < KillWait && ExitCode(state, job) is null) Thread.Sleep(10);   // as in Wait
        Send(state, job, "KILL");
    }

    /// <summary>A signal to every process of the job.</summary>
    public static void Send(ClusterState state, FakeJob job, string signal)
    {
        var file = Path.Combine(state.ExecutionFolder!, $"{Key(job)}.pid");
        if (!File.Exists(file)) return;
        var start = new ProcessStartInfo("kill", [$"-{signal}", "--", $"-{File.ReadAllText(file)}"]) { RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("kill did not start");
        process.WaitForExit();
    }

    private static string Key(FakeJob job) => $"{job.ShownId}.{job.RestartCount}";
}
