using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>Reads <c>evaluation</c> of the YAML form: settings, tasks and matrix.</summary>
internal sealed class EvaluationYamlReader(NoteTaker notes, DiagnosticBag report)
{
    public PlanDocument Read(YamlSection root, PlanDocument plan)
    {
        if (root.Section("evaluation") is not { } section) return plan;
        var settings = new EvaluationSettings { Scorers = Scorers(section), Compute = section.Settings("compute") };
        YamlTimes.Check(settings.Compute, report);
        var tasks = section.Sections("tasks").Select(Task).ToImmutableArray();
        var matrix = section.Sections("matrix").Select(row => Row(row, plan)).ToImmutableArray();
        settings = section.Fill(settings, PlanFields.Evaluation);
        section.Finish(PlanSections.Evaluation, notes, PlanFields.Evaluation.SelectMany(static f => f.Keys));
        return plan with { Evaluation = settings, Tasks = tasks, Matrix = matrix };
    }

    private ImmutableArray<DocumentScorer> Scorers(YamlSection section)
    {
        if (section.Node("scorers", "scorer") is not { } node) return [];
        var items = node is ConfigNode.Sequence list ? list.Items : [node];
        var scorers = ImmutableArray.CreateBuilder<DocumentScorer>();
        foreach (var item in items)
        {
            if (item is ConfigNode.Scalar name) { scorers.Add(new(name.Text, [], name.At)); continue; }
            if (YamlSection.Of(item, "evaluation.scorers", item.At, report) is not { } scorer) continue;
            scorers.Add(new(scorer.Needed(Severity.Error, "name")?.Value ?? "", scorer.Settings("params"), item.At));
            scorer.Finish(PlanSections.Evaluation, notes);
        }
        return scorers.ToImmutable();
    }

    private EvaluationTask Task(YamlSection section)
    {
        var name = section.Needed(Severity.Error, "name");
        TaskDataset? dataset = section.Text("dataset") switch
        {
            { Value: "same" } => TaskDataset.Same.Instance,
            { } path => new TaskDataset.AtPath(path.Value, path.At),
            null => null,
        };
        if (section.Text("eval_condition") is { } condition) dataset ??= new TaskDataset.Condition(condition.Value, condition.At);
        var task = new EvaluationTask(name?.Value ?? "", section.Text("script"), dataset, name?.At ?? section.At)
        {
            Description = section.Text("description")?.Value,
            Prompt = section.Text("prompt"),
            SystemPrompt = section.Text("system_prompt"),
            AssistantPrefix = section.Text("assistant_prefix"),
        };
        section.Finish(PlanSections.Tasks, notes);
        return task;
    }

    private MatrixRow Row(YamlSection section, PlanDocument plan)
    {
        var run = section.Needed(Severity.Error, "run");
        var label = section.Text("vis_label")?.Value;
        var isFineTuned = plan.Runs.FirstOrDefault(r => r.Name == run?.Value)?.IsFineTuned ?? false;
        var epochs = Epochs(section, run?.Value ?? "", isFineTuned);
        var tasks = section.Items("tasks");
        section.Finish(PlanSections.Matrix, notes);
        return new(run?.Value ?? "", [.. tasks.Select(task => new MatrixCell(YamlTexts.Of(task), epochs, task.At))], run?.At ?? section.At) { Label = label };
    }

    private EpochSelection? Epochs(YamlSection section, string run, bool isFineTuned)
    {
        switch (section.Node("epochs"))
        {
            case null:
                if (isFineTuned) report.Error("DOC010", section.At, $"the matrix does not say at which epochs the run '{run}' is evaluated", "epochs: [0], or last, first, all, best; null is for runs that are not fine-tuned");
                return null;
            case ConfigNode.Sequence { Items: [] } none:
                report.Error("DOC010", none.At, $"the run '{run}' is evaluated at no epoch", "epochs: [0], or last, first, all, best");
                return null;
            case var node: return PlanValues.Epochs(new("epochs", YamlTexts.Of(node), FieldWriting.Marked, node.At), report);
        }
    }
}

/// <summary>Times that a run or an evaluation asks of the cluster.</summary>
internal static class YamlTimes
{
    public static void Check(ImmutableArray<DocumentParameter> compute, DiagnosticBag report)
    {
        foreach (var time in compute.Where(static p => p.Key == "time"))
            if (!DocumentDuration.TryParse(time.Value, out var limit) || limit is null)
                report.Error("DOC007", time.At, $"'{TextRules.Shorten(time.Value, 60)}' is no clear duration", $"write one {DocumentDuration.Forms}");
    }
}
