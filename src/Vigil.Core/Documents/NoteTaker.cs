using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>Keeps what has no meaning in its section, so that nothing is lost.</summary>
internal sealed class NoteTaker
{
    private readonly List<DocumentNote> _notes = [];

    public ImmutableArray<DocumentNote> All => [.. _notes];

    public void Add(string section, string key, string text, SourceSpan at) => _notes.Add(new(section, key, text, at));

    public void Take(string section, MarkdownBlock block)
    {
        switch (block)
        {
            case MarkdownBlock.List { Items: var items }:
                foreach (var item in items) Take(section, item);
                break;
            case MarkdownBlock.Table { Header: var header, Rows: var rows }:
                foreach (var row in rows) Add(section, "", string.Join("; ", row.Cells.Select((cell, i) => $"{header[i].Text}: {cell.Text}")), row.At);
                break;
            case MarkdownBlock.Paragraph { Text: var text, At: var at }: Add(section, "", DocumentText.Read(text), at); break;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <param name="under">The keys above it, joined; empty at the top.</param>
    public void Take(string section, MarkdownItem item, string under = "")
    {
        var key = Joined(under, item.Key);
        if (item.Value.Length > 0 || item.Children.IsEmpty) Add(section, key, DocumentText.Read(item.Value), item.ValueAt);
        foreach (var child in item.Children) Take(section, child, item.Key is null && item.Value.Length > 0 ? Joined(under, DocumentText.Read(item.Value)) : key);
    }

    private static string Joined(string under, string? key) => under.Length == 0 ? key ?? "" : key is null ? under : $"{under} / {key}";
}
