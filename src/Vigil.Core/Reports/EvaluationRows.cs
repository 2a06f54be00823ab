using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Vigil.Evaluations;
using Vigil.Monitoring;
using Vigil.Views;

namespace Vigil.Reports;

/// <summary>
/// Makes the rows of evaluations: of each run, task and epoch the newest log that succeeded. Every other log is an issue, with its reason:
/// none is left out without a word, and none is used as a result.
/// </summary>
internal sealed partial class EvaluationRows
{
    private readonly record struct Cell(int Place, string Run, string Task, string? Epoch);

    private readonly ReportFacts _facts;
    private readonly Dictionary<string, int> _places;
    private readonly Dictionary<Cell, EvaluationRow> _rows = [];
    private readonly List<ReportIssue> _issues = [];

    private EvaluationRows(ReportFacts facts)
    {
        _facts = facts;
        // Evaluations stand with the training of their point.
        _places = facts.Runs.GroupBy(static r => r.Run.Plan.Point).ToDictionary(static g => g.Key, static g => g.Min(static r => r.Run.Plan.Index));
    }

    public static (ImmutableArray<EvaluationRow> Rows, ImmutableArray<ReportIssue> Issues) Of(ReportFacts facts)
    {
        var rows = new EvaluationRows(facts);
        foreach (var run in facts.Runs) rows.Add(run);
        var sorted = rows._rows.Values.OrderBy(static r => r.Task, StringComparer.Ordinal).ThenBy(static r => r.Place).ThenBy(static r => r.Run, StringComparer.Ordinal).ThenBy(static r => Number(r.Epoch)).ThenBy(static r => r.Epoch, StringComparer.Ordinal);
        return ([.. EvaluationBest.Mark([.. sorted])], [.. rows._issues]);
    }

    private void Add(RunFacts run)
    {
        if (Planned(run) is { } planned)
        {
            // Until a log says otherwise, the cell stands there with the state of its run.
            var state = RunWords.State(run.Run);
            _rows.TryAdd(planned, new(planned.Run, planned.Task, planned.Epoch, state == "completed" ? "no_result" : state, null) { Place = planned.Place, IsControl = run.Run.Plan.Evaluation is { Training: null }, BestEpoch = run.Run.BestEpoch });
        }
        foreach (var log in run.Evaluations) Add(run, log);
        if (Planned(run) is { } asked && _rows[asked] is { HasResult: false, State: "no_result" } row)
            _issues.Add(new(row.Run, row.Task, row.Epoch, "no_result", "its job ended well, and left no log that says success", null));
    }

    /// <summary>Null: the run's plan is no evaluation.</summary>
    private Cell? Planned(RunFacts run) => run.Run.Plan.Evaluation is { } planned
        ? new(PlaceOf(run), run.Run.Plan.Point, planned.Task, planned.Epoch?.ToString(CultureInfo.InvariantCulture) ?? (planned.Training is null ? null : "best")) : null;

    private int PlaceOf(RunFacts run) => _places[run.Run.Plan.Point];

    private void Add(RunFacts run, EvalLogAt at)
    {
        var source = _facts.Source(at.Path);
        if (at.Reading is not EvalReading.Read { Log: var log })
        {
            var trouble = ((EvalReading.Refused)at.Reading).Trouble;
            _issues.Add(new(run.Run.Id.Value, null, null, trouble is EvalTrouble.Cut ? "unfinished" : "unreadable", SafeText.Line($"{trouble.Text}"), source));
            return;
        }
        var cell = CellOf(run, at.Path, log);
        if (Fault(log) is var (kind, text))
        {
            _issues.Add(new(cell.Run, cell.Task, cell.Epoch, kind, text, source));
            return;
        }
        if (log.CompletedSamples < log.TotalSamples)
            _issues.Add(new(cell.Run, cell.Task, cell.Epoch, "partial", string.Create(CultureInfo.InvariantCulture, $"succeeded with {log.CompletedSamples} of {log.TotalSamples} samples"), source));
        var row = new EvaluationRow(cell.Run, cell.Task, cell.Epoch, "success", source)
        {
            IsControl = run.Run.Plan.Evaluation is { } planned ? planned.Training is null && log.Origin.IsFineTuned != "true" : log.Origin.IsFineTuned == "false",
            BestEpoch = run.Run.BestEpoch,
            Model = log.Model,
            Created = log.Created,
            Samples = log.CompletedSamples,
            TotalSamples = log.TotalSamples,
            Metrics = EvaluationMetrics.Of(log),
            Place = cell.Place,
        };
        Take(cell, row);
    }

    /// <summary>The newest counts, by when it began; the other one is named.</summary>
    private void Take(Cell cell, EvaluationRow row)
    {
        if (_rows.TryGetValue(cell, out var known) && known.HasResult)
        {
            var (kept, older) = (known.Created ?? DateTimeOffset.MinValue) > (row.Created ?? DateTimeOffset.MinValue) ? (known, row) : (row, known);
            _issues.Add(new(cell.Run, cell.Task, cell.Epoch, "superseded", $"a newer log of the same succeeded as well: {kept.Source}", older.Source));
            row = kept;
        }
        _rows[cell] = row;
    }

    private Cell CellOf(RunFacts run, string path, EvalLog log)
    {
        if (Planned(run) is { } planned) return planned;
        var place = PlaceOf(run);
        if (log.Origin.IsFineTuned == "false") return new(place, run.Run.Id.Value, log.Task, null);
        // The log's own word first; then the name of the weights, and that of its folder.
        var epoch = log.Origin.Epoch ?? EpochIn(log.ModelPath) ?? EpochIn(log.Model) ?? EpochIn(path.StartsWith(run.Folder, StringComparison.Ordinal) ? path[run.Folder.Length..] : null);
        return new(place, run.Run.Id.Value, log.Task, epoch);
    }

    /// <summary>Why a log is no result; null: it is one.</summary>
    private static (string Kind, string Text)? Fault(EvalLog log) => log switch
    {
        { Validity: EvalValidity.Invalidated } => ("invalidated", "somebody marked it as not to be used"),
        { Status: EvalStatus.Unfinished { FlushedSamples: var samples } } => ("unfinished", string.Create(CultureInfo.InvariantCulture, $"has no header yet: the evaluation runs, or was killed ({samples} samples are in it)")),
        { Status: EvalStatus.Started } => ("unfinished", "says that the evaluation runs, or was killed"),
        { Status: EvalStatus.Cancelled } => ("cancelled", $"the evaluation was cancelled{Done(log)}"),
        { Status: EvalStatus.Failed { Message: var message } } => ("error", $"says error{(message is null ? "" : $": {SafeText.Line(message)}")}{Done(log)}"),
        { Status: EvalStatus.Other { Word: var word } } => ("unreadable", $"has a status that is not known here: {SafeText.Line(word)}"),
        { Scores.IsEmpty: true } => ("no_score", "says success, and holds no score"),
        _ => null,
    };

    private static string Done(EvalLog log) => log.CompletedSamples is { } done ? string.Create(CultureInfo.InvariantCulture, $" ({done} of {log.TotalSamples ?? log.Size.Expected} samples)") : "";

    private static string? EpochIn(string? name) => name is not null && EpochForm.Matches(name) is { Count: > 0 } found ? found[^1].Groups["epoch"].Value : null;

    private static long Number(string? epoch) => long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : epoch is null ? -1 : long.MaxValue;

    [GeneratedRegex(@"(?:^|[/_-])epoch[_-]?(?<epoch>\d{1,9})(?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex EpochForm { get; }
}
