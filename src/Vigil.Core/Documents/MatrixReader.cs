using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>Reads which run is evaluated on which task at which epochs: a table, or one sentence that holds for all runs.</summary>
internal sealed partial class MatrixReader(DiagnosticBag report)
{
    private const string Forms = "✓, -, '✓ epoch 0,1', '✓ last', '✓ first', '✓ all epochs' or '✓ best'";

    /// <summary>What one sentence says of all runs.</summary>
    /// <param name="Tasks">Empty for all of the table of tasks.</param>
    internal sealed record Uniform(ImmutableArray<string> Tasks, EpochSelection? Epochs, SourceSpan At);

    internal enum Column { Task, Run, Label, Remark }

    /// <summary>A header in quotes is always a task.</summary>
    public static Column ColumnOf(FieldValue header) => header.Writing is FieldWriting.Marked ? Column.Task : DocumentWords.Key(header.Text) switch
    {
        "run_name" or "run" => Column.Run,
        "label" or "vis_label" => Column.Label,
        "notes" or "note" or "remarks" => Column.Remark,
        _ => Column.Task,
    };

    public IEnumerable<MatrixRow> Read(MarkdownBlock.Table table)
    {
        var headers = table.Header.Select(static h => FieldValue.Of(h.Text, h.Text, h.At)).ToList();
        var columns = headers.Select(ColumnOf).ToList();
        if (!columns.Contains(Column.Run))
        {
            report.Error("DOC004", table.At, "the evaluation matrix has no column 'Run Name'", "its columns are 'Run Name', one for each task, and 'Notes'");
            yield break;
        }
        foreach (var row in table.Rows)
        {
            string? Text(Column column) => columns.IndexOf(column) is >= 0 and var at && FieldValue.Of("", row.Cells[at].Text, row.Cells[at].At) is { IsNothing: false } value ? value.Text : null;
            var cells = headers.Select((header, i) => columns[i] is not Column.Task ? null : row.IsWhole ? Cell(header.Text, row.Cells[i]) : new(header.Text, null, row.At)).OfType<MatrixCell>();
            yield return new(Text(Column.Run) ?? "", [.. cells], row.Cells[columns.IndexOf(Column.Run)].At) { Label = Text(Column.Label), Remark = Text(Column.Remark) };
        }
    }

    private MatrixCell? Cell(string task, MarkdownCell cell)
    {
        var text = cell.Text.Trim('`', '*').Trim();
        if (DocumentText.IsNothing(text) || text is "✗" or "✘" or "❌" || DocumentWords.Key(text) is "no" or "skip") return null;
        var ticked = text[0] is '✓' or '✔' or '☑' or '✅';
        var rest = (ticked ? text[1..].Trim('\uFE0F', ' ', ':') : text).Trim();
        if (ticked && rest is ['(', .., ')']) rest = rest[1..^1];
        if (ticked && rest.Length == 0 || rest.Equals("yes", StringComparison.OrdinalIgnoreCase)) return new(task, null, cell.At);
        if (EpochSelection.Parse(rest.StartsWith("at ", StringComparison.OrdinalIgnoreCase) ? rest[3..] : rest, out _) is { } epochs) return new(task, epochs, cell.At);
        report.Error("DOC010", cell.At, $"'{TextRules.Shorten(text, 60)}' in the column '{task}' does not say whether this is evaluated, or at which epochs", $"write {Forms}; epochs count from 0");
        return new(task, null, cell.At);   // told once: the run is not evaluated on nothing, too
    }

    public Uniform? Read(MarkdownBlock.Paragraph paragraph)
    {
        if (paragraph.Text.Length > 2000 || Sentence.Match(paragraph.Text) is not { Success: true } match) return null;
        var tasks = match.Groups["tasks"].Value;
        EpochSelection? epochs = null;
        if (match.Groups["epochs"] is { Success: true, Value: var asked } && (epochs = EpochSelection.Parse(asked, out _)) is null)
            report.Error("DOC010", paragraph.At, $"'{TextRules.Shorten(asked, 60)}' does not say at which epochs all runs are evaluated", $"write {EpochSelection.Forms}; they count from 0");
        if (DocumentWords.Key(tasks) is "all_tasks") return new([], epochs, paragraph.At);
        return new([.. DocumentText.Parts(tasks.Replace(" and ", ", ", StringComparison.Ordinal)).Select(static p => DocumentText.Read(p.Raw))], epochs, paragraph.At);
    }

    /// <summary>The rows that one sentence stands for; base models and given checkpoints have no epochs.</summary>
    public static ImmutableArray<MatrixRow> Rows(PlanDocument plan, Uniform all)
    {
        var tasks = all.Tasks.IsEmpty ? [.. plan.Tasks.Select(static t => t.Name)] : all.Tasks;
        return [.. plan.Runs.Select(run => new MatrixRow(run.Name, [.. tasks.Select(task => new MatrixCell(task, run.IsFineTuned ? all.Epochs : null, all.At))], all.At))];
    }

    [GeneratedRegex(@"^all runs (?:will be|are) evaluated on (?:tasks? )?(?<tasks>.+?)(?: (?:at|after) (?<epochs>(?:the )?(?:epochs? |last|first|final|all|every|best)[^.]*))?\.?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Sentence { get; }
}
