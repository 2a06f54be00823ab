using Vigil.Platform;

namespace Vigil.Journaling;

/// <summary>This process as the writer of a journal, and whether others on this machine live.</summary>
internal static class ThisProcess
{
    private static readonly ProcessTable Table = new();

    public static Writer Writer { get; } = new(
        Environment.MachineName, File.Exists("/etc/machine-id") ? File.ReadAllText("/etc/machine-id").Trim() : "", Table.Boot, Table.Namespace, Table.Self.Pid, Table.Self.Start);

    /// <summary>Stopped by Ctrl-Z or SIGSTOP: alive, and doing nothing.</summary>
    public static bool IsSuspended(Writer writer) => writer.Boot == Writer.Boot && Lives(writer) && Table.Read(writer.Pid) is { State: 'T' or 't' };

    public static bool Lives(Writer writer) => Table.IsAlive(new ProcessIdentity(writer.Boot, writer.Pid, writer.Start));
}
