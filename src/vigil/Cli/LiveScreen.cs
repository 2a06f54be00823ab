using Spectre.Console;
using Vigil.Logs;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Views;

namespace Vigil.Cli;

/// <summary>A table that stays where it is on the terminal and shows what matters first. Draws at most four times a second.</summary>
internal sealed class LiveScreen : IMonitorScreen, IDisposable
{
    private static readonly TimeSpan DrawEvery = TimeSpan.FromMilliseconds(250);
    private const string HideCursor = "\e[?25l", ShowCursor = "\e[?25h", ClearBelow = "\e[J";

    private readonly TextWriter _out;
    private readonly string _title;
    private readonly Func<(int Width, int Height)> _size;
    private readonly Lock _gate = new();
    private DateTimeOffset _drawn;
    private int _lines;
    private MonitorView? _last;

    public LiveScreen(TextWriter output, string title, Func<(int Width, int Height)> size)
    {
        (_out, _title, _size) = (output, title, size);
        _out.Write(HideCursor);
    }

    public void Decided(JournalEntry entry, ExperimentState state) => _drawn = default;

    public void Show(MonitorView view)
    {
        lock (_gate)
        {
            _last = view;
            if (view.Now - _drawn < DrawEvery) return;
            Draw(view);
        }
    }

    public void Say(string text)
    {
        lock (_gate)
        {
            Erase();
            _out.WriteLine(text);
            if (_last is { } view) Draw(view);
        }
    }

    /// <summary>Takes the table away and gives the cursor back; the result table follows.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            Erase();
            _out.Write(ShowCursor);
            _out.Flush();
        }
    }

    private void Draw(MonitorView view)
    {
        _drawn = view.Now;
        var (width, height) = _size();
        var text = Render(view, width, Math.Max(3, height - 6));
        Erase();
        _out.Write(text);
        _out.Flush();
        _lines = text.Count(static c => c == '\n');
    }

    private void Erase()
    {
        if (_lines > 0) _out.Write($"\e[{_lines}A\r{ClearBelow}");
        _lines = 0;
    }

    private string Render(MonitorView view, int width, int rows)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.Standard, Out = new AnsiConsoleOutput(text), Interactive = InteractionSupport.No });
        console.Profile.Width = width;
        var shown = Important(view.State, rows).ToList();
        console.MarkupLine($"[bold]{Markup.Escape(_title)}[/]  {Markup.Escape(Counts(view.State))}");
        console.Write(RunTable.Live(shown, run => Progress(view, run), run => view.Progress.LastOutput(run) is { } at ? view.Now - at : null));
        if (view.State.Runs.Count > shown.Count) console.MarkupLine($"[grey]… and {view.State.Runs.Count - shown.Count} more runs: vigil status shows all[/]");
        console.MarkupLine(view.Trouble is { } trouble ? $"[red]{Markup.Escape(trouble)}[/]" : "[grey]Ctrl-C leaves; the jobs go on, and the same command comes back here[/]");
        return text.ToString();
    }

    /// <summary>All in plan order when they fit; else those that run, then failures, then the rest.</summary>
    private static IEnumerable<RunRecord> Important(ExperimentState state, int rows) => state.Runs.Count <= rows
        ? state.InPlanOrder
        : state.InPlanOrder.OrderBy(Rank).Take(rows);

    private static int Rank(RunRecord run) => run.State switch
    {
        RunState.Running => 0,
        RunState.Finished { Outcome: not (Outcome.Completed or Outcome.Skipped) } => 1,
        RunState.Waiting { NotBefore: not null } => 2,
        RunState.Queued or RunState.Submitting => 3,
        RunState.Waiting => 4,
        _ => 5,
    };

    private static ProgressReport? Progress(MonitorView view, RunRecord run) => run.Attempts.IsEmpty ? null : view.Progress.Of(run);

    internal static string Counts(ExperimentState state)
    {
        var counts = state.Runs.Values.CountBy(static r => RunWords.State(r.State)).ToDictionary();
        return string.Join(" · ", RunWords.All.Where(counts.ContainsKey).Select(word => $"{counts[word]} {word.Replace('_', ' ')}"));
    }
}
