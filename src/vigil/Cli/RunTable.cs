using Spectre.Console;
using Vigil.Logs;
using Vigil.Monitoring;

namespace Vigil.Cli;

/// <summary>Tables of runs, for the live view and for results.</summary>
internal static class RunTable
{
    /// <param name="age">Since the last line of a run's log; null: not known.</param>
    public static Table Live(IEnumerable<RunRecord> runs, Func<RunRecord, ProgressReport?> progress, Func<RunRecord, TimeSpan?> age)
    {
        var table = Empty("run", "state", "progress", "step", "loss", "speed", "ETA", "attempt", "last line");
        foreach (var run in runs)
        {
            var now = progress(run);
            Add(table, run, RunCells.State(run), RunCells.Bar(now), RunCells.Step(now), RunCells.Loss(now), RunCells.Speed(now), RunCells.Eta(run, now), RunCells.Attempt(run),
                run.State is RunState.Running && age(run) is { } old ? RunCells.Duration(old) : "");
        }
        return table;
    }

    public static Table Results(IEnumerable<RunRecord> runs, Func<RunRecord, ProgressReport?> progress)
    {
        var table = Empty("run", "state", "step", "loss", "attempts", "took", "checkpoint");
        foreach (var run in runs)
        {
            var now = progress(run);
            Add(table, run, RunCells.State(run), RunCells.Step(now), RunCells.Loss(now), RunCells.Attempt(run), RunCells.Took(run), run.Checkpoint is { } c ? $"step {c.Step}" : "");
        }
        return table;
    }

    private static Table Empty(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Simple, ShowRowSeparators = false };
        foreach (var column in columns) table.AddColumn(new TableColumn($"[bold]{column}[/]") { NoWrap = true });
        return table;
    }

    // Names and reasons come from configs and logs: they are text, never markup.
    private static void Add(Table table, RunRecord run, string state, params string[] cells)
    {
        List<Markup> row = [new(Markup.Escape(run.Id.Value)), new($"[{RunCells.Colour(run)}]{Markup.Escape(state)}[/]")];
        row.AddRange(cells.Select(static c => new Markup(Markup.Escape(c))));
        table.AddRow(row);
    }
}
