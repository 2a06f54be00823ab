using System.Collections;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Vigil.Journaling;
using Vigil.Platform;

namespace Vigil.Cli;

/// <summary>Leaves the watch to <c>vigil watch</c> in a session of its own.</summary>
internal static class Detaching
{
    /// <summary>A watch that takes longer to begin waits for something, such as another machine's beat, and says so in its log.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), LookEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns when the watch has begun; with its own exit code when it ended instead.</summary>
    public static async Task<int> StartAsync(CliContext context, ExperimentFolder folder, CancellationToken stop)
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("this program does not know its own path");
        var log = Path.Combine(folder.Views, "monitor.log");
        using var nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Read);
        var pid = DetachedProcess.Start(program, [program, "watch", folder.Root], [.. Variables()], log, Descriptor(nothing));
        if (pid < 0) return Talk.Unwritable(context, folder, string.Create(CultureInfo.InvariantCulture, $"the watch could not be started (error {-pid})"));
        if (await EndAtOnceAsync(context, folder, pid, stop) is not (null or ExitCode.Done or ExitCode.RunsFailed) and { } code)
        {
            context.Talk.WriteLine($"error RUN057: nobody watches {folder.Root}: the watch in the background ended at once, with exit code {code}");
            // A full disk takes no log either.
            context.Talk.WriteLine($"    Jobs that were handed over go on. What it said is in {log}; to watch, or to see what hinders it: vigil watch {folder.Root}");
            return code;
        }
        context.Talk.WriteLine($"Watched in the background by pid {pid}. To look: vigil status {folder.Root}  (what the watch says: {log})");
        return ExitCode.Done;
    }

    /// <summary>Null: it has become the monitor, or lives on to become it.</summary>
    private static async Task<int?> EndAtOnceAsync(CliContext context, ExperimentFolder folder, int pid, CancellationToken stop)
    {
        var began = context.Time.GetTimestamp();
        while (!stop.IsCancellationRequested && context.Time.GetElapsedTime(began) < Patience)
        {
            if (Lease.Read(folder) is { Released: false } lease && lease.Writer.Pid == pid) return null;
            if (Libc.WaitPid(pid, out var status, Libc.WaitNoHang) == pid) return (status & 0x7F) == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F);
            await Pause.ForAsync(LookEvery, context.Time, stop);
        }
        return null;
    }

    private static IEnumerable<string> Variables() =>
        from DictionaryEntry variable in Environment.GetEnvironmentVariables() select $"{variable.Key}={variable.Value}";

    private static int Descriptor(SafeFileHandle file) => (int)file.DangerousGetHandle();
}
