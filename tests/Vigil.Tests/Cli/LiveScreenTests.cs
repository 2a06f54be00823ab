using System.Collections.Immutable;
using System.Globalization;
using Vigil.Cli;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Tests.Cli;

/// <summary>The live table, drawn into a terminal of the test's own.</summary>
public sealed class LiveScreenTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(120, 24, 5)]
    [InlineData(60, 24, 1000)]
    [InlineData(30, 10, 1000)]
    [InlineData(200, 50, 40)]
    public void The_table_fits_the_terminal_and_is_drawn_in_place(int width, int height, int runs)
    {
        var terminal = new Grid(width, height);
        using var screen = new LiveScreen(new Canvas(terminal, HasColour: true, () => (width, height)), "experiment");

        for (var i = 0; i < 8; i++) screen.Show(View(runs, Start.AddSeconds(i)));

        Assert.Equal(0, terminal.Scrolled);
        Assert.Equal(1, terminal.Lines.Count(static l => l.StartsWith("experiment  ", StringComparison.Ordinal)));
        Assert.Equal(runs > height - 5, terminal.Lines.Any(static l => l.StartsWith("… and ", StringComparison.Ordinal)));
        Assert.Contains(terminal.Lines, static l => l.StartsWith("Ctrl-C leaves; the jobs go", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_said_stays_above_the_table_and_the_end_leaves_a_clean_screen_with_its_cursor()
    {
        var terminal = new Grid(80, 24);
        var screen = new LiveScreen(new Canvas(terminal, HasColour: false, static () => (80, 24)), "experiment");
        screen.Show(View(3, Start));
        Assert.False(terminal.CursorShown);

        screen.Say("something happened");
        screen.Show(View(3, Start.AddSeconds(1)));
        Assert.Equal("something happened", terminal.Lines[0]);
        Assert.StartsWith("experiment  ", terminal.Lines[1], StringComparison.Ordinal);
        screen.Dispose();

        Assert.Equal("something happened", Assert.Single(terminal.Lines, static l => l.Length > 0));
        Assert.True(terminal.CursorShown);
    }

    [Fact]
    public void It_is_drawn_at_most_four_times_a_second_and_never_cleared_first()
    {
        var terminal = new Grid(80, 24);
        using var screen = new LiveScreen(new Canvas(terminal, HasColour: false, static () => (80, 24)), "experiment");

        for (var i = 0; i < 100; i++) screen.Show(View(3, Start.AddMilliseconds(10 * i)));

        Assert.Equal(4, terminal.Writes.Count(static w => w.Contains("experiment", StringComparison.Ordinal)));
        Assert.DoesNotContain(terminal.Writes, static w => w.Contains("\e[2J", StringComparison.Ordinal) || w.Contains("A\e[J", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_colour_no_colour_is_written()
    {
        var terminal = new Grid(80, 24);
        using var screen = new LiveScreen(new Canvas(terminal, HasColour: false, static () => (80, 24)), "experiment");

        screen.Show(View(3, Start));

        Assert.DoesNotMatch(@"\e\[[\d;]*m", string.Concat(terminal.Writes));
    }

    [Fact]
    public void A_terminal_made_narrower_is_drawn_over_from_the_tables_first_line()
    {
        var width = 100;
        var terminal = new Grid(100, 24);
        using var screen = new LiveScreen(new Canvas(terminal, HasColour: false, () => (width, 24)), "experiment");
        screen.Show(View(3, Start));

        width = 50;
        terminal.Writes.Clear();
        screen.Show(View(3, Start.AddSeconds(1)));

        // Title, head, three runs and the last line; the terminal has broken each line longer than 50 in two.
        var up = int.Parse(terminal.Writes[0].Split('[', 'A')[1], CultureInfo.InvariantCulture);
        Assert.InRange(up, 7, 12);
    }

    [Fact]
    public void A_name_that_is_too_long_loses_its_middle() => Assert.Equal("lr1e…eed1", RunTable.Shorten("lr1e-3_weight-decay0.1_seed1", 9));

    private static MonitorView View(int runs, DateTimeOffset now)
    {
        var planned = Enumerable.Range(0, runs).Select(i => (RunEvent)new RunEvent.RunPlanned(new PlannedRun
        {
            Id = new($"a-rather-long-name-of-a-run_seed{i}"),
            Point = $"p{i}",
            Index = i,
            OutputDir = $"/o/{i}",
            LogPath = $"/o/{i}/%j",
            Command = new CommandTemplate.Line("true"),
            WorkDir = "/",
        })).ToImmutableArray();
        var state = ExperimentState.Empty.Apply(new JournalEntry(1, Start, "user:ada", "plan", planned));
        return new MonitorView(state, new ProgressBoard(TimeProvider.System), now, null);
    }

    /// <summary>As much of a terminal as the table uses.</summary>
    private sealed class Grid(int width, int height) : StringWriter(CultureInfo.InvariantCulture)
    {
        private int _row, _column;

        public List<string> Lines { get; } = [.. Enumerable.Repeat("", height)];
        public List<string> Writes { get; } = [];
        public int Scrolled { get; private set; }
        public bool CursorShown { get; private set; } = true;

        public override void WriteLine(string? value) => Write(value + "\n");

        public override void Write(string? value)
        {
            Writes.Add(value!);
            for (var i = 0; i < value!.Length; i++)
            {
                if (value[i] == '\e') i = Control(value, i + 2);
                else if (value[i] == '\r') _column = 0;
                else if (value[i] == '\n') Down();
                else Put(value[i]);
            }
        }

        private int Control(string text, int at)
        {
            var end = at;
            while (!char.IsLetter(text[end])) end++;
            var number = text[at..end];
            switch (text[end])
            {
                case 'A': _row = Math.Max(0, _row - int.Parse(number, CultureInfo.InvariantCulture)); break;
                case 'K': Lines[_row] = Lines[_row][..Math.Min(_column, Lines[_row].Length)]; break;
                case 'J':
                    Lines[_row] = Lines[_row][..Math.Min(_column, Lines[_row].Length)];
                    for (var row = _row + 1; row < height; row++) Lines[row] = "";
                    break;
                case 'h' when number == "?25": CursorShown = true; break;
                case 'l' when number == "?25": CursorShown = false; break;
            }
            return end;
        }

        private void Down()
        {
            _column = 0;
            if (++_row < height) return;
            (_row, Scrolled) = (height - 1, Scrolled + 1);
            Lines.RemoveAt(0);
            Lines.Add("");
        }

        private void Put(char c)
        {
            if (_column >= width) Down();
            var line = Lines[_row].PadRight(_column + 1);
            Lines[_row] = string.Concat(line.AsSpan(0, _column), [c], line.AsSpan(_column + 1));
            _column++;
        }
    }
}
