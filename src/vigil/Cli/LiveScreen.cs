using System.Text;
using Spectre.Console;
using Vigil.Logs;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Views;

namespace Vigil.Cli;

/// <summary>Where a live table is drawn.</summary>
internal sealed record Canvas(TextWriter Out, bool HasColour, Func<(int Width, int Height)> Size);

/// <summary>
/// A table that stays where it is on the terminal and shows what matters first. Drawn at most four times a second, in one write, each line
/// over the one that was there: nothing is cleared first, so nothing flickers.
/// </summary>
internal sealed class LiveScreen : IMonitorScreen, IDisposable
{
    private static readonly TimeSpan DrawEvery = TimeSpan.FromMilliseconds(250);
    private const string HideCursor = "\e[?25l", ShowCursor = "\e[?25h", ClearRight = "\e[K", ClearBelow = "\e[J";

    /// <summary>Title, head of the table, what is left out, the last line, and the cursor's own.</summary>
    private const int LinesBesideRows = 5;

    private readonly Canvas _canvas;
    private readonly string _title;
    private readonly Lock _gate = new();
    private List<string> _drawnLines = [];
    private DateTimeOffset _drawn;
    private MonitorView? _last;
    private bool _over;

    public LiveScreen(Canvas canvas, string title)
    {
        (_canvas, _title) = (canvas, title);
        _canvas.Out.Write(HideCursor);
        AppDomain.CurrentDomain.ProcessExit += GiveCursorBack;
    }

    public void Decided(JournalEntry entry, ExperimentState state)
    {
        // The table shows the state; what led to it is in run.log.
    }

    public void Show(MonitorView view)
    {
        lock (_gate)
        {
            _last = view;
            if (!_over && view.Now - _drawn >= DrawEvery) Draw(view, "");
        }
    }

    public void Say(string text)
    {
        lock (_gate)
        {
            if (_over) _canvas.Out.WriteLine(text);
            else if (_last is { } view) Draw(view, $"{text}{ClearRight}\n");
            else _canvas.Out.WriteLine(text);
        }
    }

    /// <summary>Takes the table away and gives the cursor back; the result table follows.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_over) return;
            _over = true;
            _canvas.Out.Write($"{Up()}{ClearBelow}{ShowCursor}");
            _canvas.Out.Flush();
        }
        AppDomain.CurrentDomain.ProcessExit -= GiveCursorBack;
    }

    /// <summary>For those who leave at once: no lock, since whoever holds it may be stuck.</summary>
    private void GiveCursorBack(object? sender, EventArgs e) => _canvas.Out.Write(ShowCursor);

    private void Draw(MonitorView view, string before)
    {
        _drawn = view.Now;
        var (width, height) = _canvas.Size();
        var lines = Render(view, Math.Max(20, width), Math.Max(1, height - LinesBesideRows));
        var text = new StringBuilder(Up()).Append(before);
        foreach (var line in lines) text.Append(line).Append(ClearRight).Append('\n');
        text.Append(ClearBelow);
        _drawnLines = [.. lines];
        _canvas.Out.Write(text.ToString());
        _canvas.Out.Flush();
    }

    /// <summary>Back to the first line of the table. A terminal that was made narrower has broken the lines that no longer fit.</summary>
    private string Up()
    {
        var width = Math.Max(20, _canvas.Size().Width);
        var lines = _drawnLines.Sum(line => Math.Max(1, (Visible(line) + width - 1) / width));
        return lines > 0 ? $"\r\e[{lines}A" : "\r";
    }

    private static int Visible(string line)
    {
        var count = 0;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '\e') i = line.IndexOf('m', i) is var end and >= 0 ? end : line.Length;
            else count++;
        }
        return count;
    }

    private List<string> Render(MonitorView view, int width, int rows)
    {
        var troubles = SightText.Troubles(view.Sight, view.Now).ToList();
        var shown = Important(view.State, Math.Max(1, rows - troubles.Count)).ToList();
        List<string> lines = [.. Line($"{_title}  {Counts(view.State)}", "bold", width)];
        lines.AddRange(Consoles.Lines(RunTable.Live(shown, view).Fit(width), width, _canvas.HasColour));
        if (view.State.Runs.Count > shown.Count) lines.AddRange(Line($"… and {Quantity.Of(view.State.Runs.Count - shown.Count, "more run")}: vigil status shows all", "grey", width));
        foreach (var trouble in troubles) lines.AddRange(Line(trouble, "yellow", width));
        lines.AddRange(view.Trouble is { } stop ? Line(stop, "red", width) : Line("Ctrl-C leaves; the jobs go on, and the same command comes back here", "grey", width));
        return lines;
    }

    private IEnumerable<string> Line(string text, string style, int width) =>
        Consoles.Lines(new Markup($"[{style}]{Markup.Escape(LogText.Safe(text.Length <= width ? text : $"{text[..(width - 1)]}…"))}[/]"), width, _canvas.HasColour);

    /// <summary>All in plan order when they fit; else those that run, then failures, then the rest.</summary>
    private static IEnumerable<RunRecord> Important(ExperimentState state, int rows) => state.Runs.Count <= rows
        ? state.InPlanOrder
        : state.InPlanOrder.OrderBy(Rank).Take(rows);

    internal static int Rank(RunRecord run) => run.State switch
    {
        RunState.Running => 0,
        RunState.Finished { Outcome: not (Outcome.Completed or Outcome.Skipped) } => 1,
        RunState.Waiting { NotBefore: not null } => 2,
        RunState.Queued or RunState.Submitting => 3,
        RunState.Waiting => 4,
        _ => 5,
    };

    internal static string Counts(ExperimentState state)
    {
        var counts = state.Runs.Values.CountBy(RunWords.State).ToDictionary();
        return string.Join(" · ", RunWords.All.Where(counts.ContainsKey).Select(word => $"{counts[word]} {word.Replace('_', ' ')}"));
    }
}
