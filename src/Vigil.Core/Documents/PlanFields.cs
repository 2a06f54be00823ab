using System.Collections.Immutable;
using System.Globalization;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>The keys of all sections in the order of the canonical form.</summary>
internal static class PlanFields
{
    public static ImmutableArray<DocumentField<PlanOverview>> Overview { get; } =
    [
        DocumentFields<PlanOverview>.Text("Type", static o => o.Type, static (o, v) => o with { Type = v }),
        DocumentFields<PlanOverview>.Text("Task", static o => o.Task, static (o, v) => o with { Task = v }),
        DocumentFields<PlanOverview>.Text("Question", static o => o.Question, static (o, v) => o with { Question = v }, "research_question", "scientific_question"),
        DocumentFields<PlanOverview>.Text("Hypothesis", static o => o.Hypothesis, static (o, v) => o with { Hypothesis = v }),
        DocumentFields<PlanOverview>.Text("Purpose", static o => o.Purpose, static (o, v) => o with { Purpose = v }),
        DocumentFields<PlanOverview>.Text("Project", static o => o.Project, static (o, v) => o with { Project = v }),
        DocumentFields<PlanOverview>.Path("Directory", static o => o.Directory, static (o, v) => o with { Directory = v }, "dir"),
        DocumentFields<PlanOverview>.Text("Created", static o => o.Created, static (o, v) => o with { Created = v }, "date"),
    ];

    public static ImmutableArray<DocumentField<PlanTools>> Tools { get; } =
    [
        DocumentFields<PlanTools>.Text("Model Preparation", static t => t.Preparation, static (t, v) => t with { Preparation = v }, "preparation", "training", "fine_tuning"),
        DocumentFields<PlanTools>.Text("Evaluation", static t => t.Evaluation, static (t, v) => t with { Evaluation = v }),
    ];

    public static ImmutableArray<DocumentField<TrainingData>> Data { get; } =
    [
        DocumentFields<TrainingData>.Path("Path", static d => d.Path, static (d, v) => d with { Path = v }),
        DocumentFields<TrainingData>.Text("Label", static d => d.Label, static (d, v) => d with { Label = v }, "dataset_label"),
        DocumentFields<TrainingData>.Text("Format", static d => d.Format, static (d, v) => d with { Format = v }),
        DocumentFields<TrainingData>.Text("Size", static d => d.Size, static (d, v) => d with { Size = v }),
        DocumentFields<TrainingData>.Own("Splits", static d => d.Splits.IsEmpty ? null : SourceSpan.None, static (d, v, report) => d with { Splits = PlanValues.Splits(v, report) }, static d => PlanValues.Text(d.Splits)),
    ];

    public static ImmutableArray<DocumentField<TrainingSettings>> Training { get; } =
    [
        DocumentFields<TrainingSettings>.Text("Recipe", static t => t.Recipe, static (t, v) => t with { Recipe = v }, "custom_recipe"),
        DocumentFields<TrainingSettings>.Whole("GPUs per job", static t => t.Gpus, static (t, v) => t with { Gpus = v }, 1, "gpus"),
        DocumentFields<TrainingSettings>.Whole("Epochs", static t => t.Epochs, static (t, v) => t with { Epochs = v }, 1),
        DocumentFields<TrainingSettings>.Own("Saved epochs", static t => t.SavedEpochs?.At, static (t, v, report) => PlanValues.Saved(v, report) is { } saved ? t with { SavedEpochs = new(saved, v.At) } : t, static t => t.SavedEpochs?.Value.Text, "epochs_to_save", "epochs_saved"),
        DocumentFields<TrainingSettings>.Own("Batch sizes", static t => t.BatchSizes.IsEmpty ? null : SourceSpan.None, static (t, v, report) => t with { BatchSizes = PlanValues.BatchSizes(v, report) }, static t => PlanValues.Text(t.BatchSizes), "batch_size"),
        DocumentFields<TrainingSettings>.Whole("Validation batch size", static t => t.ValidationBatchSize, static (t, v) => t with { ValidationBatchSize = v }, 1, "batch_size_val"),
        DocumentFields<TrainingSettings>.Whole("Gradient accumulation", static t => t.GradientAccumulation, static (t, v) => t with { GradientAccumulation = v }, 1, "gradient_accumulation_steps"),
        DocumentFields<TrainingSettings>.Text("Dataset type", static t => t.DatasetType, static (t, v) => t with { DatasetType = v }),
        DocumentFields<TrainingSettings>.Flag("Dataset packing", static t => t.Packed, static (t, v) => t with { Packed = v }, "packed", "packing"),
        DocumentFields<TrainingSettings>.Flag("Validation during training", static t => t.Validation, static (t, v) => t with { Validation = v }, "validation"),
        DocumentFields<TrainingSettings>.Whole("Seed", static t => t.Seed, static (t, v) => t with { Seed = v }, 0),
        DocumentFields<TrainingSettings>.Prompt("System prompt", static t => t.SystemPrompt, static (t, v) => t with { SystemPrompt = v }),
        DocumentFields<TrainingSettings>.Prompt("Prompt", static t => t.Prompt, static (t, v) => t with { Prompt = v }),
    ];

    public static ImmutableArray<DocumentField<OutputSettings>> Output { get; } =
    [
        DocumentFields<OutputSettings>.Path("Checkpoint directory", static o => o.CheckpointFolder, static (o, v) => o with { CheckpointFolder = v }, "output_directory", "checkpoints"),
        DocumentFields<OutputSettings>.Path("Naming pattern", static o => o.NamingPattern, static (o, v) => o with { NamingPattern = v }),
        DocumentFields<OutputSettings>.Text("Wandb project", static o => o.WandbProject, static (o, v) => o with { WandbProject = v }),
    ];

    public static ImmutableArray<DocumentField<EvaluationSettings>> Evaluation { get; } =
    [
        DocumentFields<EvaluationSettings>.Own("Epochs to evaluate", static e => e.Epochs?.At, static (e, v, report) => PlanValues.Epochs(v, report) is { } epochs ? e with { Epochs = new(epochs, v.At) } : e, static e => e.Epochs?.Value.Text, "epochs"),
        DocumentFields<EvaluationSettings>.Prompt("System prompt", static e => e.SystemPrompt, static (e, v) => e with { SystemPrompt = v }),
        DocumentFields<EvaluationSettings>.Number("Temperature", static e => e.Temperature, static (e, v) => e with { Temperature = v }),
        DocumentFields<EvaluationSettings>.Flag("Do sample", static e => e.DoSample, static (e, v) => e with { DoSample = v }),
        DocumentFields<EvaluationSettings>.Whole("Seed", static e => e.Seed, static (e, v) => e with { Seed = v }, 0),
        DocumentFields<EvaluationSettings>.Whole("Max tokens", static e => e.MaxTokens, static (e, v) => e with { MaxTokens = v }, 1),
        DocumentFields<EvaluationSettings>.Whole("Max connections", static e => e.MaxConnections, static (e, v) => e with { MaxConnections = v }, 1),
    ];

    /// <summary>Settings of the trainer that a plan may give for all runs, beside those with a field of their own.</summary>
    public static ImmutableArray<string> TrainerKeys { get; } =
    [
        "lora_rank", "lora_alpha", "lora_dropout", "lr", "lr_scheduler", "weight_decay", "num_warmup_steps", "max_steps_per_epoch", "max_seq_len", "train_on_input", "log_every_n_steps", "run_val_every_n_steps",
        "save_adapter_weights_only", "save_last_epoch_only", "stash_adapter_weights", "input_key", "output_key", "training_samples", "torchtune_model_name", "base_recipe", "time", "mem", "cpus_per_task", "conda_env",
        "account", "partition", "constraint", "venv", "modules",
    ];
}

/// <summary>Values with a form of their own.</summary>
internal static class PlanValues
{
    public static EpochSelection? Epochs(FieldValue value, DiagnosticBag report)
    {
        if (EpochSelection.Parse(value.Text, out _) is { } epochs) return epochs;
        report.Error("DOC010", value.At, $"'{TextRules.Shorten(value.Text, 60)}' does not say which epochs '{value.Key}' means", $"write {EpochSelection.Forms}; they count from 0");
        return null;
    }

    public static EpochSelection? Saved(FieldValue value, DiagnosticBag report) => value.Text.Equals("none", StringComparison.OrdinalIgnoreCase) ? new EpochSelection.Listed([]) : Epochs(value, report);

    /// <summary>Reads <c>train (8000), validation (1000 samples)</c> and <c>train: 800</c>.</summary>
    public static ImmutableArray<DataSplit> Splits(FieldValue value, DiagnosticBag report)
    {
        var splits = ImmutableArray.CreateBuilder<DataSplit>();
        foreach (var (part, _) in DocumentText.Parts(value.Raw))
        {
            var end = part.EndsWith(')') ? part.LastIndexOf('(') : part.AsSpan().LastIndexOfAny(':', '=');
            var digits = end < 1 ? "" : part[(end + 1)..].TrimEnd(')').Replace("samples", "", StringComparison.OrdinalIgnoreCase).Replace("examples", "", StringComparison.OrdinalIgnoreCase).Replace(",", "", StringComparison.Ordinal).Trim();
            if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var samples)) splits.Add(new(DocumentText.Read(part[..end].Trim()), samples));
            else report.Error("DOC008", value.At, $"'{TextRules.Shorten(part, 60)}' is no split with its number of samples", "such as: train (8000), validation (1000), test (1000)");
        }
        return splits.ToImmutable();
    }

    /// <summary>Reads <c>4</c> and <c>16 (1B), 8 (3B)</c>.</summary>
    public static ImmutableArray<ModelBatchSize> BatchSizes(FieldValue value, DiagnosticBag report)
    {
        var sizes = ImmutableArray.CreateBuilder<ModelBatchSize>();
        foreach (var (part, _) in DocumentText.Parts(value.Raw))
        {
            var bare = FieldNumbers.WithoutRemark(part);
            var models = bare.Length < part.Length ? part[bare.Length..].Trim().Trim('(', ')').Trim() : null;
            if (int.TryParse(bare, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0) sizes.Add(new(size, models));
            else report.Error("DOC008", value.At, $"'{TextRules.Shorten(part, 60)}' is no batch size", "such as: 16, or by model: 16 (1B), 8 (3B)");
        }
        return sizes.ToImmutable();
    }

    public static string? Text(ImmutableArray<DataSplit> splits) =>
        splits.IsEmpty ? null : string.Join(", ", splits.Select(static s => string.Create(CultureInfo.InvariantCulture, $"{DocumentText.Part(s.Name)} ({s.Samples})")));

    public static string? Text(ImmutableArray<ModelBatchSize> sizes) =>
        sizes.IsEmpty ? null : string.Join(", ", sizes.Select(static s => s.Size.ToString(CultureInfo.InvariantCulture) + (s.Models is { } models ? $" ({models})" : "")));
}
