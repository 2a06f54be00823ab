using Microsoft.Win32.SafeHandles;

namespace Vigil.Platform;

/// <summary>Opens what others name to be read: nothing but a regular file, since a pipe would wait for its writer, and a device does what it likes.</summary>
internal static class RegularFile
{
    /// <exception cref="IOException">It is not there, is something else, or cannot be opened.</exception>
    public static SafeFileHandle Open(string path)
    {
        var file = Libc.Check(Libc.Open(path, Libc.OpenReadOnly | Libc.OpenCloseOnExec | Libc.OpenNonBlocking, 0), "open", path);
        var handle = new SafeFileHandle(file, ownsHandle: true);
        if (Statx.Call(file, "", Statx.OfDescriptor, Statx.Basic, out var status) == 0 && FileStatus.IsRegularMode(status.Mode)) return handle;
        handle.Dispose();
        throw new IOException($"{path} is no regular file");
    }
}
