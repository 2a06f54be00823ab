using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>Reads <c>runs_plan.md</c> and <c>experiment_summary.md</c>: both have the same tables and keys, under headings that differ a little.</summary>
internal sealed class MarkdownPlanReader(SourceFile file, DiagnosticBag report)
{
    private readonly NoteTaker _notes = new();
    private readonly List<DocumentSection> _sections = [];
    private readonly List<PrintedTotal> _totals = [];
    private PlanDocument _plan = new(PlanDocumentKind.RunsPlan, "", new(file.Name, 1, 1));
    private MatrixReader.Uniform? _uniform;
    private bool _sawRuns;
    private bool _runsAreTold;

    /// <summary>The plan, null when nothing of it can be used; and the numbers it prints.</summary>
    public (PlanDocument? Plan, ImmutableArray<PrintedTotal> Totals) Read()
    {
        var sections = MarkdownSection.Cut(file, report);
        ReadTitle(sections);
        var parent = sections[0];
        for (var i = 0; i < sections.Length;)
        {
            var section = sections[i++];
            if (section.Level <= 2) parent = section;
            if (section.Level <= 1) foreach (var block in MarkdownBlocks.Read(section, report)) _notes.Take(PlanSections.Overview, block);
            else if (PlanSections.Of(section.Key, section == parent ? "" : parent.Key) is { } role) ReadSection(role, section);
            else
            {
                var end = i;
                while (end < sections.Length && sections[end].Level > section.Level) end++;
                Keep(section, parent, sections.AsSpan(i, end - i));
                i = end;
            }
        }
        if (_plan.Runs.IsEmpty)
        {
            if (!_runsAreTold) report.Error("DOC002", _plan.At, _sawRuns ? "the table of runs has no row" : "this plan has no table of its runs", "put one below '## All Runs': | Run Name | Model | LoRA Rank | Batch Size | Type | Est. Time |");
            return (null, []);
        }
        if (_uniform is { } uniform && _plan.Matrix.IsEmpty) _plan = _plan with { Matrix = MatrixReader.Rows(_plan, uniform) };
        return (PlanOrder.Of(_plan with { Notes = _notes.All, Sections = [.. _sections] }), [.. _totals]);
    }

    private void ReadTitle(ImmutableArray<MarkdownSection> sections)
    {
        const string Prefix = "run plan:";
        var title = sections.FirstOrDefault(static s => s.Level == 1);
        var isRunsPlan = title?.Title.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) == true || Path.GetFileName(file.Name) == PlanDocuments.RunsPlanName;
        var name = title is null ? "" : title.Title.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? title.Title[Prefix.Length..].Trim() : title.Title;
        if (name.Length == 0) report.Error("DOC001", title?.At ?? _plan.At, "this plan has no name", isRunsPlan ? "begin it with '# Run Plan: NAME'" : "begin it with '# NAME'");
        _plan = new(isRunsPlan ? PlanDocumentKind.RunsPlan : PlanDocumentKind.SummaryText, DocumentText.Read(name), title?.At ?? _plan.At);
    }

    private void ReadSection(string role, MarkdownSection section)
    {
        var told = report.All.Count;
        foreach (var block in MarkdownBlocks.Read(section, report))
            switch (role, block)
            {
                case (_, MarkdownBlock.Table table) when RunTableReader.IsStateTable(table):
                    report.Warning("DOC022", table.At, "this table of states is no part of the plan and is not read", "states are what the journal says: vigil status");
                    break;
                case (PlanSections.Runs, MarkdownBlock.Table table): ReadRuns(table, section); break;
                case (PlanSections.Variables, MarkdownBlock.Table table): _plan = _plan with { Factors = [.. _plan.Factors, .. PlanTables.Factors(table, report)] }; break;
                case (PlanSections.Tasks, MarkdownBlock.Table table): _plan = _plan with { Tasks = [.. _plan.Tasks, .. PlanTables.Tasks(table, report)] }; break;
                case (PlanSections.Matrix or PlanSections.Evaluations, MarkdownBlock.Table table): _plan = _plan with { Matrix = [.. _plan.Matrix, .. new MatrixReader(report).Read(table)] }; break;
                case (PlanSections.Matrix or PlanSections.Evaluations, MarkdownBlock.Paragraph prose) when new MatrixReader(report).Read(prose) is { } uniform: _uniform = uniform; break;
                case (_, MarkdownBlock.List list): foreach (var item in list.Items) ReadItem(role, item); break;
                default: _notes.Take(role, block); break;
            }
        _runsAreTold |= role == PlanSections.Runs && report.All.Count > told;
    }

    private void ReadRuns(MarkdownBlock.Table table, MarkdownSection section)
    {
        _sawRuns = true;
        DocumentRunKind usual = section.Key.Contains("control", StringComparison.Ordinal) ? DocumentRunKind.Control.Instance : DocumentRunKind.FineTuned.Instance;
        _plan = _plan with { Runs = [.. _plan.Runs, .. new RunTableReader(report).Read(table, usual)] };
    }

    private void ReadItem(string role, MarkdownItem item)
    {
        var key = DocumentWords.Key(item.Key ?? "");
        switch (role)
        {
            case PlanSections.Overview when key is "total_runs" or "runs": _totals.AddRange(PrintedTotal.OfRuns(FieldValue.Of(item))); break;
            case PlanSections.Overview: _plan = _plan with { Overview = Fill(role, item, _plan.Overview, PlanFields.Overview) }; break;
            case PlanSections.Tools: _plan = _plan with { Tools = Fill(role, item, _plan.Tools, PlanFields.Tools) }; break;
            case PlanSections.Models: _plan = ModelItems.Read(_plan, item, _notes); break;
            case PlanSections.Data: _plan = _plan with { Data = Fill(role, item, _plan.Data, PlanFields.Data) }; break;
            case PlanSections.Evaluation when key.StartsWith("total", StringComparison.Ordinal): _totals.AddRange(PrintedTotal.OfEvaluations(item)); break;
            case PlanSections.Evaluation: ReadEvaluation(item, key); break;
            case PlanSections.Configuration when PlanFields.TrainerKeys.Contains(DocumentWords.Parameter(item.Key ?? "")) && PlanFields.Training.Find(key) is null: ReadTrainerSetting(item); break;
            case PlanSections.Configuration: _plan = _plan with { Training = Fill(role, item, _plan.Training, PlanFields.Training) }; break;
            case PlanSections.Output: _plan = _plan with { Output = Fill(role, item, _plan.Output, PlanFields.Output) }; break;
            case PlanSections.Matrix when key == "legend": break;
            default: _notes.Take(role, item); break;
        }
    }

    private void ReadTrainerSetting(MarkdownItem item)
    {
        var value = FieldValue.Of(item);
        if (!value.IsNothing) _plan = _plan with { Training = _plan.Training with { Parameters = [.. _plan.Training.Parameters, new(item.Key!, value.Text, value.At)] } };
    }

    private void ReadEvaluation(MarkdownItem item, string key)
    {
        if (key is "epochs_to_evaluate" or "epochs") _totals.AddRange(item.Children.Prepend(item).SelectMany(static i => PrintedTotal.OfEpochs(FieldValue.Of(i))));
        var settings = _plan.Evaluation;
        if (key is "scorer" or "scorers") settings = settings with { Scorers = [.. settings.Scorers, .. PlanTables.Scorers(item)] };
        else if (key is "compute") settings = settings with { Compute = [.. settings.Compute, .. PlanTables.Settings(item)] };
        else if (key is "epochs_to_evaluate" or "epochs" && item.Value.Length == 0)
        {
            foreach (var child in item.Children)
            {
                var isForTrained = DocumentWords.Key(child.Key ?? "").StartsWith("fine_tuned", StringComparison.Ordinal);
                if (isForTrained) settings = PlanFields.Evaluation.Find(key)!.Fill(settings, FieldValue.Of(child) with { Key = item.Key! }, report);
                else _notes.Take(PlanSections.Evaluation, child, item.Key!);
            }
        }
        else settings = Fill(PlanSections.Evaluation, item, settings, PlanFields.Evaluation);
        _plan = _plan with { Evaluation = settings };
    }

    private T Fill<T>(string role, MarkdownItem item, T record, ImmutableArray<DocumentField<T>> fields)
    {
        if (item.Key is not { } key || fields.Find(key) is not { } field)
        {
            _notes.Take(role, item);
            return record;
        }
        foreach (var child in item.Children) _notes.Take(role, child, key);
        return field.Fill(record, FieldValue.Of(item), report);
    }

    /// <summary>Keeps a section with all that is below its heading, as it is written.</summary>
    private void Keep(MarkdownSection section, MarkdownSection parent, ReadOnlySpan<MarkdownSection> below)
    {
        var lines = new List<string>(section.Lines);
        foreach (var inner in below)
        {
            lines.Add($"{new string('#', inner.Level)} {inner.Title}");
            lines.AddRange(inner.Lines);
        }
        var text = string.Join('\n', lines.Select(static l => l.TrimEnd())).Trim('\n');
        _sections.Add(new(section == parent ? section.Title : $"{parent.Title} / {section.Title}", text, section.At));
    }
}
