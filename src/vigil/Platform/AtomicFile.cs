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

    /// <summary>
    /// Where nobody looks at the file before it is announced, by another one beside it that is written last or by a submission.
    /// Made where it belongs, which costs the file system half; one that is there already is replaced whole.
    /// </summary>
    public static void WriteUnannounced(string path, ReadOnlySpan<byte> content)
    {
        var descriptor = Open(path, OwnerOnly);
        if (descriptor >= 0) Fill(descriptor, path, content, OwnerOnly, Durability.None);
        else Write(path, content);
    }

    public static void WriteUnannounced(string path, string text) => WriteUnannounced(path, Encoding.UTF8.GetBytes(text));

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
        Fill(Libc.Check(Open(aside, mode), "create", aside), aside, content, mode, durability);
        return aside;
    }

    private static int Open(string path, UnixFileMode mode) =>
        Libc.Open(path, Libc.OpenWriteOnly | Libc.OpenCreate | Libc.OpenExclusive | Libc.OpenCloseOnExec, (uint)mode);

    private static void Fill(int descriptor, string path, ReadOnlySpan<byte> content, UnixFileMode mode, Durability durability)
    {
        var written = false;
        try
        {
            Libc.WriteAll(descriptor, content, path);
            if (Umask.Narrows(mode)) Libc.Check(Libc.Fchmod(descriptor, (uint)mode), "chmod", path);
            if (durability is Durability.Disk) Libc.Check(Libc.Fsync(descriptor), "fsync", path);
            written = true;
        }
        finally
        {
            _ = Libc.Close(descriptor);
            if (!written) _ = Libc.Unlink(path);   // a full disk must not be filled further with our leavings
        }
    }

    private static void Rename(string aside, string path)
    {
        if (Libc.Rename(aside, path) == 0) return;
        var refusal = Libc.LastError("rename", path);
        _ = Libc.Unlink(aside);
        throw refusal;
    }
}
