using System.Collections.Immutable;

namespace Vigil.Configuration;

/// <summary>One folder that config files are looked for in, such as the user's <c>config/</c>.</summary>
/// <param name="Name">As the user named it, for messages.</param>
/// <param name="FullPath">Absolute; what is built in has none.</param>
/// <param name="Read">The file at a relative path with its extension, such as <c>db/mysql.yaml</c>; null when there is none.</param>
/// <param name="List">The names in a relative folder (<c>""</c> is the top), sorted; a folder's name ends in <c>/</c>.</param>
public sealed record ConfigFolder(string Name, string? FullPath, Func<string, SourceFile?> Read, Func<string, ImmutableArray<string>> List);

/// <summary>Where config files and groups are looked for: folders in order, the user's before what is built in. Each file is read once.</summary>
public sealed class ConfigLibrary(ImmutableArray<ConfigFolder> folders)
{
    private readonly Dictionary<string, SourceFile?> _files = [];

    public static ConfigLibrary Empty { get; } = new([]);

    public ImmutableArray<ConfigFolder> Folders => folders;

    /// <summary>The file of a config such as <c>db/mysql</c>; null when no folder has it.</summary>
    public SourceFile? Find(string config)
    {
        if (_files.TryGetValue(config, out var known)) return known;
        SourceFile? found = null;
        foreach (var folder in folders)
            if ((found = folder.Read($"{config}.yaml")) is not null) break;
        return _files[config] = found;
    }

    public bool HasGroup(string path) => folders.Any(f => !f.List(path).IsEmpty);

    /// <summary>The options of a group, sorted, without their extension.</summary>
    public ImmutableArray<string> Options(string group) =>
        [.. folders.SelectMany(f => f.List(group)).Where(static n => n.EndsWith(".yaml", StringComparison.Ordinal)).Select(static n => n[..^5]).Distinct().Order(StringComparer.Ordinal)];
}
