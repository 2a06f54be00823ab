using System.Runtime.InteropServices;

namespace Vigil.Platform;

/// <summary>Asks the kernel what this process may do.</summary>
internal static partial class Access
{
    private const int Write = 2, Execute = 1;

    public static bool CanWrite(string folder) => Check(folder, Write | Execute) == 0;

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Check(string path, int mode);
}
