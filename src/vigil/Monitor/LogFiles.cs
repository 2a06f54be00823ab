using Vigil.Platform;

namespace Vigil.Monitor;

/// <summary>The calls by which a log is looked at: where a file system may misbehave. One that fails leaves its reason as the last error of the platform.</summary>
internal interface ILogFiles
{
    /// <summary>Below 0: it could not be opened.</summary>
    int Open(string path);

    bool TryAsk(int file, out LogFileSight sight);

    /// <summary>The same by name, without opening it. True only of a file system of this machine: others may answer with what they remember.</summary>
    bool TryAsk(string path, out LogFileSight sight);

    /// <summary>Whether nobody but this machine writes to the file system of this file.</summary>
    bool IsLocal(int file);

    /// <summary>How much was read; below 0: it could not be.</summary>
    nint Read(int file, Span<byte> into, long offset);

    void Close(int file);
}

/// <summary>What a file system says of a file.</summary>
internal readonly record struct LogFileSight(ulong Device, ulong Inode, long Size, bool IsRegular);

/// <summary>The kernel's own. Not .NET's file handles: they do not tell the inode, and cost three times as much, at thousands of looks a second.</summary>
internal sealed class KernelFiles : ILogFiles
{
    // As linux/magic.h has them. An overlay is none of them: its files change their identity when they are first written.
    private const long Ext = 0xEF53, Xfs = 0x58465342, Btrfs = 0x9123683E, F2fs = 0xF2F52010, Zfs = 0x2FC12FC1, Tmpfs = 0x01021994, Ramfs = 0x858458F6;

    private KernelFiles() { }

    public static KernelFiles Instance { get; } = new();

    public int Open(string path) => Libc.Open(path, Libc.OpenReadOnly | Libc.OpenCloseOnExec | Libc.OpenNonBlocking, 0);

    public bool TryAsk(int file, out LogFileSight sight) => TryAsk(file, "", Statx.OfDescriptor, out sight);

    public bool TryAsk(string path, out LogFileSight sight) => TryAsk(Statx.AtCurrentFolder, path, 0, out sight);

    private static bool TryAsk(int folder, string path, int how, out LogFileSight sight)
    {
        var answered = Statx.Call(folder, path, how, Statx.Basic, out var status) == 0;
        sight = answered ? new(status.Device, status.Inode, (long)status.Size, FileStatus.IsRegularMode(status.Mode)) : default;
        return answered;
    }

    public bool IsLocal(int file) => Libc.FileSystemOf(file) is Ext or Xfs or Btrfs or F2fs or Zfs or Tmpfs or Ramfs;

    public unsafe nint Read(int file, Span<byte> into, long offset)
    {
        fixed (byte* first = into) return Libc.ReadAt(file, first, into.Length, offset);
    }

    public void Close(int file) => _ = Libc.Close(file);
}
