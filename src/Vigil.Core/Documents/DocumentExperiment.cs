using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>
/// The experiment that a plan document asks for, as an experiment file would say it: a list of runs, each training a point of its own, each evaluation
/// a further run of its point. What the site is like (account, partition, environment) stands in the config group <c>site</c>.
/// </summary>
public static class DocumentExperiment
{
    /// <summary>The stages of the runs.</summary>
    public const string FineTuning = "finetune", Evaluation = "eval";

    /// <summary>Null, with diagnostics, when something in the document cannot be run.</summary>
    /// <param name="folder">Absolute: where the document lies; runs are made beside it.</param>
    /// <param name="models">The models whose training is known, by their names.</param>
    public static ConfigNode.Mapping? Tree(PlanDocument plan, string folder, IReadOnlyCollection<string> models, DiagnosticBag report)
    {
        if (!new ExperimentChecks(plan, report).Pass(models)) return null;
        var places = new DocumentPlaces(plan, folder);
        var (training, evaluating) = (new FineTuningEntries(plan, places), new EvaluationEntries(plan, places));
        ConfigNode[] runs =
        [
            .. DocumentJobs.Of(plan).Select(job => job switch
            {
                DocumentJob.FineTune { Run: var run } => training.Of(run),
                DocumentJob.Evaluate evaluation => evaluating.Of(evaluation),
                _ => throw new System.Diagnostics.UnreachableException(),
            }),
        ];
        return new TreeBuilding(plan.At)
            .Add("project", new TreeBuilding(plan.At).Name("name", plan.Name).Text("base_output_dir", folder).Name("work_dir", folder).Mapping)
            .Name("scheduler", "slurm_pipeline").Name("site", "default")
            .Add("sweep", new TreeBuilding(plan.At).Name("type", "list").List("configs", runs).Mapping)
            .Mapping;
    }
}

/// <summary>Where the files of a plan lie, all of them absolute.</summary>
internal sealed class DocumentPlaces(PlanDocument plan, string folder)
{
    /// <summary>A path as the document writes it: from the document's own folder.</summary>
    public string Of(string path) => AbsolutePaths.Of(path, folder);

    /// <summary>The folder below which a training leaves <c>epoch_0</c>, <c>epoch_1</c>, …</summary>
    public string Checkpoints(DocumentRun run)
    {
        if (plan.Output.CheckpointFolder is not { } given) return Path.Combine(folder, run.Name);
        var pattern = plan.Output.NamingPattern?.Value.TrimEnd('/') ?? "ck-out-{run_name}/epoch_{N}";
        if (pattern.EndsWith("/epoch_{N}", StringComparison.Ordinal)) pattern = pattern[..^"/epoch_{N}".Length];
        return Path.Combine(Of(given.Value), pattern.Replace("{run_name}", run.Name, StringComparison.Ordinal).Replace("{run}", run.Name, StringComparison.Ordinal));
    }

    /// <summary>The base model's folder, or its name where the document has no folder for it.</summary>
    public string Model(DocumentRun run)
    {
        var model = plan.ModelOf(run);
        if (model?.Path is { } path) return Of(path.Value);
        var name = model?.Name ?? run.Model;
        return plan.ModelFolder is { } models ? Path.Combine(Of(models.Value), name) : name;
    }

    /// <summary>The data of a task; null when its script brings its own.</summary>
    public string? Data(EvaluationTask task) => task.Dataset switch
    {
        TaskDataset.Same => plan.Data.Path is { } path ? Of(path.Value) : null,
        TaskDataset.AtPath { Path: var path } => Of(path),
        _ => null,
    };
}
