using System.Runtime.InteropServices;

namespace Vigil.Platform;

/// <summary>A file that exactly one process can create, whole from the start. Also on NFS, where only <c>link</c> is atomic for all clients.</summary>
internal static class ExclusiveFile
{
    private static int _count;

    /// <summary>False when the name was taken.</summary>
    public static bool TryCreateDurable(string path, ReadOnlySpan<byte> content)
    {
        var folder = Path.GetDirectoryName(path)!;
        var aside = Path.Combine(folder, $".{Path.GetFileName(path)}.{Environment.ProcessId:x}-{Environment.TickCount64:x}-{Interlocked.Increment(ref _count):x}.new");
        AtomicFile.WriteDurable(aside, content);
        try
        {
            if (Libc.Link(aside, path) != 0)
            {
                var taken = Marshal.GetLastPInvokeError() == Libc.ErrorExists;
                var error = Libc.LastError("create", path);
                // A server's answer can be lost and the request repeated: that the file has two names now is what shows success.
                if (FileStatus.Of(aside) is not { Links: 2 }) return taken ? false : throw error;
            }
        }
        finally
        {
            _ = Libc.Unlink(aside);
        }
        AtomicFile.SyncFolder(folder);
        return true;
    }
}
