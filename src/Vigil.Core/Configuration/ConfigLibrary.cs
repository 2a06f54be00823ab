using System.Collections.Immutable;

namespace Vigil.Configuration;

/// <summary>One folder that config files are looked for in, such as the user's <c>config/</c>.</summary>
/// <param name="Name">As the user named it, for messages.</param>
/// <param name="FullPath">Absolute; what is built in has none.</param>
/// <param name="Read">The file at a relative path with its extension, such as <c>db/mysql.yaml</c>; null when there is none.</param>
/// <param name="List">The names in a relative folder (<c>""</c> is the top), sorted; a folder's name ends in <c>/</c>.</param>
public sealed record ConfigFolder(string Name, string? FullPath, Func<string, SourceFile?> Read, Func<string, ImmutableArray<string>> List);

/// <summary>Where config files and groups are looked for: folders in order, the user's before what is built in. Each file and each folder is read once.</summary>
public sealed class ConfigLibrary(ImmutableArray<ConfigFolder> folders)
{
    private const string Extension = ".yaml";

    private readonly Dictionary<string, SourceFile?> _files = [];
    private readonly Dictionary<string, ImmutableArray<string>> _names = [];

    /// <summary>A new one each time: it remembers what was asked, and is for one thread.</summary>
    public static ConfigLibrary Empty => new([]);

    public ImmutableArray<ConfigFolder> Folders => folders;

    /// <summary>The files that were asked for so far, and are there.</summary>
    public IEnumerable<SourceFile> Taken => _files.Values.OfType<SourceFile>();

    /// <summary>The file of a config such as <c>db/mysql</c>, with or without its extension; null when no folder has it.</summary>
    public SourceFile? Find(string config)
    {
        if (_files.TryGetValue(config, out var known)) return known;
        SourceFile? found = null;
        var path = config.EndsWith(Extension, StringComparison.Ordinal) ? config : config + Extension;
        if (IsInside(path))
            foreach (var folder in folders)
                if ((found = folder.Read(path)) is not null) break;
        return _files[config] = found;
    }

    /// <summary>Whether some folder has this group; the top itself is none.</summary>
    public bool HasGroup(string path) => path.Length > 0 && !Names(path).IsEmpty;

    /// <summary>The options of a group, sorted, without their extension.</summary>
    public ImmutableArray<string> Options(string group) => [.. Names(group).Where(static n => n.EndsWith(Extension, StringComparison.Ordinal)).Select(static n => n[..^Extension.Length])];

    /// <summary>The groups right inside a group (<c>""</c> is the top), sorted.</summary>
    public ImmutableArray<string> Groups(string group) => [.. Names(group).Where(static n => n.EndsWith('/')).Select(static n => n[..^1])];

    private ImmutableArray<string> Names(string path)
    {
        if (_names.TryGetValue(path, out var known)) return known;
        return _names[path] = IsInside(path) ? [.. folders.SelectMany(f => f.List(path)).Distinct().Order(StringComparer.Ordinal)] : [];
    }

    /// <summary>A config's name is never a way out of the folder.</summary>
    private static bool IsInside(string path) =>
        path.Length < 1000 && !path.StartsWith('/') && !path.Contains('\0', StringComparison.Ordinal) && !path.Contains('\\', StringComparison.Ordinal) && !path.Split('/').Contains("..");
}
