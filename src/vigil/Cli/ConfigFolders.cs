using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Vigil.Configuration;
using Vigil.Monitor;

namespace Vigil.Cli;

/// <summary>Where config groups are looked for: the user's folder, then what is built in.</summary>
internal static class ConfigFolders
{
    private const int MostGenerations = 20;
    private const string BuiltInPrefix = "config/";

    public static EnumerationOptions Visible { get; } = new() { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.Hidden };

    /// <param name="experiment">Absolute: the experiment file.</param>
    public static ConfigLibrary Library(CliContext context, string experiment, string? configDir, SourceTexts sources, DiagnosticBag report) =>
        new([.. Roots(context, experiment, configDir).Append(Own(context)).OfType<string>().Distinct().Select(root => OnDisk(context, root, sources, report)), BuiltIn(sources)]);

    /// <summary>The user's own groups, for all experiments: what a site is like, above all. Null: there are none.</summary>
    private static string? Own(CliContext context)
    {
        var configs = context.Environment("XDG_CONFIG_HOME") is ['/', ..] given ? given : context.Environment("HOME") is ['/', ..] home ? $"{home}/.config" : null;
        return configs is not null && Directory.Exists($"{configs}/vigil") ? $"{configs}/vigil" : null;
    }

    /// <summary>The configs of a folder by name; nothing where there is no such folder.</summary>
    public static IEnumerable<string> NamesIn(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*.yaml", Visible).Select(static f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)
        : [];

    /// <summary>The same with those of the folders below, each with its path.</summary>
    public static IEnumerable<string> AllNamesIn(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*.yaml", new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.Hidden, RecurseSubdirectories = true, MaxRecursionDepth = 4 })
            .Select(f => Path.ChangeExtension(Path.GetRelativePath(folder, f), null)).Order(StringComparer.Ordinal)
        : [];

    /// <summary>The names in a folder that a configuration asks about, sorted; none where there is no such folder.</summary>
    public static ImmutableArray<string> NamesOf(string folder) =>
        Directory.Exists(folder) ? [.. Directory.EnumerateFileSystemEntries(folder, "*", Visible).Select(static e => Path.GetFileName(e)).Order(StringComparer.Ordinal)] : [];

    /// <summary>-C if it was given; else where a frozen configuration came from; else config/ if the experiment lies in it; else the experiment's own folder.</summary>
    private static IEnumerable<string> Roots(CliContext context, string experiment, string? configDir)
    {
        var own = Path.GetDirectoryName(experiment) ?? "/";
        var named = ExperimentLoader.NamedFolder(context, configDir);
        if (configDir is not null) return [named];
        if (Path.GetFileName(own) == "provenance" && CameFrom(own) is { } first) return [first];
        if (own == named || own.StartsWith($"{named}/", StringComparison.Ordinal)) return [named];
        return Directory.Exists(named) ? [own, named] : [own];
    }

    /// <summary>A configuration's name in its folder, as <c>--config-name</c> takes it, and that folder.</summary>
    public static (string Name, string Folder) NameOf(CliContext context, string experiment, string? configDir)
    {
        var named = ExperimentLoader.NamedFolder(context, configDir);
        var folder = experiment.StartsWith($"{named}/", StringComparison.Ordinal) ? named : Path.GetDirectoryName(experiment) ?? "/";
        return (Path.ChangeExtension(Path.GetRelativePath(folder, experiment), null), folder);
    }

    /// <summary>What was frozen from what was frozen came from where the first came from.</summary>
    private static string? CameFrom(string provenance, int depth = 0)
    {
        var from = ReferenceIn(provenance);
        return from is not null && depth < MostGenerations && Path.GetFileName(from) == "provenance" ? CameFrom(from, depth + 1) ?? from : from;
    }

    private static string? ReferenceIn(string provenance)
    {
        try
        {
            var path = Path.Combine(provenance, "config_reference.json");
            return File.Exists(path) && JsonSerializer.Deserialize(File.ReadAllBytes(path), ProvenanceJson.Default.ConfigReference) is { ConfigDir: { Length: > 0 } dir } && Directory.Exists(dir) ? dir : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;    // a frozen configuration runs without it; a group that then is not found says so itself
        }
    }

    private static ConfigFolder OnDisk(CliContext context, string root, SourceTexts sources, DiagnosticBag report)
    {
        string Shown(string path) => Path.GetRelativePath(context.CurrentFolder, path) is var near && near.StartsWith("..", StringComparison.Ordinal) ? path : near;

        // A name may lead out of its folder as little as a group may: '..' finds nothing.
        string? Inside(string relative) => Path.GetFullPath(relative, root) is var full && (full == root || full.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal)) ? full : null;

        SourceFile? Read(string relative)
        {
            if (Inside(relative) is not { } path || !File.Exists(path)) return null;
            return TextFile.Read(Shown(path), path, sources, report) ?? new SourceFile(Shown(path), path, "");  // its mistake is in the report
        }

        ImmutableArray<string> List(string relative) => Inside(relative) is { } folder && Directory.Exists(folder)
            ? [.. Directory.EnumerateFileSystemEntries(folder, "*", Visible).Select(static e => Directory.Exists(e) ? $"{Path.GetFileName(e)}/" : Path.GetFileName(e)).Order(StringComparer.Ordinal)]
            : [];

        return new ConfigFolder(Shown(root), root, Read, List);
    }

    private static ConfigFolder BuiltIn(SourceTexts sources)
    {
        SourceFile? Read(string relative)
        {
            using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(BuiltInPrefix + relative);
            if (stream is null) return null;
            using var text = new StreamReader(stream, Encoding.UTF8);
            return sources.Keep(new SourceFile($"{SourceSpan.BuiltIn}{relative}", $"built-in:{relative}", text.ReadToEnd()));
        }

        static ImmutableArray<string> List(string relative)
        {
            var below = BuiltInPrefix + (relative.Length == 0 ? "" : relative.TrimEnd('/') + "/");
            return [.. Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(n => n.StartsWith(below, StringComparison.Ordinal))
                .Select(n => n[below.Length..]).Select(static n => n.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? n[..(slash + 1)] : n).Distinct().Order(StringComparer.Ordinal)];
        }

        return new ConfigFolder("built-in", null, Read, List);
    }
}
