using System.Runtime.InteropServices;
using Vigil.Platform;

namespace Vigil.Tests.Evaluations;

/// <summary>Packs with the system's libzstd, which Vigil itself only unpacks with.</summary>
internal static class SystemZstd
{
    private delegate nuint Compress(byte[] into, nuint room, byte[] from, nuint length, int level);

    private delegate nuint Bound(nuint length);

    private static readonly nint Loaded = NativeLibrary.TryLoad(Zstd.Library, out var handle) ? handle : 0;

    /// <summary>Tests that need it are skipped where a machine has none.</summary>
    public static void Demand() => Assert.SkipUnless(Loaded != 0, $"{Zstd.Library} is not on this machine");

    public static byte[] Pack(byte[] bytes)
    {
        var room = new byte[(int)Marshal.GetDelegateForFunctionPointer<Bound>(NativeLibrary.GetExport(Loaded, "ZSTD_compressBound"))((nuint)bytes.Length)];
        var length = Marshal.GetDelegateForFunctionPointer<Compress>(NativeLibrary.GetExport(Loaded, "ZSTD_compress"))(room, (nuint)room.Length, bytes, (nuint)bytes.Length, 3);
        return room[..(int)length];
    }
}
