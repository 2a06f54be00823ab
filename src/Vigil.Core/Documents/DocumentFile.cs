using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>What a file is to the plan.</summary>
public enum DocumentFileRole { Script, EvaluationData, TrainingData, Model, Checkpoint }

/// <summary>A path that a plan document refers to, as written.</summary>
/// <param name="Owner">The task, model or run it belongs to; empty for the data of the training.</param>
public sealed record DocumentFile(DocumentFileRole Role, string Path, string Owner, SourceSpan At)
{
    internal static ImmutableArray<DocumentFile> AllOf(PlanDocument plan)
    {
        var files = ImmutableArray.CreateBuilder<DocumentFile>();
        if (plan.Data.Path is { } data) files.Add(new(DocumentFileRole.TrainingData, data.Value, "", data.At));
        foreach (var model in plan.Models)
            if (model.Path is { } path) files.Add(new(DocumentFileRole.Model, path.Value, model.Name, path.At));
        foreach (var task in plan.Tasks)
        {
            if (task.Script is { } script) files.Add(new(DocumentFileRole.Script, script.Value, task.Name, script.At));
            if (task.Dataset is TaskDataset.AtPath dataset) files.Add(new(DocumentFileRole.EvaluationData, dataset.Path, task.Name, dataset.At));
        }
        foreach (var run in plan.Runs)
            if (run.Kind is DocumentRunKind.EvalOnly { Checkpoint: { } checkpoint }) files.Add(new(DocumentFileRole.Checkpoint, checkpoint.Value, run.Name, checkpoint.At));
        return [.. files.DistinctBy(static f => (f.Role, f.Path))];
    }
}
