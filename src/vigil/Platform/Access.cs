namespace Vigil.Platform;

/// <summary>Asks the kernel what this process may do.</summary>
internal static class Access
{
    private const int Write = 2, Execute = 1;

    public static bool CanWrite(string folder) => Libc.Access(folder, Write | Execute) == 0;
}
