using System.Collections.Immutable;
using System.Text;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>Reads the tables, lists and prose of one section.</summary>
internal sealed class MarkdownBlocks
{
    private readonly MarkdownSection _section;
    private readonly DiagnosticBag _report;
    private readonly ImmutableArray<MarkdownBlock>.Builder _blocks = ImmutableArray.CreateBuilder<MarkdownBlock>();
    private readonly List<Draft> _items = [];
    private readonly List<Draft> _open = [];
    private readonly StringBuilder _prose = new();
    private SourceSpan _proseAt;
    private int _at;

    /// <summary>An item that may still get more lines and children.</summary>
    private sealed class Draft(int indent, SourceSpan at, string text)
    {
        public int Indent => indent;
        public SourceSpan At => at;
        public StringBuilder Text { get; } = new(text);
        public List<Draft> Children { get; } = [];

        public MarkdownItem Finish() => MarkdownItem.Of(Text.ToString().Trim(), at, [.. Children.Select(static c => c.Finish())]);
    }

    private MarkdownBlocks(MarkdownSection section, DiagnosticBag report) => (_section, _report) = (section, report);

    public static ImmutableArray<MarkdownBlock> Read(MarkdownSection section, DiagnosticBag report) => new MarkdownBlocks(section, report).ReadAll();

    private ImmutableArray<MarkdownBlock> ReadAll()
    {
        while (_at < _section.Lines.Length)
        {
            var line = _section.Lines[_at];
            if (MarkdownVeil.Begin(line) is { } veil) SkipVeil(veil);
            else if (MarkdownTable.Begins(_section, _at)) ReadTable();
            else ReadLine(line);
        }
        CloseList();
        CloseProse();
        return _blocks.ToImmutable();
    }

    private void ReadTable()
    {
        CloseList();
        CloseProse();
        (var table, _at) = MarkdownTable.Read(_section, _at, _report);
        if (table is not null) _blocks.Add(table);
    }

    private void SkipVeil(MarkdownVeil veil)
    {
        CloseProse();
        var (first, from) = (_at, _at + 1);
        for (_at++; _at < _section.Lines.Length && !veil.EndsWith(_section.Lines[_at]); _at++) { }
        if (!veil.IsComment) { CloseList(); _blocks.Add(new MarkdownBlock.Paragraph(Place(first, 0), string.Join('\n', _section.Lines[from.._at]))); }
        _at++;
    }

    private void ReadLine(string line)
    {
        var text = line.Trim();
        var indent = line.Length - line.TrimStart().Length;
        var place = Place(_at++, indent);
        if (text.Length == 0) { CloseProse(); _afterBlank = true; return; }
        if (MarkdownVeil.IsCommentLine(line) || text.Length >= 3 && text.Trim('-').Length == 0) return;
        if (text is ['-' or '*' or '+', ' ' or '\t', ..] or "-" or "*" or "+")
        {
            var body = text[1..].TrimStart();
            AddItem(new(indent, place with { Column = place.Column + text.Length - body.Length }, body));
        }
        else if (text.StartsWith("**", StringComparison.Ordinal) && (indent == 0 || _open.Count == 0)) AddItem(new(0, place, text));
        else if (_open.Count > 0 && (indent > 0 || !_afterBlank)) _open[^1].Text.Append(' ').Append(text);
        else AddProse(text, place);
        _afterBlank = false;
    }

    private bool _afterBlank;

    private void AddItem(Draft item)
    {
        CloseProse();
        while (_open.Count > 0 && _open[^1].Indent >= item.Indent) _open.RemoveAt(_open.Count - 1);
        (_open.Count > 0 ? _open[^1].Children : _items).Add(item);
        _open.Add(item);
    }

    private void AddProse(string text, SourceSpan at)
    {
        CloseList();
        if (_prose.Length == 0) _proseAt = at;
        else _prose.Append(' ');
        _prose.Append(text);
    }

    private void CloseProse()
    {
        if (_prose.Length > 0) _blocks.Add(new MarkdownBlock.Paragraph(_proseAt, _prose.ToString()));
        _prose.Clear();
    }

    private void CloseList()
    {
        if (_items.Count > 0) _blocks.Add(new MarkdownBlock.List(_items[0].At, [.. _items.Select(static i => i.Finish())]));
        _items.Clear();
        _open.Clear();
    }

    private SourceSpan Place(int line, int column) => new(_section.At.File, _section.FirstLine + line, column + 1);
}
