using System.Collections;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Vigil.Journaling;
using Vigil.Platform;

namespace Vigil.Cli;

/// <summary>Leaves the watch to <c>vigil watch</c> in a session of its own.</summary>
internal static class Detaching
{
    public static int Start(CliContext context, ExperimentFolder folder)
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("this program does not know its own path");
        var log = Path.Combine(folder.Views, "monitor.log");
        using var nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Read);
        var pid = DetachedProcess.Start(program, [program, "watch", folder.Root], [.. Variables()], log, Descriptor(nothing));
        if (pid < 0) return Talk.Unwritable(context, folder, string.Create(CultureInfo.InvariantCulture, $"the watch could not be started (error {-pid})"));
        context.Talk.WriteLine($"Watched in the background by pid {pid}. To look: vigil status {folder.Root}  (what the watch says: {log})");
        return ExitCode.Done;
    }

    private static IEnumerable<string> Variables() =>
        from DictionaryEntry variable in Environment.GetEnvironmentVariables() select $"{variable.Key}={variable.Value}";

    private static int Descriptor(SafeFileHandle file) => (int)file.DangerousGetHandle();
}
