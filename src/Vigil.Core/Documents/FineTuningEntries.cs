using System.Globalization;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>The entries of the sweep that train.</summary>
internal sealed class FineTuningEntries(PlanDocument plan, DocumentPlaces places)
{
    private const string Settings = "backend.finetune.";

    public ConfigNode Of(DocumentRun run)
    {
        var entry = new TreeBuilding(run.At).Name("project.run_name", run.Name).Name("stage", DocumentExperiment.FineTuning).Name("backend", "torchtune_lora");
        entry.Name("torchtune_model", plan.ModelOf(run)?.Name ?? run.Model);
        entry.Text(Settings + "model_path", places.Model(run)).Text(Settings + "output_dir", places.Checkpoints(run));
        if (plan.Data.Path is { } data)
            entry.Text(Settings + "data_path", places.Of(data.Value), data.At).Text(Settings + "dataset_label", plan.Data.Label?.Value ?? Path.GetFileNameWithoutExtension(data.Value), data.At);
        AddTraining(entry, run);
        foreach (var parameter in plan.Training.Parameters.Concat(run.Parameters)) AddParameter(entry, parameter);
        if (!Gives(run, "lora_alpha") && RankOf(run) is { } rank) entry.Plain(Settings + "lora_alpha", (2 * rank).ToString(CultureInfo.InvariantCulture));
        JobRequest.Add(entry, plan.Training.Gpus, run.Compute, run.SlurmOverrides, run.Estimate is { } estimate && !Gives(run, "time") ? JobRequest.Limit(estimate) : null);
        entry.List("job.artifacts", [.. Saved(run).Select(epoch => new TreeBuilding(run.At).Text("checkpoint", string.Create(CultureInfo.InvariantCulture, $"{places.Checkpoints(run)}/epoch_{epoch}")).Mapping)]);
        entry.Add("backend.env", new TreeBuilding(run.At).Name("HF_DATASETS_CACHE", JobRequest.DatasetCache).Mapping);
        return entry.Mapping;
    }

    /// <summary>The epochs that leave a checkpoint.</summary>
    private IEnumerable<int> Saved(DocumentRun run) =>
        plan.EpochsOf(run) is { } epochs ? EpochSelection.All.Instance.Resolve(epochs.Value, plan.Training.SavedEpochs?.Value).Epochs.OfType<EvaluatedEpoch.Numbered>().Select(static e => e.Epoch) : [];

    private void AddTraining(TreeBuilding entry, DocumentRun run)
    {
        var training = plan.Training;
        entry.Text(Settings + "recipe", training.Recipe).Plain(Settings + "epochs", plan.EpochsOf(run)).Plain(Settings + "batch_size_val", training.ValidationBatchSize);
        entry.Plain(Settings + "gradient_accumulation_steps", training.GradientAccumulation).Plain(Settings + "packed", training.Packed).Plain(Settings + "seed", training.Seed);
        entry.Text(Settings + "system_prompt", training.SystemPrompt).Text(Settings + "my_wandb_project", plan.Output.WandbProject);
        if (plan.BatchSizeOf(run) is { } batch) entry.Plain(Settings + "batch_size", batch.ToString(CultureInfo.InvariantCulture), run.BatchSize?.At);
        if (training.Validation is { Value: true, At: var at }) entry.Reference(Settings + "dataset_val", Settings + "validation_dataset", at).Plain(Settings + "run_val_every_n_steps", "50", at);
        if (training.Gpus is { Value: > 1 } gpus) entry.Plain(Settings + "launch.nproc_per_node", gpus);
        if (training.Gpus is { Value: > 1 } several && training.Recipe is null) entry.Text(Settings + "recipe", "lora_finetune_distributed", several.At);
        if (training.DatasetType is { } type) entry.Text(Settings + "dataset_component", Component(type.Value), type.At);
        if ((run.Prompt ?? training.Prompt) is { } prompt && prompt.Value.Split("{input}") is [var before, var after])
            entry.Add(Settings + "prompt_template", new TreeBuilding(prompt.At).List("user", TreeBuilding.Literal(before, prompt.At), TreeBuilding.Literal(after, prompt.At)).Mapping);
    }

    /// <summary>What asks something of the cluster is no setting of the training.</summary>
    private static void AddParameter(TreeBuilding entry, DocumentParameter parameter)
    {
        if (parameter.Key == "time") JobRequest.Time(entry, parameter.Value, parameter);
        else if (JobRequest.Option(parameter.Key) is { } option) entry.Text(option, parameter.Value, parameter.At);
        else entry.Plain(Settings + parameter.Key, parameter.Value, parameter.At);
    }

    private bool Gives(DocumentRun run, string key) => plan.Training.Parameters.Concat(run.Parameters).Any(p => p.Key == key);

    private int? RankOf(DocumentRun run) =>
        run.Parameters.Concat(plan.Training.Parameters).FirstOrDefault(static p => p.Key == "lora_rank") is { } rank && int.TryParse(rank.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Component(string type) => DocumentWords.Key(type) switch
    {
        "chat_dataset" => "torchtune.datasets.chat_dataset",
        "text_completion" or "text_completion_dataset" => "torchtune.datasets.text_completion_dataset",
        "chat_completion" or "instruct_dataset" or "instruct" => "torchtune.datasets.instruct_dataset",
        _ => type,
    };
}
