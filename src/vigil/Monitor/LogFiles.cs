using Vigil.Platform;

namespace Vigil.Monitor;

/// <summary>The calls by which a log is looked at: where a file system may misbehave. One that fails leaves its reason as the last error of the platform.</summary>
internal interface ILogFiles
{
    /// <summary>Below 0: it could not be opened.</summary>
    int Open(string path);

    bool TryAsk(int file, out LogFileSight sight);

    /// <summary>How much was read; below 0: it could not be.</summary>
    nint Read(int file, Span<byte> into, long offset);

    void Close(int file);
}

/// <summary>What a file system says of an open file.</summary>
internal readonly record struct LogFileSight(ulong Device, ulong Inode, long Size, bool IsRegular);

/// <summary>The kernel's own. Not .NET's file handles: they do not tell the inode, and cost three times as much, at thousands of looks a second.</summary>
internal sealed class KernelFiles : ILogFiles
{
    private KernelFiles() { }

    public static KernelFiles Instance { get; } = new();

    public int Open(string path) => Libc.Open(path, Libc.OpenReadOnly | Libc.OpenCloseOnExec | Libc.OpenNonBlocking, 0);

    public bool TryAsk(int file, out LogFileSight sight)
    {
        var answered = Statx.Call(file, "", Statx.OfDescriptor, Statx.Basic, out var status) == 0;
        sight = answered ? new(status.Device, status.Inode, (long)status.Size, FileStatus.IsRegularMode(status.Mode)) : default;
        return answered;
    }

    public unsafe nint Read(int file, Span<byte> into, long offset)
    {
        fixed (byte* first = into) return Libc.ReadAt(file, first, into.Length, offset);
    }

    public void Close(int file) => _ = Libc.Close(file);
}
