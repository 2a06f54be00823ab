using System.Collections.Immutable;
using System.IO.Enumeration;

namespace Vigil.Evaluations;

/// <summary>A file that is a log of an evaluation, or that is called like one.</summary>
internal sealed record EvalLogFound(string Path, EvalReading Reading);

/// <summary>All logs below a folder.</summary>
/// <param name="Logs">In the order in which the evaluations began; files of which that is not known come last.</param>
/// <param name="LeftOut">Why not everything was looked at; null: it was.</param>
internal sealed record EvalLogsFound(ImmutableArray<EvalLogFound> Logs, string? LeftOut);

/// <summary>Finds logs below a folder by their extension, and by their content where the extension says little. Links are not followed: what they lead to in the folder is found by itself.</summary>
/// <param name="MostNames">So many files and folders are looked at.</param>
internal sealed record EvalLogFolder(int MostNames)
{
    /// <summary>Folders that are not looked into: whatever is in them is somebody else's.</summary>
    public IReadOnlySet<string> Others { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>More than any experiment has; a search that ran away ends.</summary>
    public static EvalLogFolder Whole { get; } = new(500_000);

    private const int Deepest = 20;

    private static readonly EnumerationOptions Plainly = new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true, ReturnSpecialDirectories = false };

    private readonly record struct Name(string Text, bool IsFolder);

    public EvalLogsFound Find(string root, ZstdSupport zstd)
    {
        var found = ImmutableArray.CreateBuilder<EvalLogFound>();
        var folders = new Queue<(string Path, int Level)>([(root, 0)]);
        string? leftOut = null;
        for (var left = MostNames; folders.TryDequeue(out var folder);)
            foreach (var name in Names(folder.Path))
            {
                if (left-- == 0) return Sorted(found, $"there are more than {MostNames} files below {root}: the rest was not looked at");
                var path = Path.Join(folder.Path, name.Text);
                if (!name.IsFolder) Look(path, zstd, found);
                else if (Others.Contains(path)) continue;
                else if (folder.Level + 1 < Deepest) folders.Enqueue((path, folder.Level + 1));
                else leftOut = $"{path} lies too deep and was not looked into";
            }
        return Sorted(found, leftOut);
    }

    private static void Look(string path, ZstdSupport zstd, ImmutableArray<EvalLogFound>.Builder found)
    {
        if (path.EndsWith(".eval", StringComparison.Ordinal)) found.Add(new(path, EvalLogFile.Read(path, zstd)));
        // Most JSON is something else, and what cannot be read most likely as well.
        else if (path.EndsWith(".json", StringComparison.Ordinal) && EvalLogFile.Read(path, zstd) is not EvalReading.Refused { Trouble: EvalTrouble.NotALog or EvalTrouble.CannotBeRead } and var reading) found.Add(new(path, reading));
    }

    private static EvalLogsFound Sorted(ImmutableArray<EvalLogFound>.Builder found, string? leftOut) =>
        new([.. found.OrderBy(static f => (f.Reading as EvalReading.Read)?.Log.Created ?? DateTimeOffset.MaxValue).ThenBy(static f => f.Path, StringComparer.Ordinal)], leftOut);

    private static IEnumerable<Name> Names(string folder)
    {
        using var names = Open(folder);
        while (names is not null && TryMove(names)) yield return names.Current;
    }

    private static IEnumerator<Name>? Open(string folder)
    {
        try
        {
            return new FileSystemEnumerable<Name>(folder, static (ref FileSystemEntry entry) => new(entry.FileName.ToString(), entry.IsDirectory), Plainly).GetEnumerator();
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { return null; }
    }

    /// <summary>A folder may go while it is read.</summary>
    private static bool TryMove(IEnumerator<Name> names)
    {
        try
        {
            return names.MoveNext();
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { return false; }
    }
}
