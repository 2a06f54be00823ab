using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Vigil.Documents;

/// <summary>Writes a plan as <c>runs_plan.md</c> in its canonical form: the same plan is always the same text, and reading it gives the plan again.</summary>
public sealed class RunsPlanText
{
    private readonly PlanDocument _plan;
    private readonly StringBuilder _text = new();

    private RunsPlanText(PlanDocument plan) => _plan = plan;

    public static string Write(PlanDocument plan) => new RunsPlanText(PlanOrder.Of(plan)).Write();

    private string Write()
    {
        _text.Append("# Run Plan: ").Append(DocumentText.Write(_plan.Name)).Append('\n');
        WriteOverview();
        if (Says(_plan.Tools, PlanFields.Tools, PlanSections.Tools)) Section(2, PlanSections.Tools, () => Fields(_plan.Tools, PlanFields.Tools));
        if (!_plan.Factors.IsEmpty || HasNotes(PlanSections.Variables)) Section(2, PlanSections.Variables, WriteFactors);
        Section(2, PlanSections.Runs, () => Table(RunTableText.Columns(_plan), _plan.Runs));
        Section(2, PlanSections.Resources, static () => { });
        if (!_plan.Models.IsEmpty || _plan.ModelFolder is not null || HasNotes(PlanSections.Models)) Section(3, PlanSections.Models, WriteModels);
        if (Says(_plan.Data, PlanFields.Data, PlanSections.Data)) Section(3, PlanSections.Data, () => Fields(_plan.Data, PlanFields.Data));
        Section(2, PlanSections.Evaluations, static () => { });
        Section(3, PlanSections.Evaluation, WriteEvaluation);
        Section(3, PlanSections.Tasks, () => Table(TaskTableText.Columns(_plan), _plan.Tasks));
        if (!_plan.Matrix.IsEmpty || HasNotes(PlanSections.Matrix)) Section(3, PlanSections.Matrix, WriteMatrix);
        Section(2, PlanSections.Configuration, WriteTraining);
        if (Says(_plan.Output, PlanFields.Output, PlanSections.Output)) Section(3, PlanSections.Output, () => Fields(_plan.Output, PlanFields.Output));
        foreach (var kept in _plan.Sections) _text.Append('\n').Append($"## {kept.Title}".TrimEnd()).Append('\n').Append(kept.Text.Length > 0 ? kept.Text + "\n" : "");
        return _text.ToString();
    }

    private void Section(int level, string name, Action write)
    {
        _text.Append('\n').Append('#', level).Append(' ').Append(name).Append('\n');
        write();
        var notes = _plan.Notes.Where(n => n.Section == name).ToList();
        if (notes.Count > 0 && _text[^2] == '|') _text.Append('\n');
        notes.ForEach(Note);
    }

    private bool Says<T>(T record, ImmutableArray<DocumentField<T>> fields, string section) => fields.Any(f => f.Show(record) is not null) || HasNotes(section);

    private bool HasNotes(string section) => _plan.Notes.Any(n => n.Section == section);

    private void WriteOverview() => Section(2, PlanSections.Overview, () =>
    {
        var totals = PlanTotals.Of(_plan);
        var kinds = new[] { (totals.FineTunedRuns, "fine-tuned"), (totals.Controls, totals.Controls == 1 ? "control" : "controls"), (totals.EvalOnlyRuns, "eval-only") };
        Fields(_plan.Overview, PlanFields.Overview);
        Item(0, "Total Runs", string.Create(CultureInfo.InvariantCulture, $"{totals.Runs} ({string.Join(" + ", kinds.Where(static k => k.Item1 > 0).Select(static k => $"{k.Item1} {k.Item2}"))})"));
    });

    private void WriteFactors()
    {
        if (_plan.Factors.IsEmpty) return;
        Table<PlanFactor>([new("Factor", static f => DocumentText.Write(f.Name)), new("Levels", static f => string.Join(", ", f.Levels.Select(DocumentText.Part)))], _plan.Factors);
    }

    private void WriteModels()
    {
        if (_plan.ModelFolder is { } folder) Item(0, "Location", DocumentText.Code(folder.Value));
        if (_plan.Models.IsEmpty) return;
        Item(0, "Models Used", "");
        foreach (var model in _plan.Models)
        {
            Item(1, model.Name, model.Path is { } path ? DocumentText.Code(path.Value) : DocumentText.Nothing);
            if (model.Size is { } size) Item(2, "Size", DocumentText.Write(size));
        }
    }

    private void WriteEvaluation()
    {
        var totals = PlanTotals.Of(_plan);
        Fields(_plan.Evaluation, PlanFields.Evaluation);
        foreach (var scorer in _plan.Evaluation.Scorers)
        {
            Item(0, "Scorer", DocumentText.Part(scorer.Name));
            Settings(1, scorer.Parameters);
        }
        if (!_plan.Evaluation.Compute.IsEmpty) Item(0, "Compute", "");
        Settings(1, _plan.Evaluation.Compute);
        Item(0, "Total evaluation jobs", "");
        Item(1, "Fine-tuned", Count(totals.FineTunedEvaluations));
        Item(1, "Base models and checkpoints", Count(totals.Others));
        Item(1, "Total", Count(totals.Evaluations));
    }

    private static string Count(int evaluations) => string.Create(CultureInfo.InvariantCulture, $"{evaluations} {(evaluations == 1 ? "evaluation" : "evaluations")}");

    private void WriteMatrix()
    {
        if (_plan.Matrix.IsEmpty) return;
        Table(MatrixText.Columns(_plan), _plan.Matrix);
        _text.Append("\n**Legend**: ✓ = will evaluate, - = skip\n");
    }

    private void WriteTraining()
    {
        Fields(_plan.Training, PlanFields.Training);
        Settings(0, _plan.Training.Parameters);
    }

    private void Fields<T>(T record, ImmutableArray<DocumentField<T>> fields)
    {
        foreach (var field in fields)
            if (field.Show(record) is { } text) Item(0, field.Label, text);
    }

    private void Settings(int depth, ImmutableArray<DocumentParameter> settings)
    {
        foreach (var setting in settings) Item(depth, setting.Name, DocumentText.Write(setting.Value));
    }

    private void Item(int depth, string key, string value) => _text.Append(' ', depth * 2).Append($"- **{DocumentText.KeyText(key)}**: {value}".TrimEnd()).Append('\n');

    private void Note(DocumentNote note)
    {
        // Where a path would be taken for a model, and in prose with a colon, quotes keep a note a note.
        var text = note.Section == PlanSections.Models ? DocumentText.Quote(note.Text) : DocumentText.Write(note.Text);
        if (note.Key.Length > 0) Item(0, note.Key, text);
        else _text.Append("- ").Append(MarkdownItem.Of(text, note.At, []).Key is null ? text : DocumentText.Quote(note.Text)).Append('\n');
    }

    private void Table<T>(ImmutableArray<TextColumn<T>> columns, ImmutableArray<T> rows)
    {
        _text.Append(MarkdownTable.Line(columns.Select(static c => c.Header))).Append('\n').Append(MarkdownTable.Rule(columns.Length)).Append('\n');
        foreach (var row in rows) _text.Append(MarkdownTable.Line(columns.Select(c => c.Cell(row) ?? DocumentText.Nothing))).Append('\n');
    }
}

/// <summary>One column of a table that is written; a cell of null says that there is nothing.</summary>
internal sealed record TextColumn<T>(string Header, Func<T, string?> Cell);
