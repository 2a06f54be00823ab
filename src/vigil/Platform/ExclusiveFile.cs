using System.Runtime.InteropServices;

namespace Vigil.Platform;

/// <summary>A file that exactly one process can create, whole from the start. Also on NFS, where only <c>link</c> is atomic for all clients.</summary>
internal static class ExclusiveFile
{
    /// <summary>False when the name was taken.</summary>
    public static bool TryCreateDurable(string path, ReadOnlySpan<byte> content)
    {
        var folder = Path.GetDirectoryName(path)!;
        var aside = Path.Combine(folder, $".{Path.GetFileName(path)}.{Environment.ProcessId:x}-{Environment.TickCount64:x}.new");
        AtomicFile.WriteDurable(aside, content);
        try
        {
            if (Libc.Link(aside, path) != 0)
            {
                if (Marshal.GetLastPInvokeError() == Libc.ErrorExists) return false;
                throw Libc.LastError("create", path);
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
