using System.Collections.Immutable;
using System.Globalization;

namespace Vigil.Documents;

/// <summary>The columns of the table of runs: those that some run fills.</summary>
internal static class RunTableText
{
    public static ImmutableArray<TextColumn<DocumentRun>> Columns(PlanDocument plan)
    {
        var columns = ImmutableArray.CreateBuilder<TextColumn<DocumentRun>>();
        void Add(string header, Func<DocumentRun, string?> cell) => columns.Add(new(header, cell));
        void AddFilled(string header, Func<DocumentRun, string?> cell) { if (plan.Runs.Any(r => cell(r) is not null)) Add(header, cell); }

        Add("Run Name", static r => DocumentText.Write(r.Name));
        Add("Model", static r => DocumentText.Write(r.Model));
        foreach (var name in PlanOrder.Names(plan.Runs.Select(static r => r.Parameters))) Add(Header(name), r => Cell(r.Parameters, name));
        AddFilled("Batch Size", static r => r.BatchSize?.Value.ToString(CultureInfo.InvariantCulture));
        AddFilled("Epochs", static r => r.Epochs?.Value.ToString(CultureInfo.InvariantCulture));
        AddFilled("Prompt", static r => r.Prompt is { } prompt ? DocumentText.Quote(prompt.Value) : null);
        AddFilled("Training Condition", static r => r.TrainingCondition is { } condition ? DocumentText.Write(condition.Value) : null);
        Add("Type", static r => RunKinds.Text(r.Kind));
        AddFilled("Checkpoint", static r => r.Kind is DocumentRunKind.EvalOnly { Checkpoint: { } checkpoint } ? DocumentText.Code(checkpoint.Value) : null);
        Add("Est. Time", static r => r.Estimate is { } estimate ? DocumentDuration.Text(estimate) : r.IsFineTuned ? null : "eval only");
        foreach (var name in PlanOrder.Names(plan.Runs.Select(static r => r.Compute))) Add(DocumentText.Write(RunTableReader.ComputePrefix + name), r => Cell(r.Compute, name));
        foreach (var name in PlanOrder.Names(plan.Runs.Select(static r => r.SlurmOverrides))) Add(DocumentText.Write(RunTableReader.SlurmPrefix + name), r => Cell(r.SlurmOverrides, name));
        AddFilled("Notes", static r => r.Remark is { } remark ? DocumentText.Write(remark) : null);
        return columns.ToImmutable();
    }

    /// <summary>A setting that is called like a column of another meaning says that it is a setting.</summary>
    private static string Header(string name)
    {
        var isOwn = RunTableReader.ColumnOf(FieldValue.Of("", DocumentText.Write(name), default)) is RunTableReader.Column.Parameter && !name.StartsWith(RunTableReader.ParameterPrefix, StringComparison.Ordinal);
        return DocumentText.Write(isOwn ? name : RunTableReader.ParameterPrefix + name);
    }

    private static string? Cell(ImmutableArray<DocumentParameter> settings, string name) => settings.FirstOrDefault(p => p.Name == name) is { } setting ? DocumentText.Write(setting.Value) : null;
}

/// <summary>The columns of the table of evaluation tasks.</summary>
internal static class TaskTableText
{
    public static ImmutableArray<TextColumn<EvaluationTask>> Columns(PlanDocument plan)
    {
        var columns = ImmutableArray.CreateBuilder<TextColumn<EvaluationTask>>();
        void Add(string header, Func<EvaluationTask, string?> cell) => columns.Add(new(header, cell));
        void AddFilled(string header, Func<EvaluationTask, string?> cell) { if (plan.Tasks.Any(t => cell(t) is not null)) Add(header, cell); }

        Add("Task Name", static t => DocumentText.Write(t.Name));
        Add("Script", static t => t.Script is { } script ? DocumentText.Code(script.Value) : null);
        Add("Dataset", static t => t.Dataset switch { TaskDataset.Same => "Same as training", TaskDataset.AtPath { Path: var path } => DocumentText.Code(path), _ => null });
        AddFilled("Eval Condition", static t => t.Dataset is TaskDataset.Condition { Name: var name } ? DocumentText.Write(name) : null);
        Add("Description", static t => t.Description is { } description ? DocumentText.Write(description) : null);
        AddFilled("Prompt", static t => t.Prompt is { } prompt ? DocumentText.Quote(prompt.Value) : null);
        AddFilled("System Prompt", static t => t.SystemPrompt is { } prompt ? DocumentText.Quote(prompt.Value) : null);
        AddFilled("Assistant Prefix", static t => t.AssistantPrefix is { } prefix ? DocumentText.Quote(prefix.Value) : null);
        foreach (var name in PlanOrder.Names(plan.Tasks.Select(static t => t.Parameters))) Add(DocumentText.Write(name), t => t.Parameters.FirstOrDefault(p => p.Name == name) is { } setting ? DocumentText.Write(setting.Value) : null);
        return columns.ToImmutable();
    }
}

/// <summary>The columns of the evaluation matrix.</summary>
internal static class MatrixText
{
    public static ImmutableArray<TextColumn<MatrixRow>> Columns(PlanDocument plan)
    {
        var columns = ImmutableArray.CreateBuilder<TextColumn<MatrixRow>>();
        columns.Add(new("Run Name", static r => DocumentText.Write(r.Run)));
        foreach (var task in PlanOrder.Tasks(plan)) columns.Add(new(Header(task), r => r.Cells.FirstOrDefault(c => c.Task == task) is { } cell ? Tick(cell) : null));
        if (plan.Matrix.Any(static r => r.Label is not null)) columns.Add(new("Label", static r => r.Label is { } label ? DocumentText.Write(label) : null));
        if (plan.Matrix.Any(static r => r.Remark is not null)) columns.Add(new("Notes", static r => r.Remark is { } remark ? DocumentText.Write(remark) : null));
        return columns.ToImmutable();
    }

    private static string Header(string task)
    {
        var plain = DocumentText.Write(task);
        return MatrixReader.ColumnOf(FieldValue.Of("", plain, default)) is MatrixReader.Column.Task ? plain : DocumentText.Quote(task);
    }

    private static string Tick(MatrixCell cell) => cell.Epochs is { } epochs ? $"✓ {epochs.Text}" : "✓";
}
