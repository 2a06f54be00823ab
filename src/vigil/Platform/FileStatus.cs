using System.Runtime.InteropServices;

namespace Vigil.Platform;

/// <summary>Who owns a file, what kind it is, and how large, without following a link.</summary>
internal readonly record struct FileStatus(uint Owner, uint Mode, long Size, uint Links)
{
    private const uint KindMask = 0xF000, Regular = 0x8000, Folder = 0x4000;

    public bool IsRegular => IsRegularMode(Mode);
    public bool IsFolder => (Mode & KindMask) == Folder;
    public uint Permissions => Mode & 0xFFF;
    public bool IsMine => Owner == Libc.EffectiveUser();

    public static bool IsRegularMode(uint mode) => (mode & KindMask) == Regular;

    /// <summary>Null when there is nothing of that name.</summary>
    public static FileStatus? Of(string path)
    {
        if (Statx.Call(Statx.AtCurrentFolder, path, Statx.NoFollow, Statx.Basic, out var status) == 0) return new FileStatus(status.Owner, status.Mode, (long)status.Size, status.Links);
        return Marshal.GetLastPInvokeError() == Libc.ErrorNoEntry ? null : throw Libc.LastError("look at", path);
    }
}

/// <summary>The one call of the kernel whose structure is the same on every architecture.</summary>
internal static partial class Statx
{
    public const int AtCurrentFolder = -100, NoFollow = 0x100, OfDescriptor = 0x1000;
    public const uint Basic = 0x7FF;

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct Buffer
    {
        [FieldOffset(16)] public uint Links;
        [FieldOffset(20)] public uint Owner;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(40)] public ulong Size;
        [FieldOffset(136)] public ulong Device;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Call(int folder, string path, int flags, uint mask, out Buffer buffer);
}
