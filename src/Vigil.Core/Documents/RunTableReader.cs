using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>Reads tables of runs. A column is what its header says, wherever it stands; one without a meaning of its own is a setting of the training.</summary>
internal sealed class RunTableReader(DiagnosticBag report)
{
    public const string ComputePrefix = "compute.", SlurmPrefix = "slurm_overrides.", ParameterPrefix = "parameters.";

    /// <summary>What a column holds; the default is a setting of the training.</summary>
    internal enum Column { Parameter, Name, Model, Kind, Estimate, BatchSize, Epochs, Checkpoint, Condition, Prompt, Remark, Number, Compute, Slurm }

    public static Column ColumnOf(FieldValue header)
    {
        if (header.Text.StartsWith(ComputePrefix, StringComparison.Ordinal)) return Column.Compute;
        if (header.Text.StartsWith(SlurmPrefix, StringComparison.Ordinal)) return Column.Slurm;
        return DocumentWords.Key(header.Text) switch
        {
            "run_name" or "run" or "name" => Column.Name,
            "model" or "base_model" => Column.Model,
            "type" or "kind" => Column.Kind,
            "est_time" or "estimated_time" or "time_estimate" => Column.Estimate,
            "batch_size" => Column.BatchSize,
            "epochs" => Column.Epochs,
            "checkpoint" or "checkpoint_path" => Column.Checkpoint,
            "training_condition" => Column.Condition,
            "prompt" => Column.Prompt,
            "notes" or "note" or "remarks" or "remark" => Column.Remark,
            "" or "no" => Column.Number,
            _ => Column.Parameter,
        };
    }

    /// <summary>Whether a table lists runs; one of states does not, nor does the matrix.</summary>
    public static bool IsRunTable(MarkdownBlock.Table table) => table.Header.Any(static h => ColumnOf(FieldValue.Of("", h.Text, h.At)) is Column.Model) && !IsStateTable(table);

    public static bool IsStateTable(MarkdownBlock.Table table) => table.Header.Any(static h => DocumentWords.Key(h.Text) == "status") && table.Header.Any(static h => DocumentWords.Key(h.Text) == "job_id");

    /// <param name="usual">What a row is when the table has no column for it.</param>
    public IEnumerable<DocumentRun> Read(MarkdownBlock.Table table, DocumentRunKind usual)
    {
        var headers = table.Header.Select(static h => FieldValue.Of(h.Text, h.Text, h.At)).ToList();
        var columns = headers.Select(ColumnOf).ToList();
        foreach (var twice in headers.Where((h, i) => columns[i] is not Column.Number && headers.FindIndex(other => other.Text == h.Text) < i))
            report.Error("DOC004", twice.At, $"the column '{twice.Key}' stands in this table for the second time", "a table needs a name of its own for each column");
        if (!columns.Contains(Column.Model))
        {
            report.Error("DOC004", table.At, "the table of runs has no column 'Model'", "its columns are known by their headers: | Run Name | Model | LoRA Rank | Batch Size | Type | Est. Time |");
            yield break;
        }
        foreach (var row in table.Rows) yield return Run(row, [.. row.Cells.Select((cell, i) => new Entry(columns[i], FieldValue.Of(headers[i].Text, cell.Text, cell.At)))], usual);
    }

    private sealed record Entry(Column Column, FieldValue Value);

    private DocumentRun Run(MarkdownRow row, ImmutableArray<Entry> entries, DocumentRunKind usual)
    {
        if (!row.IsWhole) return new(row.Cells[0].Text, "?", usual, row.At);
        FieldValue? Value(Column column) => entries.FirstOrDefault(e => e.Column == column && !e.Value.IsNothing)?.Value;
        Written<string>? Text(Column column) => Value(column) is { } value ? new(value.Text, value.At) : null;
        ImmutableArray<DocumentParameter> Settings(Column column, string prefix) => [.. entries.Where(e => e.Column == column && !e.Value.IsNothing).Select(e => Setting(e.Value, prefix))];

        var parameters = Settings(Column.Parameter, ParameterPrefix);
        var model = Text(Column.Model)?.Value ?? "";
        var kind = Kind(entries, usual, Text(Column.Checkpoint));
        var name = Text(Column.Name)?.Value ?? (entries.Any(static e => e.Column is Column.Name) ? "" : DerivedName(model, kind, parameters));
        if (name.Length == 0) report.Error("DOC004", row.At, "this run has no name", "fill its cell in the column 'Run Name'");
        if (model.Length == 0) report.Error("DOC004", row.At, $"the run '{name}' has no model", "fill its cell in the column 'Model'");
        var nameAt = Value(Column.Name)?.At ?? row.At;
        return new DocumentRun(name, model, kind, nameAt)
        {
            Parameters = parameters,
            BatchSize = Whole(Value(Column.BatchSize)),
            Epochs = Whole(Value(Column.Epochs)),
            Estimate = Estimate(entries.FirstOrDefault(static e => e.Column is Column.Estimate)?.Value),
            TrainingCondition = Text(Column.Condition),
            Prompt = Text(Column.Prompt),
            Compute = Settings(Column.Compute, ComputePrefix),
            SlurmOverrides = Settings(Column.Slurm, SlurmPrefix),
            Remark = Text(Column.Remark)?.Value,
        };
    }

    private static DocumentParameter Setting(FieldValue value, string prefix) => new(value.Key.StartsWith(prefix, StringComparison.Ordinal) ? value.Key[prefix.Length..] : value.Key, value.Text, value.At);

    private Written<int>? Whole(FieldValue? value) => value is not null && FieldNumbers.Whole(value, 1, report) is { } number ? new(number, value.At) : null;

    private TimeSpan? Estimate(FieldValue? value)
    {
        if (value is null) return null;
        if (DocumentDuration.TryParse(value.Text, out var estimate)) return estimate;
        report.Error("DOC007", value.At, $"'{TextRules.Shorten(value.Text, 60)}' is no clear duration", $"write one {DocumentDuration.Forms}");
        return null;
    }

    private DocumentRunKind Kind(ImmutableArray<Entry> entries, DocumentRunKind usual, Written<string>? checkpoint)
    {
        if (entries.FirstOrDefault(static e => e.Column is Column.Kind)?.Value is { IsNothing: false } type) return RunKinds.Read(type, checkpoint, report) ?? usual;
        var saysEvalOnly = entries.Any(static e => e.Column is Column.Estimate && DocumentWords.Key(e.Value.Text) == "eval_only");
        if (checkpoint is not null) return new DocumentRunKind.EvalOnly(checkpoint);
        return saysEvalOnly ? DocumentRunKind.Control.Instance : usual;
    }

    /// <summary>Older plans number their runs; then model and settings name one: <c>1B_rank4</c>, <c>1B_base</c>.</summary>
    private static string DerivedName(string model, DocumentRunKind kind, ImmutableArray<DocumentParameter> parameters)
    {
        if (model.Length == 0) return "";
        if (kind is DocumentRunKind.Control) return $"{model}_base";
        if (parameters.IsEmpty) return model;
        return $"{model}_{string.Join('_', parameters.Select(static p => (p.Key == "lora_rank" ? "rank" : p.Key) + p.Value))}";
    }
}

/// <summary>The words for what a run does.</summary>
internal static class RunKinds
{
    public static DocumentRunKind? Read(FieldValue type, Written<string>? checkpoint, DiagnosticBag report)
    {
        switch (DocumentWords.Key(type.Text))
        {
            case "fine_tuned" or "finetuned" or "fine_tune" or "finetune": return DocumentRunKind.FineTuned.Instance;
            case "control" or "base" or "base_model" or "baseline": return DocumentRunKind.Control.Instance;
            case "eval_only" or "evalonly": return new DocumentRunKind.EvalOnly(checkpoint);
            default:
                report.Error("DOC006", type.At, $"'{TextRules.Shorten(type.Text, 60)}' is no type of a run", Suggestion.Hint(type.Text, ["Fine-tuned", "Control", "Eval-only"]));
                return null;
        }
    }

    public static string Text(DocumentRunKind kind) => kind switch
    {
        DocumentRunKind.FineTuned => "Fine-tuned",
        DocumentRunKind.Control => "Control",
        DocumentRunKind.EvalOnly => "Eval-only",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
