using System.Globalization;

namespace Vigil.Platform;

/// <summary>A symlink that leads elsewhere from one moment to the next: whoever follows it meanwhile finds either.</summary>
internal static class MovedLink
{
    /// <param name="target">As it is to stand in the link: relative to its folder, or absolute.</param>
    /// <returns>False: the disk takes none, or something that no link can replace has its name.</returns>
    public static bool TryPoint(string link, string target)
    {
        var aside = Path.Combine(Path.GetDirectoryName(link)!, string.Create(CultureInfo.InvariantCulture, $".{Path.GetFileName(link)}.{Environment.ProcessId}.tmp"));
        _ = Libc.Unlink(aside);
        if (Libc.Symlink(target, aside) != 0) return false;
        if (Libc.Rename(aside, link) == 0) return true;
        _ = Libc.Unlink(aside);
        return false;
    }
}
