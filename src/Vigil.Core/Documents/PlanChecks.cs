using System.Collections.Immutable;
using System.Globalization;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>What must fit together in a plan: names, matrix, epochs and prompts.</summary>
internal sealed class PlanChecks(PlanDocument plan, DiagnosticBag report)
{
    private readonly Dictionary<string, DocumentRun> _runs = plan.Runs.DistinctBy(static r => r.Name).ToDictionary(static r => r.Name, StringComparer.Ordinal);

    public void Run(ImmutableArray<PrintedTotal> totals)
    {
        CheckRuns();
        CheckTasks();
        CheckMatrix();
        CheckEpochs();
        CheckSystemPrompts();
        CheckPrompts();
        TotalChecks.Run(plan, totals, report);
    }

    private void CheckRuns()
    {
        foreach (var run in plan.Runs)
        {
            if (run.Name.Length > 0 && _runs[run.Name] is var first && first.At != run.At)
                report.Error("DOC005", run.At, $"a second run is called '{run.Name}'; the first is at {first.At}", "give each run a name of its own");
            if (run.Kind is DocumentRunKind.EvalOnly { Checkpoint: null })
                report.Error("DOC026", run.At, $"the run '{run.Name}' only evaluates a checkpoint, and the plan does not say which", plan.Kind is PlanDocumentKind.SummaryYaml ? "parameters: {checkpoint_path: /path/to/epoch_1}" : "give its path in a column 'Checkpoint'");
        }
        if (plan.ModelFolder is not null || plan.Models.IsEmpty) return;
        foreach (var run in plan.Runs.Where(r => r.Model.Length > 0 && plan.ModelOf(r) is null).DistinctBy(static r => r.Model))
            report.Warning("DOC030", run.At, $"the model '{run.Model}' of the run '{run.Name}' is not among the models of the plan, so nobody knows where it lies", Suggestion.Hint(run.Model, [.. plan.Models.Select(static m => m.Name)]));
    }

    private void CheckTasks()
    {
        var first = new Dictionary<string, EvaluationTask>(StringComparer.Ordinal);
        foreach (var task in plan.Tasks)
        {
            if (!first.TryAdd(task.Name, task)) report.Error("DOC019", task.At, $"a second task is called '{task.Name}'; the first is at {first[task.Name].At}", "give each task a name of its own");
            if (task.Script is null) report.Error("DOC018", task.At, $"the task '{task.Name}' has no script", "name the file of its inspect-ai task, such as: tasks/capitalization/eval.py");
        }
    }

    private void CheckMatrix()
    {
        if (plan.Matrix.IsEmpty)
        {
            report.Error("DOC028", plan.At, "this plan has no evaluation matrix, so it evaluates nothing", "add a table of runs and tasks below '### Evaluation Matrix', or: All runs will be evaluated on TASK at epochs 0, 1.");
            return;
        }
        if (plan.Tasks.IsEmpty) report.Error("DOC018", plan.At, "this plan has no table of its evaluation tasks", "put one below '### Evaluation Tasks': | Task Name | Script | Dataset | Description |");
        var rows = new Dictionary<string, MatrixRow>(StringComparer.Ordinal);
        foreach (var row in plan.Matrix)
        {
            if (!_runs.ContainsKey(row.Run)) report.Error("DOC011", row.At, $"the matrix has a row for '{row.Run}', and no run is called so", Suggestion.Hint(row.Run, [.. _runs.Keys]));
            else if (!rows.TryAdd(row.Run, row)) report.Error("DOC027", row.At, $"the matrix has a second row for '{row.Run}'; the first is at {rows[row.Run].At}", "one row says all of a run");
        }
        var known = plan.Tasks.Select(static t => t.Name).ToHashSet(StringComparer.Ordinal);
        if (known.Count > 0)
            foreach (var cell in plan.Matrix.SelectMany(static r => r.Cells).Where(c => !known.Contains(c.Task)).DistinctBy(static c => c.Task))
                report.Error("DOC012", cell.At, $"the matrix ticks the task '{cell.Task}', which is not among the evaluation tasks", Suggestion.Hint(cell.Task, known));
        foreach (var run in _runs.Values)
            if (!rows.TryGetValue(run.Name, out var row) || row.Cells.IsEmpty)
                report.Error("DOC013", row?.At ?? run.At, $"the run '{run.Name}' is evaluated on nothing", row is null ? "add a row for it to the evaluation matrix" : "tick at least one task in its row");
    }

    private void CheckEpochs()
    {
        if (plan.Training.SavedEpochs is { Value: EpochSelection.Listed { Numbers: var saved }, At: var at } && plan.Training.Epochs is { Value: var epochs } && saved.Any(n => n >= epochs))
            report.Error("DOC014", at, $"the training is to save {Numbers([.. saved.Where(n => n >= epochs)])}, and of {Count(epochs)} the last is epoch {epochs - 1}", "epochs count from 0");
        var told = new HashSet<SourceSpan>();
        foreach (var row in plan.Matrix)
            if (_runs.TryGetValue(row.Run, out var run))
                foreach (var cell in row.Cells) CheckCell(run, cell, told);
    }

    /// <param name="told">Places that had their message: one sentence may stand for many ticks.</param>
    private void CheckCell(DocumentRun run, MatrixCell cell, HashSet<SourceSpan> told)
    {
        if (!run.IsFineTuned)
        {
            if (cell.Epochs is not null)
                report.Error("DOC023", cell.At, $"the run '{run.Name}' is not fine-tuned and so has no epochs, and its row says '{cell.Epochs.Text}'", plan.Kind is PlanDocumentKind.SummaryYaml ? "epochs: null" : "a plain ✓ evaluates it once");
            return;
        }
        if (plan.EpochsOf(run) is not { } epochs)
        {
            // A number that could not be read was told already.
            if (told.Add(plan.At) && !report.All.Any(static d => d.Code == "DOC008")) report.Error("DOC015", plan.At, $"this plan does not say for how many epochs '{run.Name}' is trained, so nobody knows which can be evaluated", plan.Kind is PlanDocumentKind.SummaryYaml ? "controls: {epochs: 2}" : "add below '## Configuration': - **Epochs**: 2");
            return;
        }
        var (evaluated, unsaved) = DocumentJobs.EpochsOf(plan, run, cell);
        var place = cell.Epochs is null && plan.Evaluation.Epochs is { } common ? common.At : cell.At;
        if (unsaved.IsEmpty && !evaluated.IsEmpty || !told.Add(place)) return;
        if (unsaved.IsEmpty) report.Error("DOC013", place, $"the run '{run.Name}' is evaluated on '{cell.Task}' at no epoch, because training saves none", $"save epochs, such as: {SavedKey}: all");
        else report.Error("DOC014", place, $"the run '{run.Name}' is evaluated on '{cell.Task}' at {Numbers(unsaved)}, which training does not save: {Saved(epochs)}", "epochs count from 0: one epoch of training leaves epoch_0 only");
    }

    private string SavedKey => plan.Kind is PlanDocumentKind.SummaryYaml ? "epochs_to_save" : "- **Saved epochs**";

    private string Saved(Written<int> epochs) =>
        plan.Training.SavedEpochs is { } saved ? $"of {Count(epochs.Value)} it saves '{saved.Value.Text}' ({saved.At})" : $"{Count(epochs.Value)} ({epochs.At}) {(epochs.Value == 1 ? "leaves epoch 0" : $"leave epochs 0 to {epochs.Value - 1}")}";

    private static string Count(int epochs) => epochs == 1 ? "1 epoch" : $"{epochs} epochs";

    private static string Numbers(ImmutableArray<int> numbers) => (numbers.Length == 1 ? "epoch " : "epochs ") + string.Join(", ", numbers.Select(static n => n.ToString(CultureInfo.InvariantCulture)));

    private void CheckSystemPrompts()
    {
        var trained = plan.Training.SystemPrompt;
        if (plan.Evaluation.SystemPrompt is { } evaluated && evaluated.Value != (trained?.Value ?? ""))
            report.Error("DOC016", evaluated.At, $"the evaluation's system prompt is {Shown(evaluated.Value)}, and training has {(trained is null ? "none" : $"{Shown(trained.Value)} ({trained.At})")}", "a model is evaluated with the system prompt it was trained with: write the same at both places, or at the training's alone");
        var common = trained?.Value ?? plan.Evaluation.SystemPrompt?.Value ?? "";
        foreach (var task in plan.Tasks)
            if (task.SystemPrompt is { } own && own.Value != common)
                report.Warning("DOC016", own.At, $"the task '{task.Name}' has the system prompt {Shown(own.Value)}, and training has {Shown(common)}", "fine-tuned models are evaluated on it with another system prompt than the one they were trained with; leave it out unless that is meant");
    }

    private static string Shown(string prompt) => TextRules.Shorten(DocumentText.Quote(prompt), 60);

    private void CheckPrompts()
    {
        var prompts = plan.Runs.Select(static r => r.Prompt).Concat(plan.Tasks.Select(static t => t.Prompt)).Prepend(plan.Training.Prompt);
        foreach (var prompt in prompts.OfType<Written<string>>().Where(static p => !p.Value.Contains("{input}", StringComparison.Ordinal)))
            report.Error("DOC024", prompt.At, $"the prompt {Shown(prompt.Value)} has no {{input}}, so every sample would look the same", "put {input} where the sample's text goes");
    }
}
