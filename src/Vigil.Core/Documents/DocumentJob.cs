using System.Collections.Immutable;
using System.Globalization;

namespace Vigil.Documents;

/// <summary>One job that a plan asks for.</summary>
public abstract record DocumentJob(DocumentRun Run)
{
    public sealed record FineTune(DocumentRun Run) : DocumentJob(Run);

    public sealed record Evaluate(DocumentRun Run, EvaluationTask Task, EvaluatedEpoch Epoch) : DocumentJob(Run)
    {
        /// <summary>What the evaluation is called within its run: <c>capitalization_epoch_0</c>, <c>capitalization</c>.</summary>
        public string Key => Epoch switch
        {
            EvaluatedEpoch.None => Task.Name,
            EvaluatedEpoch.Numbered { Epoch: var epoch } => string.Create(CultureInfo.InvariantCulture, $"{Task.Name}_epoch_{epoch}"),
            EvaluatedEpoch.Best => $"{Task.Name}_epoch_best",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}

/// <summary>Works out the jobs of a plan: a training for each fine-tuned run, an evaluation for each tick and epoch; what is not trained is evaluated once a task.</summary>
public static class DocumentJobs
{
    /// <summary>In the order of the runs, each with its evaluations behind it. What the checks refuse is left out.</summary>
    public static ImmutableArray<DocumentJob> Of(PlanDocument plan)
    {
        var jobs = ImmutableArray.CreateBuilder<DocumentJob>();
        var rows = plan.Matrix.GroupBy(static r => r.Run, StringComparer.Ordinal).ToDictionary(static g => g.Key, static g => g.First(), StringComparer.Ordinal);
        var tasks = plan.Tasks.DistinctBy(static t => t.Name).ToDictionary(static t => t.Name, StringComparer.Ordinal);
        foreach (var run in plan.Runs.DistinctBy(static r => r.Name))
        {
            if (run.IsFineTuned) jobs.Add(new DocumentJob.FineTune(run));
            if (!rows.TryGetValue(run.Name, out var row)) continue;
            foreach (var cell in row.Cells)
                if (tasks.TryGetValue(cell.Task, out var task)) jobs.AddRange(EpochsOf(plan, run, cell).Epochs.Select(epoch => new DocumentJob.Evaluate(run, task, epoch)));
        }
        return jobs.ToImmutable();
    }

    /// <summary>What one tick of the matrix looks at, and the epochs it asks for that training does not save.</summary>
    internal static (ImmutableArray<EvaluatedEpoch> Epochs, ImmutableArray<int> Unsaved) EpochsOf(PlanDocument plan, DocumentRun run, MatrixCell cell)
    {
        if (!run.IsFineTuned) return ([EvaluatedEpoch.None.Instance], []);
        return plan.EpochsOf(run) is { } epochs ? SelectionOf(plan, cell).Resolve(epochs.Value, plan.Training.SavedEpochs?.Value) : ([], []);
    }

    /// <summary>The last epoch, where nothing is said.</summary>
    internal static EpochSelection SelectionOf(PlanDocument plan, MatrixCell cell) => cell.Epochs ?? plan.Evaluation.Epochs?.Value ?? EpochSelection.Last.Instance;
}
