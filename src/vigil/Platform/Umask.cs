namespace Vigil.Platform;

/// <summary>The permissions that this process's new files never get. It is read once: nothing of ours changes it.</summary>
internal static class Umask
{
    // Taken for the widest where the kernel does not tell: the mode is set once more then.
    private static readonly Lazy<uint> Own = new(static () => Read() ?? 0x1FF);

    /// <summary>Whether a file made with this mode gets less.</summary>
    public static bool Narrows(UnixFileMode mode) => ((uint)mode & Own.Value) != 0;

    private static uint? Read()
    {
        const string name = "Umask:";
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(static l => l.StartsWith(name, StringComparison.Ordinal));
        return line is null ? null : Convert.ToUInt32(line[name.Length..].Trim(), 8);
    }
}
