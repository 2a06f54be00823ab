namespace Vigil.Platform;

/// <summary>Files of a few hundred bytes that may be missing or half written: no exception, few system calls.</summary>
internal static class SmallFile
{
    private const int Most = 4096;

    /// <summary>Null: it is not there, or cannot be read.</summary>
    public static unsafe byte[]? TryRead(string path)
    {
        var file = Libc.Open(path, Libc.OpenReadOnly | Libc.OpenCloseOnExec, 0);
        if (file < 0) return null;
        var buffer = stackalloc byte[Most];
        var length = Libc.Read(file, buffer, Most);
        _ = Libc.Close(file);
        return length < 0 ? null : new ReadOnlySpan<byte>(buffer, (int)length).ToArray();
    }

    /// <summary>
    /// Overwrites in place: only for files that everybody reads and writes under one lock. The old content is cut off last, not first:
    /// a disk that has become full then refuses nothing, and a slot that was held is not free by mistake.
    /// </summary>
    public static void Overwrite(string path, ReadOnlySpan<byte> content)
    {
        var file = Libc.Check(Libc.Open(path, Libc.OpenWriteOnly | Libc.OpenCreate | Libc.OpenNoFollow | Libc.OpenCloseOnExec, 0x180), "create", path);
        try
        {
            Libc.WriteAll(file, content, path);
            Libc.Check(Libc.Truncate(file, content.Length), "shorten", path);
        }
        finally { _ = Libc.Close(file); }
    }
}
