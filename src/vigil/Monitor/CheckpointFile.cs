using Vigil.Logs;
using Vigil.Logs.Checkpoints;
using Vigil.Platform;

namespace Vigil.Monitor;

/// <summary>Looks at files of checkpoints: regular ones only, and no link that leads out of the folders that are looked at.</summary>
internal static class CheckpointFile
{
    /// <summary>Null: there is no regular file, or only behind a link that leads away.</summary>
    /// <param name="name">As its checkpoint names it.</param>
    public static CheckpointPart? Part(string path, string name, string root)
    {
        try
        {
            return Target(path, root) is not { } target || FileStatus.Of(target) is not { IsRegular: true } status ? null : new(name, status.Size, File.GetLastWriteTimeUtc(target));
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException) { return null; }
    }

    /// <summary>Null: it cannot be opened. Every read opens and closes, so that nothing is held while the trainer works.</summary>
    public static ReadAt? Open(string path, string root)
    {
        // What is no regular file is never opened: a pipe would wait for its writer.
        if (Part(path, "", root) is null || Target(path, root) is not { } target) return null;
        return Read(target, 0, []) is null ? null : (offset, into) => Read(target, offset, into) ?? 0;
    }

    /// <summary>The beginning of a small file; null: there is none.</summary>
    public static byte[]? Small(string path, string root) => Part(path, "", root) is not null && Target(path, root) is { } target ? SmallFile.TryRead(target) : null;

    private static int? Read(string path, long offset, Span<byte> into)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var got = 0;
            while (got < into.Length && RandomAccess.Read(file, into[got..], offset + got) is > 0 and var more) got += more;
            return got;
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException) { return null; }
    }

    /// <summary>What the path leads to; null where that lies outside.</summary>
    private static string? Target(string path, string root)
    {
        try
        {
            if (File.ResolveLinkTarget(path, returnFinalTarget: true) is not { } target) return path;
            return target.FullName.StartsWith(root + "/", StringComparison.Ordinal) ? target.FullName : null;
        }
        catch (Exception circle) when (circle is IOException or UnauthorizedAccessException) { return null; }
    }
}
