using Microsoft.Win32.SafeHandles;
using Vigil.Platform;

namespace Vigil.Web.Logs;

/// <summary>A log that is open for one look. Only what the journal names is ever opened, and only a regular file: no link, no pipe, no device.</summary>
internal sealed class OpenLog : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly ulong _inode;
    private readonly byte[] _head;

    private OpenLog(SafeFileHandle file, ulong inode, long size, byte[] head)
    {
        (_file, _inode, Size, _head) = (file, inode, size, head);
        Generation = LogGeneration.Of(inode, head);
    }

    /// <summary>Bytes, when it was opened.</summary>
    public long Size { get; }

    public LogGeneration Generation { get; }

    /// <summary>Null, with why in words, when there is nothing that can be read.</summary>
    public static OpenLog? TryOpen(string path, out string? problem)
    {
        problem = null;
        var descriptor = Libc.Open(path, Libc.OpenReadOnly | Libc.OpenNoFollow | Libc.OpenCloseOnExec | Libc.OpenNonBlocking, 0);
        if (descriptor < 0)
        {
            problem = System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == Libc.ErrorNoEntry ? "its file is not there (any more)" : Libc.LastError("read", Path.GetFileName(path)).Message;
            return null;
        }
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (KernelSight(descriptor) is not { } sight)
        {
            file.Dispose();
            problem = "it is no regular file";
            return null;
        }
        var head = new byte[(int)Math.Min(LogGeneration.MostHead, sight.Size)];
        try
        {
            var read = RandomAccess.Read(file, head, 0);
            return new OpenLog(file, sight.Inode, sight.Size, head[..read]);
        }
        catch (IOException refusal)
        {
            file.Dispose();
            problem = refusal.Message;
            return null;
        }
    }

    private static (ulong Inode, long Size)? KernelSight(int descriptor) =>
        Statx.Call(descriptor, "", Statx.OfDescriptor, Statx.Basic, out var status) == 0 && FileStatus.IsRegularMode(status.Mode) ? (status.Inode, (long)status.Size) : null;

    /// <summary>Whether the file is the one that the reader knows.</summary>
    public bool Is(LogGeneration known) => known.Is(_inode, _head);

    /// <summary>As many bytes as there are, up to the buffer's length. What cannot be read is as if it were not there yet.</summary>
    public int Read(Span<byte> into, long offset)
    {
        var done = 0;
        try
        {
            while (done < into.Length && RandomAccess.Read(_file, into[done..], offset + done) is > 0 and var more) done += more;
        }
        catch (IOException)
        {
            // A network file system that stumbles: the next look opens the file anew.
        }
        return done;
    }

    public void Dispose() => _file.Dispose();
}
