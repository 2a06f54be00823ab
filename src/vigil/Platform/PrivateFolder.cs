namespace Vigil.Platform;

/// <summary>Folders that only their owner may enter, whatever the umask.</summary>
internal static class PrivateFolder
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the folder and those above it that are missing; existing ones keep their mode.</summary>
    public static void Create(string path, UnixFileMode mode = OwnerOnly)
    {
        if (Directory.Exists(path)) return;
        if (Path.GetDirectoryName(path) is { Length: > 0 } above) Create(above, mode);
        if (Libc.MakeFolder(path, (uint)mode) < 0)
        {
            if (Directory.Exists(path)) return;
            throw Libc.LastError("make the folder", path);
        }
        if (Umask.Narrows(mode)) Libc.Check(Libc.Chmod(path, (uint)mode), "chmod", path);
    }

    /// <summary>Makes a folder that others must not have prepared for us. Null, or why it cannot be trusted and what to do.</summary>
    public static string? Claim(string path)
    {
        FileStatus? found;
        try
        {
            if (FileStatus.Of(path) is null) Create(path);
            found = FileStatus.Of(path);
        }
        catch (IOException refusal) { return $"{refusal.Message}; set VIGIL_RUN_DIR to a folder that you can write"; }
        if (found is not { IsFolder: true } status) return $"{path} is no folder; remove it, or set VIGIL_RUN_DIR to a folder of your own";
        if (!status.IsMine) return $"{path} belongs to another user; set VIGIL_RUN_DIR to a folder of your own";
        var mode = (UnixFileMode)status.Permissions;
        return mode == OwnerOnly ? null : $"others may enter {path} (mode {Convert.ToString((int)mode, 8)}); run: chmod 700 {path}";
    }
}
