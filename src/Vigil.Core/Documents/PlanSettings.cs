using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>The data of the training.</summary>
public sealed record TrainingData
{
    public Written<string>? Path { get; init; }
    public Written<string>? Label { get; init; }
    public Written<string>? Format { get; init; }

    /// <summary>As written.</summary>
    public Written<string>? Size { get; init; }

    public ImmutableArray<DataSplit> Splits { get; init; } = [];
}

/// <summary>A part of the data and its number of samples.</summary>
public sealed record DataSplit(string Name, int Samples);

/// <summary>A batch size, and for which models.</summary>
/// <param name="Models">A model, or a size such as <c>1B</c>; null for all.</param>
public sealed record ModelBatchSize(int Size, string? Models);

/// <summary>What all trainings have in common; each is null when the document does not say.</summary>
public sealed record TrainingSettings
{
    public Written<string>? Recipe { get; init; }
    public Written<int>? Gpus { get; init; }
    public Written<int>? Epochs { get; init; }

    /// <summary>The epochs that leave a checkpoint; null for all.</summary>
    public Written<EpochSelection>? SavedEpochs { get; init; }

    public ImmutableArray<ModelBatchSize> BatchSizes { get; init; } = [];
    public Written<int>? ValidationBatchSize { get; init; }
    public Written<int>? GradientAccumulation { get; init; }
    public Written<string>? DatasetType { get; init; }
    public Written<bool>? Packed { get; init; }
    public Written<bool>? Validation { get; init; }
    public Written<int>? Seed { get; init; }

    /// <summary>The system prompt; an empty one is one, too.</summary>
    public Written<string>? SystemPrompt { get; init; }

    /// <summary>The template of the prompt, with <c>{input}</c> in it.</summary>
    public Written<string>? Prompt { get; init; }

    /// <summary>Further settings of the trainer, as written.</summary>
    public ImmutableArray<DocumentParameter> Parameters { get; init; } = [];
}

/// <summary>Where the trainings leave their checkpoints; each is null when the document does not say.</summary>
public sealed record OutputSettings
{
    public Written<string>? CheckpointFolder { get; init; }
    public Written<string>? NamingPattern { get; init; }
    public Written<string>? WandbProject { get; init; }
}

/// <summary>What all evaluations have in common; each is null when the document does not say.</summary>
public sealed record EvaluationSettings
{
    /// <summary>The epochs of every tick in the matrix that names none.</summary>
    public Written<EpochSelection>? Epochs { get; init; }

    public Written<string>? SystemPrompt { get; init; }
    public Written<double>? Temperature { get; init; }
    public Written<bool>? DoSample { get; init; }
    public Written<int>? Seed { get; init; }
    public Written<int>? MaxTokens { get; init; }
    public Written<int>? MaxConnections { get; init; }
    public ImmutableArray<DocumentScorer> Scorers { get; init; } = [];
    public ImmutableArray<DocumentParameter> Compute { get; init; } = [];
}

/// <summary>How answers are judged.</summary>
public sealed record DocumentScorer(string Name, ImmutableArray<DocumentParameter> Parameters, SourceSpan At);

/// <summary>What a task is evaluated on.</summary>
public abstract record TaskDataset
{
    private TaskDataset() { }

    /// <summary>The data of the training.</summary>
    public sealed record Same : TaskDataset { public static Same Instance { get; } = new(); }

    public sealed record AtPath(string Path, SourceSpan At) : TaskDataset;

    /// <summary>One of several generated datasets.</summary>
    public sealed record Condition(string Name, SourceSpan At) : TaskDataset;
}

/// <summary>A task of the evaluation.</summary>
/// <param name="Script">Null when the document names none, which is a mistake.</param>
/// <param name="Dataset">Null when the script brings its own.</param>
public sealed record EvaluationTask(string Name, Written<string>? Script, TaskDataset? Dataset, SourceSpan At)
{
    public string? Description { get; init; }
    public Written<string>? Prompt { get; init; }
    public Written<string>? SystemPrompt { get; init; }
    public Written<string>? AssistantPrefix { get; init; }

    /// <summary>What else the table or the mapping says, as written.</summary>
    public ImmutableArray<DocumentParameter> Parameters { get; init; } = [];
}

/// <summary>What one run is evaluated on.</summary>
public sealed record MatrixRow(string Run, ImmutableArray<MatrixCell> Cells, SourceSpan At)
{
    /// <summary>How figures call the run; null for its name.</summary>
    public string? Label { get; init; }

    public string? Remark { get; init; }
}

/// <summary>A tick of the matrix.</summary>
/// <param name="Epochs">Null when the cell names none: what holds for all then.</param>
public sealed record MatrixCell(string Task, EpochSelection? Epochs, SourceSpan At);
