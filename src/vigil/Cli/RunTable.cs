using System.Collections.Immutable;
using Spectre.Console;
using Vigil.Logs;
using Vigil.Monitor;
using Vigil.Monitoring;

namespace Vigil.Cli;

/// <summary>A table of runs, for the live view and for results. Where it is too wide, columns go, the least important first; a line is never broken.</summary>
internal sealed class RunTable
{
    private const int Gap = 2, LeastName = 12;

    private readonly ImmutableArray<Column> _columns;
    private readonly List<(string Colour, string[] Cells)> _rows = [];

    private RunTable(params ReadOnlySpan<Column> columns) => _columns = [.. columns];

    /// <param name="Rank">0 is never left out; the highest goes first.</param>
    private readonly record struct Column(string Title, int Rank);

    public static RunTable Live(IEnumerable<RunRecord> runs, MonitorView view)
    {
        var table = new RunTable(new("run", 0), new("state", 0), new("progress", 5), new("step", 1), new("loss", 2), new("speed", 8), new("ETA", 3), new("attempt", 6), new("last line", 7), new("from", 9), new("scheduler says", 4));
        foreach (var (run, depth) in Lineages.InTree([.. runs]))
        {
            var now = run.Attempts.IsEmpty ? null : view.Progress.Of(run);
            table.Add(run, depth, RunCells.Bar(now), RunCells.Step(now), RunCells.Loss(now), RunCells.Speed(now), RunCells.Eta(run, now), RunCells.Attempt(run),
                run.State is RunState.Running && view.Progress.LastOutput(run) is { } at ? RunCells.Duration(view.Now - at) : "", LogText.Safe(Lineages.From(run)), LogText.Safe(SightText.Of(run, view.Sight, view.Now)));
        }
        return table.Without("scheduler says").Without("from");
    }

    /// <summary>The same, without a column in which nothing stands.</summary>
    private RunTable Without(string title)
    {
        var place = _columns.Select(static c => c.Title).ToList().IndexOf(title);
        if (_rows.Exists(r => r.Cells[place].Length > 0)) return this;
        var rest = new RunTable([.. _columns.RemoveAt(place)]);
        rest._rows.AddRange(_rows.Select(r => (r.Colour, r.Cells.Where((_, i) => i != place).ToArray())));
        return rest;
    }

    public static RunTable Results(IEnumerable<RunRecord> runs, Func<RunRecord, ProgressReport?> progress)
    {
        var table = new RunTable(new("run", 0), new("state", 0), new("step", 1), new("loss", 2), new("attempts", 5), new("took", 3), new("checkpoint", 4));
        foreach (var (run, depth) in Lineages.InTree([.. runs]))
        {
            var now = progress(run);
            table.Add(run, depth, RunCells.Step(now), RunCells.Loss(now), RunCells.Attempt(run), RunCells.Took(run), run.Checkpoint is { } c ? $"step {c.Step}" : "");
        }
        return table;
    }

    /// <summary>The columns that have a place in so many characters.</summary>
    public Table Fit(int width)
    {
        var widths = _columns.Select((c, i) => Math.Max(c.Title.Length, _rows.Select(r => r.Cells[i].Length).DefaultIfEmpty().Max())).ToArray();
        var shown = Enumerable.Range(0, _columns.Length).ToList();
        // A long name may lose its middle before more than the half of the columns goes.
        var name = Math.Min(widths[0], Math.Max(LeastName, width * 2 / 5));
        while (Total(shown) is var total && total - widths[0] + name > width && shown.MaxBy(i => _columns[i].Rank) is var last && _columns[last].Rank > 0) shown.Remove(last);
        name = Math.Clamp(width - (Total(shown) - widths[0]), Math.Min(LeastName, widths[0]), widths[0]);
        var table = new Table { Border = TableBorder.None, ShowRowSeparators = false };
        foreach (var i in shown) table.AddColumn(new TableColumn(new Markup($"[bold]{_columns[i].Title}[/]")) { NoWrap = true, Padding = new Padding(0, 0, i == shown[^1] ? 0 : Gap, 0) });
        foreach (var (colour, cells) in _rows) table.AddRow(shown.Select(i => Cell(i, i == 0 ? Shorten(cells[0], name) : cells[i], colour)));
        return table;

        int Total(List<int> columns) => columns.Sum(i => widths[i]) + Gap * (columns.Count - 1);
    }

    /// <summary>Names of runs differ at both ends: what is left out is the middle.</summary>
    internal static string Shorten(string text, int width) => text.Length <= width ? text : width < 3 ? text[..width] : $"{text[..((width - 1) / 2)]}…{text[^(width - 1 - (width - 1) / 2)..]}";

    // Names and reasons come from configs and logs: they are text, never markup, and nothing in them drives the terminal.
    private static Markup Cell(int column, string text, string colour) => new(column == 1 ? $"[{colour}]{Markup.Escape(text)}[/]" : Markup.Escape(text)) { Overflow = Overflow.Ellipsis };

    /// <param name="depth">0, or how many runs it comes from that are shown above it.</param>
    private void Add(RunRecord run, int depth, params ReadOnlySpan<string> cells) => _rows.Add((RunCells.Colour(run), [depth == 0 ? run.Id.Value : $"{new string(' ', 2 * (depth - 1))}└ {run.Id}", LogText.Safe(RunCells.State(run)), .. cells]));
}
