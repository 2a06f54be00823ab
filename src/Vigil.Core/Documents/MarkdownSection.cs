using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>A heading with the lines up to the next one.</summary>
/// <param name="Level">1 to 6; 0 for what stands before the first heading.</param>
/// <param name="At">Where the title stands.</param>
/// <param name="FirstLine">The number of the first line below the heading, from 1.</param>
internal sealed record MarkdownSection(int Level, string Title, SourceSpan At, int FirstLine, ImmutableArray<string> Lines)
{
    public string Key { get; } = DocumentWords.Key(Title);

    /// <summary>Cuts a text at its headings; what looks like one in a block of code or in a comment is none.</summary>
    public static ImmutableArray<MarkdownSection> Cut(SourceFile file, DiagnosticBag report)
    {
        var sections = ImmutableArray.CreateBuilder<MarkdownSection>();
        var section = new MarkdownSection(0, "", new(file.Name, 1, 1), 1, []);
        var lines = ImmutableArray.CreateBuilder<string>();
        var (number, veil, opened) = (0, (MarkdownVeil?)null, 0);
        foreach (var raw in file.Text.TrimStart('\uFEFF').Split('\n'))
        {
            var line = raw.TrimEnd('\r');
            number++;
            if (veil is not null) veil = veil.EndsWith(line) ? null : veil;
            else if ((veil = MarkdownVeil.Begin(line)) is not null) opened = number;
            else if (Heading(line) is { } heading)
            {
                sections.Add(section with { Lines = lines.ToImmutable() });
                lines.Clear();
                section = new(heading.Level, heading.Title, new(file.Name, number, heading.Column), number + 1, []);
                continue;
            }
            lines.Add(line);
        }
        sections.Add(section with { Lines = lines.ToImmutable() });
        if (veil is not null) report.Error("DOC025", new(file.Name, opened, 1), $"{veil.Name} begins here and never ends, so nothing below it is read", $"close it with {veil.Close}");
        return sections.ToImmutable();
    }

    private static (int Level, string Title, int Column)? Heading(string line)
    {
        var start = line.Length - line.TrimStart(' ').Length;
        var level = 0;
        while (start + level < line.Length && line[start + level] == '#') level++;
        if (start > 3 || level is 0 or > 6 || start + level < line.Length && line[start + level] is not (' ' or '\t')) return null;
        var rest = line[(start + level)..];
        var title = rest.Trim();
        if (title.EndsWith('#') && title.TrimEnd('#') is var bare && (bare.Length == 0 || bare[^1] is ' ' or '\t')) title = bare.Trim();
        return (level, title, start + level + rest.Length - rest.TrimStart().Length + 1);
    }
}
