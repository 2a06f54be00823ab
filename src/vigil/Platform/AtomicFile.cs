using System.Text;

namespace Vigil.Platform;

/// <summary>Files that appear whole or not at all: written aside, then renamed. The mode holds whatever the umask.</summary>
internal static class AtomicFile
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly string Writer = $"{Environment.ProcessId:x}-{Environment.TickCount64:x}";
    private static int _count;

    /// <summary>Whole after a crash of this program, perhaps missing after a crash of the machine.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode = OwnerOnly)
    {
        var aside = WriteAside(path, content, mode, Durability.None);
        Rename(aside, path);
    }

    public static void Write(string path, string text, UnixFileMode mode = OwnerOnly) => Write(path, Encoding.UTF8.GetBytes(text), mode);

    /// <summary>Survives a crash of the machine: file and folder are on disk when this returns. Dear; only journal, lease and snapshot need it.</summary>
    public static void WriteDurable(string path, ReadOnlySpan<byte> content, UnixFileMode mode = OwnerOnly)
    {
        var aside = WriteAside(path, content, mode, Durability.Disk);
        Rename(aside, path);
        SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Makes names that were created, renamed or removed in a folder survive a crash of the machine.</summary>
    public static void SyncFolder(string folder)
    {
        var descriptor = Libc.Check(Libc.Open(folder, Libc.OpenReadOnly | Libc.OpenDirectory | Libc.OpenCloseOnExec, 0), "open", folder);
        try { Libc.Check(Libc.Fsync(descriptor), "fsync", folder); }
        finally { _ = Libc.Close(descriptor); }
    }

    private enum Durability { None, Disk }

    private static string WriteAside(string path, ReadOnlySpan<byte> content, UnixFileMode mode, Durability durability)
    {
        var aside = Path.Combine(Path.GetDirectoryName(path) ?? "", $".{Path.GetFileName(path)}.{Writer}-{Interlocked.Increment(ref _count):x}.tmp");
        var descriptor = Libc.Check(Libc.Open(aside, Libc.OpenWriteOnly | Libc.OpenCreate | Libc.OpenExclusive | Libc.OpenCloseOnExec, 0x180), "create", aside);
        var written = false;
        try
        {
            Libc.WriteAll(descriptor, content, aside);
            Libc.Check(Libc.Fchmod(descriptor, (uint)mode), "chmod", aside);
            if (durability is Durability.Disk) Libc.Check(Libc.Fsync(descriptor), "fsync", aside);
            written = true;
        }
        finally
        {
            _ = Libc.Close(descriptor);
            if (!written) _ = Libc.Unlink(aside);   // a full disk must not be filled further with our leavings
        }
        return aside;
    }

    private static void Rename(string aside, string path)
    {
        if (Libc.Rename(aside, path) == 0) return;
        var refusal = Libc.LastError("rename", path);
        _ = Libc.Unlink(aside);
        throw refusal;
    }
}
