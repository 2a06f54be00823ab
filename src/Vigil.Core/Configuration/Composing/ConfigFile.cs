using System.Collections.Immutable;

namespace Vigil.Configuration.Composing;

/// <summary>A config file taken apart.</summary>
/// <param name="Header">The package that its <c># @package</c> line names; null without one.</param>
/// <param name="Defaults">Null when the file has no defaults list.</param>
/// <param name="Content">The file without its defaults list.</param>
internal sealed record ConfigFile(SourceFile Source, string? Header, ImmutableArray<DefaultsEntry>? Defaults, ConfigNode Content)
{
    /// <summary>Null when the file cannot be used at all.</summary>
    public static ConfigFile? Read(SourceFile source, DiagnosticBag report)
    {
        if (YamlReader.Read(source, report) is not { } root) return null;
        var header = ReadHeader(source, report);
        if (root is not ConfigNode.Mapping map) return new(source, header, null, root);
        var place = map.Entries.AsSpan().IndexOf(map.Entries.FirstOrDefault(static e => e.Key == "defaults"));
        if (place < 0) return new(source, header, null, root);
        return new(source, header, new DefaultsReader(report).Read(map.Entries[place]), new ConfigNode.Mapping(map.At, map.Entries.RemoveAt(place)));
    }

    /// <summary>Directives stand above everything else; an ordinary comment ends them.</summary>
    private static string? ReadHeader(SourceFile source, DiagnosticBag report)
    {
        string? package = null;
        var number = 0;
        foreach (var line in source.Text.TrimStart('\uFEFF').EnumerateLines())
        {
            number++;
            var text = line.Trim();
            if (text.IsEmpty) continue;
            if (text[0] != '#' || !text[1..].TrimStart().StartsWith("@", StringComparison.Ordinal)) break;
            var words = text.TrimStart('#').ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length != 2) report.Error("CFG077", new(source.Name, number, 1), $"this header has {words.Length} words, not two", "# @package NAME, for example # @package _global_");
            else if (words[0] == "@package") package = words[1];
        }
        return package;
    }
}
