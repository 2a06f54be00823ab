using System.Globalization;
using System.Text;

namespace Vigil.Planning;

/// <summary>Draws a stage graph with lines and corners, within the width of a terminal.</summary>
internal sealed class StageBoxes
{
    private const int Least = 24;
    private const int Most = 100;

    private readonly StageGraph _graph;
    private readonly int _width;
    private readonly StringBuilder _text = new();

    public StageBoxes(StageGraph graph, int columns)
    {
        _graph = graph;
        var wanted = graph.Stages.SelectMany(Lines).Select(static l => Width(l) + 4).DefaultIfEmpty(0).Max();
        _width = Math.Clamp(wanted, Least, Math.Clamp(columns, Least, Most));
    }

    public string Draw()
    {
        Line(Cut($"{_graph.Experiment}: {StageGraph.Count(_graph.JobCount)} in {(_graph.Stages.Length == 1 ? "1 stage" : $"{_graph.Stages.Length} stages")}", _width));
        for (var i = 0; i < _graph.Stages.Length; i++)
        {
            if (i > 0) Line(_graph.Stages[i].After.IsEmpty ? "" : new string(' ', _width / 2) + "▼");
            Draw(_graph.Stages[i]);
        }
        return _text.ToString();
    }

    private void Draw(StageBox stage)
    {
        Line("┌" + new string('─', _width - 2) + "┐");
        foreach (var line in Lines(stage)) Line($"│ {Pad(Cut(line, _width - 4), _width - 4)} │");
        Line("└" + new string('─', _width - 2) + "┘");
    }

    private static IEnumerable<string> Lines(StageBox stage)
    {
        yield return $"{stage.Name} · {StageGraph.Count(stage.Jobs.Length)}";
        if (stage.Jobs.Length > 1 || stage.Jobs[0] != stage.Name)
            foreach (var job in StageGraph.Shown(stage)) yield return $"  {job}";
        if (!stage.After.IsEmpty) yield return $"starts after {string.Join(", ", stage.After)}";
        foreach (var line in stage.StartConditions.SelectMany(static c => Condition("starts when", c))) yield return line;
        if (stage.After.IsEmpty && stage.StartConditions.IsEmpty) yield return "starts at once";
        foreach (var line in stage.CancelConditions.SelectMany(static c => Condition("cancelled when", c))) yield return line;
        if (!stage.Watches.IsEmpty) yield return $"watches {string.Join(", ", stage.Watches)}";
    }

    private static IEnumerable<string> Condition(string when, string condition) =>
        condition.Split('\n').Select((line, i) => i == 0 ? $"{when} {line}" : $"  {line}");

    private void Line(string text) => _text.Append(text).Append('\n');

    private static string Pad(string text, int width) => text + new string(' ', Math.Max(0, width - Width(text)));

    /// <summary>The text in at most so many cells; control characters become spaces.</summary>
    private static string Cut(string text, int width)
    {
        var cut = new StringBuilder();
        var cells = 0;
        var isWhole = Width(text) <= width;
        for (var elements = StringInfo.GetTextElementEnumerator(text); elements.MoveNext();)
        {
            var element = elements.GetTextElement();
            var size = Width(element);
            if (!isWhole && cells + size > width - 1) return cut.Append('…').ToString();
            cut.Append(char.IsControl(element[0]) ? " " : element);
            cells += size;
        }
        return cut.ToString();
    }

    /// <summary>How many cells a terminal gives a text: characters of East Asia and pictures take two.</summary>
    private static int Width(string text)
    {
        var cells = 0;
        for (var elements = StringInfo.GetTextElementEnumerator(text); elements.MoveNext();)
            cells += Rune.TryGetRuneAt(text, elements.ElementIndex, out var rune) && IsWide(rune.Value) ? 2 : 1;
        return cells;
    }

    private static bool IsWide(int rune) => rune is >= 0x1100 and (<= 0x115F or >= 0x2E80 and <= 0x303E or >= 0x3041 and <= 0xA4CF or >= 0xAC00 and <= 0xD7A3 or >= 0xF900 and <= 0xFAFF
        or >= 0xFE30 and <= 0xFE6F or >= 0xFF00 and <= 0xFF60 or >= 0xFFE0 and <= 0xFFE6 or >= 0x1F300 and <= 0x1FAFF or >= 0x20000 and <= 0x3FFFD);
}
