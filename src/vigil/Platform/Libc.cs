using System.Runtime.InteropServices;

namespace Vigil.Platform;

/// <summary>The system calls that .NET has no word for. Thin: decisions are made by the callers.</summary>
internal static partial class Libc
{
    public const int OpenReadOnly = 0, OpenWriteOnly = 1, OpenReadWrite = 2;
    public const int OpenCreate = 0x40, OpenExclusive = 0x80, OpenAppend = 0x400, OpenNonBlocking = 0x800, OpenDirectory = 0x10000, OpenNoFollow = 0x20000, OpenCloseOnExec = 0x80000;
    public const int LockExclusive = 2;
    public const int ErrorNoEntry = 2, ErrorInterrupted = 4, ErrorAgain = 11, ErrorNoAccess = 13, ErrorExists = 17, ErrorNotFolder = 20;
    public const int SignalKill = 9, SignalTerm = 15, SignalStop = 19;
    public const int WaitNoHang = 1;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static unsafe partial nint Write(int descriptor, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static unsafe partial nint Read(int descriptor, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    public static unsafe partial nint ReadAt(int descriptor, byte* bytes, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    public static unsafe partial nint WriteAt(int descriptor, byte* bytes, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(int descriptor, long length);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int Fchmod(int descriptor, uint mode);

    [LibraryImport("libc", EntryPoint = "chmod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Chmod(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Link(string from, string to);

    [LibraryImport("libc", EntryPoint = "symlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Symlink(string target, string link);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeFolder(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Flock(int descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, ref RangeLock range);

    [StructLayout(LayoutKind.Sequential)]
    private struct RangeLock
    {
        public short Type, Whence;
        public long Start, Length;
        public int Pid;
    }

    private const short WriteLock = 1, NoLock = 2;

    /// <summary>Locks one byte for the open file itself, so that a child that inherits it holds it too. False: somebody else holds it.</summary>
    public static bool TryLockByte(int descriptor, long at)
    {
        const int setOfOpenFile = 37;
        var range = new RangeLock { Type = WriteLock, Start = at, Length = 1 };
        if (Control(descriptor, setOfOpenFile, ref range) == 0) return true;
        return Marshal.GetLastPInvokeError() is ErrorAgain or ErrorNoAccess ? false : throw LastError("lock", $"byte {at}");
    }

    /// <summary>Whether somebody else holds the byte; asking takes nothing.</summary>
    public static bool IsByteLocked(int descriptor, long at)
    {
        const int getOfOpenFile = 36;
        var range = new RangeLock { Type = WriteLock, Start = at, Length = 1 };
        Check(Control(descriptor, getOfOpenFile, ref range), "look at the lock of", $"byte {at}");
        return range.Type != NoLock;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    public static partial int WaitPid(int pid, out int status, int options);

    /// <summary>The number by which the kernel knows the kind of a file system; null: it does not say.</summary>
    public static unsafe long? FileSystemOf(int descriptor)
    {
        const int structureAtMost = 256;
        var status = stackalloc byte[structureAtMost];
        return StatusOfFileSystem(descriptor, status) == 0 ? *(nint*)status : null;   // the kind comes first
    }

    [LibraryImport("libc", EntryPoint = "fstatfs", SetLastError = true)]
    private static unsafe partial int StatusOfFileSystem(int descriptor, byte* status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    /// <summary>The last error as an <see cref="IOException"/> whose message says what, where and why.</summary>
    public static IOException LastError(string what, string where)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"cannot {what} {where}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    public static int Check(int result, string what, string where) => result >= 0 ? result : throw LastError(what, where);

    public static unsafe void WriteAll(int descriptor, ReadOnlySpan<byte> content, string where)
    {
        fixed (byte* start = content)
        {
            nint done = 0;
            while (done < content.Length)
            {
                var count = Write(descriptor, start + done, content.Length - done);
                if (count >= 0) done += count;
                else if (Marshal.GetLastPInvokeError() != ErrorInterrupted) throw LastError("write", where);
            }
        }
    }
}
