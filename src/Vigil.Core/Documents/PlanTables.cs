using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>Reads the small tables and lists of a plan.</summary>
internal static class PlanTables
{
    public static IEnumerable<PlanFactor> Factors(MarkdownBlock.Table table, DiagnosticBag report)
    {
        if (Find(table, "factor", "variable", "parameter", "name") is not { } name || Find(table, "levels", "level", "values") is not { } levels)
        {
            report.Error("DOC004", table.At, "the table of variables has no columns 'Factor' and 'Levels'", "| Factor | Levels |");
            yield break;
        }
        foreach (var row in table.Rows) yield return new(DocumentText.Read(row.Cells[name].Text), [.. DocumentText.Parts(row.Cells[levels].Text).Select(static p => DocumentText.Read(p.Raw))], row.Cells[name].At);
    }

    public static IEnumerable<EvaluationTask> Tasks(MarkdownBlock.Table table, DiagnosticBag report)
    {
        var headers = table.Header.Select(static h => FieldValue.Of(h.Text, h.Text, h.At)).ToList();
        if (Find(table, "task_name", "task", "name") is not { } name)
        {
            report.Error("DOC004", table.At, "the table of evaluation tasks has no column 'Task Name'", "| Task Name | Script | Dataset | Description |");
            yield break;
        }
        foreach (var row in table.Rows)
        {
            var task = new EvaluationTask(DocumentText.Read(row.Cells[name].Text), null, null, row.Cells[name].At);
            for (var i = 0; i < headers.Count; i++)
                if (i != name && FieldValue.Of(headers[i].Text, row.Cells[i].Text, row.Cells[i].At) is { IsNothing: false } value) task = With(task, value);
            yield return task;
        }
    }

    private static EvaluationTask With(EvaluationTask task, FieldValue value) => DocumentWords.Key(value.Key) switch
    {
        "script" => task with { Script = new(value.Text, value.At) },
        "dataset" => task with { Dataset = Dataset(value) },
        "eval_condition" => task with { Dataset = new TaskDataset.Condition(value.Text, value.At) },
        "description" => task with { Description = value.Text },
        "prompt" => task with { Prompt = new(value.Text, value.At) },
        "system_prompt" => task with { SystemPrompt = new(value.Text, value.At) },
        "assistant_prefix" => task with { AssistantPrefix = new(value.Text, value.At) },
        _ => task with { Parameters = [.. task.Parameters, new(value.Key, value.Text, value.At)] },
    };

    /// <summary>A path in back-ticks or quotes is a path, whatever it is called.</summary>
    private static TaskDataset Dataset(FieldValue value) =>
        value.Writing is FieldWriting.Bare && DocumentWords.Key(value.Text) is "same" or "same_as_training" ? TaskDataset.Same.Instance : new TaskDataset.AtPath(value.Text, value.At);

    /// <summary>One item may name several; settings below it belong to the last.</summary>
    public static IEnumerable<DocumentScorer> Scorers(MarkdownItem item)
    {
        var names = DocumentText.Parts(item.Value).ToList();
        for (var i = 0; i < names.Count; i++)
            yield return new(DocumentText.Read(names[i].Raw), i == names.Count - 1 ? Settings(item) : [], item.ValueAt with { Column = item.ValueAt.Column + names[i].Offset });
    }

    public static ImmutableArray<DocumentParameter> Settings(MarkdownItem item) => [.. item.Children.Where(static c => c.Key is not null).Select(static c => new DocumentParameter(c.Key!, DocumentText.Read(c.Value), c.ValueAt))];

    private static int? Find(MarkdownBlock.Table table, params ReadOnlySpan<string> keys)
    {
        for (var i = 0; i < table.Header.Length; i++)
            if (keys.Contains(DocumentWords.Key(table.Header[i].Text))) return i;
        return null;
    }
}

/// <summary>Reads the list of base models.</summary>
internal static class ModelItems
{
    public static PlanDocument Read(PlanDocument plan, MarkdownItem item, NoteTaker notes)
    {
        switch (DocumentWords.Key(item.Key ?? ""))
        {
            case "location" or "models_location" or "models_directory": return plan with { ModelFolder = new(DocumentText.Read(item.Value), item.ValueAt) };
            case "models_used" or "models": return plan with { Models = [.. plan.Models, .. item.Children.Select(child => Model(child, notes))] };
            default:
                if (item.Key is null || item.Value.TrimStart('`') is not ['/' or '~' or '.' or '$', ..])
                {
                    notes.Take(PlanSections.Models, item);
                    return plan;
                }
                return plan with { Models = [.. plan.Models, Model(item, notes)] };
        }
    }

    private static BaseModel Model(MarkdownItem item, NoteTaker notes)
    {
        var name = item.Key ?? DocumentText.Read(item.Value);
        string? size = null;
        foreach (var child in item.Children)
            if (DocumentWords.Key(child.Key ?? "") == "size" && size is null) size = DocumentText.Read(child.Value);
            else notes.Take(PlanSections.Models, child, name);
        var path = item.Key is null ? null : FieldValue.Of(item);
        return new(name, path is null or { IsNothing: true } ? null : new(path.Text, path.At), size, item.At);
    }
}
