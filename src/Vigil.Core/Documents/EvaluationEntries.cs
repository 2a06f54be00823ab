using System.Globalization;
using System.Text.RegularExpressions;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>The entries of the sweep that evaluate: each starts as soon as the checkpoint it looks at is whole.</summary>
internal sealed partial class EvaluationEntries(PlanDocument plan, DocumentPlaces places)
{
    private const string SettingsName = "eval.yaml", Best = "best";

    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(30);

    public ConfigNode Of(DocumentJob.Evaluate job)
    {
        var (run, task, at) = (job.Run, job.Task, job.Run.At);
        var entry = new TreeBuilding(at).Name("stage", DocumentExperiment.Evaluation).Name("backend", "inspect");
        var checkpoint = Checkpoint(job);
        entry.Name("project.evaluation.point", run.Name).Name("project.evaluation.task", task.Name, task.At);
        if (run.IsFineTuned) entry.Name("project.evaluation.training", run.Name);
        if (job.Epoch is EvaluatedEpoch.Numbered && Epoch(job) is { } epoch) entry.Plain("project.evaluation.epoch", epoch);
        entry.Text("backend.task", Script(task)).Text("backend.model", Model(job)).Text("backend.model_args.model_path", checkpoint ?? places.Model(run));
        entry.Add("backend.files", new TreeBuilding(at).Add(SettingsName, Settings(job, checkpoint ?? places.Model(run))).Mapping);
        AddTask(entry, job, checkpoint);
        AddMetadata(entry, job);
        AddOptions(entry);
        JobRequest.Add(entry, null, plan.Evaluation.Compute, run.SlurmOverrides, Usual);
        if (run.IsFineTuned && checkpoint is not null)
            entry.List("job.start_conditions", Start(job, checkpoint));
        entry.List("job.artifacts", new TreeBuilding(at).Name("evaluation", "{output_dir}/logs").Text("task", TaskName(task)).Mapping);
        entry.Add("backend.env", new TreeBuilding(at).Name("HF_DATASETS_CACHE", JobRequest.DatasetCache).Mapping);
        return entry.Mapping;
    }

    private static ConfigNode.Mapping Start(DocumentJob.Evaluate job, string checkpoint)
    {
        var condition = new TreeBuilding(job.Run.At).Name("class_name", "CheckpointCondition").Text("path", checkpoint).Name("of", job.Run.Name);
        return (job.Epoch is EvaluatedEpoch.Best ? condition.Plain("best", "true") : condition).Mapping;
    }

    /// <summary>The folder that is evaluated; null for a base model as it is.</summary>
    private string? Checkpoint(DocumentJob.Evaluate job) => (job.Epoch, job.Run.Kind) switch
    {
        (EvaluatedEpoch.Numbered { Epoch: var epoch }, _) => string.Create(CultureInfo.InvariantCulture, $"{places.Checkpoints(job.Run)}/epoch_{epoch}"),
        (EvaluatedEpoch.Best, _) => $"{places.Checkpoints(job.Run)}/epoch_{Best}",
        (_, DocumentRunKind.EvalOnly { Checkpoint: { } given }) => places.Of(given.Value),
        _ => null,
    };

    /// <summary>As logs and settings say it; null: there are no epochs.</summary>
    private static string? Epoch(DocumentJob.Evaluate job) => job.Epoch switch
    {
        EvaluatedEpoch.Numbered { Epoch: var epoch } => epoch.ToString(CultureInfo.InvariantCulture),
        EvaluatedEpoch.Best => Best,
        _ => null,
    };

    private static string Model(DocumentJob.Evaluate job) => $"hf/{job.Run.Name}{Suffix(job)}";

    /// <summary>What tells the models of one run apart in the logs.</summary>
    private static string Suffix(DocumentJob.Evaluate job) => (job.Epoch, job.Run.Kind) switch
    {
        (EvaluatedEpoch.Numbered or EvaluatedEpoch.Best, _) => $"_epoch_{Epoch(job)}",
        (_, DocumentRunKind.Control) => "_control",
        _ => "",
    };

    /// <summary>The file with the task in it, by the task's name where the document names no other.</summary>
    private string Script(EvaluationTask task)
    {
        var script = task.Script?.Value ?? "";
        var cut = script.LastIndexOf('@');
        return cut < 0 ? $"{places.Of(script)}@{task.Name}" : $"{places.Of(script[..cut])}{script[cut..]}";
    }

    /// <summary>What inspect calls the task.</summary>
    private static string TaskName(EvaluationTask task) => task.Script?.Value is { } script && script.LastIndexOf('@') is >= 0 and var cut ? script[(cut + 1)..] : task.Name;

    /// <summary>What tasks of this kind take: the folder of the checkpoint, beside which the training's settings lie, or the data and the prompt themselves.</summary>
    private void AddTask(TreeBuilding entry, DocumentJob.Evaluate job, string? checkpoint)
    {
        if (job.Run.IsFineTuned && plan.Output.CheckpointFolder is null && job.Task.Dataset is TaskDataset.Same && checkpoint is not null) entry.Text("backend.task_args.config_dir", checkpoint);
        if (places.Data(job.Task) is { } data) entry.Text("backend.task_args.dataset_path", data);
        if (System(job.Task) is { Value: { Length: > 0 } text, At: var place } && !text.Contains(',', StringComparison.Ordinal)) entry.Text("backend.task_args.system_prompt", AsYaml(text), place);
        if (job.Task.AssistantPrefix is { } prefix && !prefix.Value.Contains(',', StringComparison.Ordinal)) entry.Text("backend.task_args.assistant_prefix", AsYaml(prefix.Value), prefix.At);
        entry.Add("backend.task_args.config_path", new ConfigNode.Scalar(job.Run.At, "{output_dir}/" + SettingsName, ScalarStyle.Plain));
        foreach (var parameter in job.Task.Parameters) entry.Text($"backend.task_args.{parameter.Key}", parameter.Value, parameter.At);
        if (Label(job) is { } label && !label.Contains(',', StringComparison.Ordinal)) entry.Text("backend.task_args.vis_label", AsYaml(label));
    }

    private Written<string>? System(EvaluationTask task) => task.SystemPrompt ?? plan.Evaluation.SystemPrompt ?? plan.Training.SystemPrompt;

    private string? Label(DocumentJob.Evaluate job) => plan.Matrix.FirstOrDefault(r => r.Run == job.Run.Name)?.Label;

    /// <summary>All settings of the evaluation in one file: what does not survive a command line, such as a prompt, a task reads there.</summary>
    private ConfigNode.Mapping Settings(DocumentJob.Evaluate job, string model)
    {
        var (task, evaluation) = (job.Task, plan.Evaluation);
        var settings = new TreeBuilding(job.Run.At).Text("task_script", Script(task)).Text("task_name", task.Name).Text("model_path", model).Text("model_hf_name", Model(job));
        settings.Add("output_dir", new ConfigNode.Scalar(job.Run.At, "{output_dir}", ScalarStyle.Plain));
        if (places.Data(task) is { } data) settings.Text("data_path", data);
        if (Label(job) is { } label) settings.Text("vis_label", label);
        if (Epoch(job) is { } epoch) settings.Plain("epoch", epoch);
        settings.Plain("is_finetuned", job.Run.Kind is DocumentRunKind.Control ? "false" : "true").Text("source_model", plan.ModelOf(job.Run)?.Name ?? job.Run.Model);
        settings.Text("system_prompt", System(task)).Text("prompt", task.Prompt ?? job.Run.Prompt ?? plan.Training.Prompt).Text("assistant_prefix", task.AssistantPrefix).Text("dataset_type", plan.Training.DatasetType);
        settings.Plain("temperature", evaluation.Temperature).Plain("do_sample", evaluation.DoSample).Plain("max_tokens", evaluation.MaxTokens).Plain("max_connections", evaluation.MaxConnections).Plain("seed", evaluation.Seed);
        if (!evaluation.Scorers.IsEmpty) settings.List("scorers", [.. evaluation.Scorers.Select(Scorer)]);
        return settings.Mapping;
    }

    private static ConfigNode Scorer(DocumentScorer scorer)
    {
        var entry = new TreeBuilding(scorer.At).Text("name", scorer.Name);
        if (scorer.Parameters.IsEmpty) return entry.Mapping;
        var parameters = new TreeBuilding(scorer.At);
        foreach (var parameter in scorer.Parameters) parameters.Plain(parameter.Name, parameter.Value, parameter.At);
        return entry.Add("params", parameters.Mapping).Mapping;
    }

    private void AddMetadata(TreeBuilding entry, DocumentJob.Evaluate job)
    {
        if (Epoch(job) is { } epoch) entry.Text("backend.metadata.epoch", epoch);
        entry.Text("backend.metadata.is_finetuned", job.Run.Kind is DocumentRunKind.Control ? "false" : "true").Text("backend.metadata.source_model", plan.ModelOf(job.Run)?.Name ?? job.Run.Model).Text("backend.metadata.run", job.Run.Name);
    }

    private void AddOptions(TreeBuilding entry)
    {
        var evaluation = plan.Evaluation;
        entry.Plain("backend.options.max_connections", evaluation.MaxConnections).Plain("backend.options.seed", evaluation.Seed).Plain("backend.options.max_tokens", evaluation.MaxTokens);
        if (evaluation.DoSample is { Value: true }) entry.Plain("backend.options.temperature", evaluation.Temperature);
        entry.Plain("backend.model_args.do_sample", evaluation.DoSample);
    }

    /// <summary>inspect reads arguments as YAML: a text that would be something else there stands in quotes.</summary>
    private static string AsYaml(string text) => Word.IsMatch(text) ? text : YamlText.Of(new ScalarValue.Text(text));

    [GeneratedRegex(@"^[A-Za-z][A-Za-z ]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Word { get; }
}
