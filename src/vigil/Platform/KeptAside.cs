using System.Globalization;

namespace Vigil.Platform;

/// <summary>A file of somebody else's that stands where one of ours goes is moved to <c>NAME.before</c>, or <c>NAME.before.2</c>; nothing is destroyed.</summary>
internal static class KeptAside
{
    /// <summary>Links are nobody's content, and stay where they are.</summary>
    public static void Move(string path)
    {
        if (FileStatus.Of(path) is null || new FileInfo(path).LinkTarget is not null) return;
        MoveAsItStands(path);
    }

    /// <summary>The same of whatever stands there: a link is moved itself, and a pipe is not opened.</summary>
    public static void MoveAsItStands(string path)
    {
        var aside = $"{path}.before";
        for (var i = 2; FileStatus.Of(aside) is not null; i++) aside = string.Create(CultureInfo.InvariantCulture, $"{path}.before.{i}");
        if (Libc.Rename(path, aside) != 0) throw Libc.LastError("move aside", path);
    }
}
