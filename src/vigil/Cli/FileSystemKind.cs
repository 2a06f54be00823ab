namespace Vigil.Cli;

/// <summary>What kind of file system a folder lies on, as the kernel names it.</summary>
internal static class FileSystemKind
{
    private static readonly string[] OfOneMachine = ["ext2", "ext3", "ext4", "xfs", "btrfs", "tmpfs", "ramfs", "overlay", "f2fs", "zfs", "vfat"];

    /// <summary>Null: not to be told.</summary>
    public static string? Of(string folder)
    {
        try
        {
            return Of(folder, File.ReadAllLines("/proc/self/mountinfo"));
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <param name="mounts">Lines of <c>/proc/self/mountinfo</c>: the place is the fifth word, the kind follows a lonely dash. A later mount covers an earlier one.</param>
    internal static string? Of(string folder, IEnumerable<string> mounts)
    {
        var (longest, kind) = (-1, (string?)null);
        foreach (var line in mounts)
        {
            var words = line.Split(' ');
            var dash = Array.IndexOf(words, "-");
            if (dash < 6 || dash + 1 >= words.Length) continue;
            var place = words[4].Replace("\\040", " ", StringComparison.Ordinal);
            var covers = place == "/" || folder == place || folder.StartsWith($"{place}/", StringComparison.Ordinal);
            if (covers && place.Length >= longest) (longest, kind) = (place.Length, words[dash + 1]);
        }
        return kind;
    }

    /// <summary>Whether other machines can see it as well; what is unknown is taken for shared.</summary>
    public static bool IsShared(string kind) => !OfOneMachine.Contains(kind);
}
