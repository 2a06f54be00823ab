using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>What a run does before it is evaluated.</summary>
public abstract record DocumentRunKind
{
    private DocumentRunKind() { }

    public sealed record FineTuned : DocumentRunKind { public static FineTuned Instance { get; } = new(); }

    /// <summary>The base model, as it is.</summary>
    public sealed record Control : DocumentRunKind { public static Control Instance { get; } = new(); }

    /// <summary>A checkpoint that exists already.</summary>
    /// <param name="Checkpoint">Null when the document does not say where it lies, which is a mistake.</param>
    public sealed record EvalOnly(Written<string>? Checkpoint) : DocumentRunKind;
}

/// <summary>One row of the table of runs.</summary>
/// <param name="Model">As written: a name, or only a size such as <c>1B</c>.</param>
public sealed record DocumentRun(string Name, string Model, DocumentRunKind Kind, SourceSpan At)
{
    /// <summary>What this run is trained with, by the columns of the table; a cell with nothing in it is left out.</summary>
    public ImmutableArray<DocumentParameter> Parameters { get; init; } = [];

    /// <summary>Null when the run has none of its own.</summary>
    public Written<int>? BatchSize { get; init; }

    /// <summary>Null when the run has none of its own.</summary>
    public Written<int>? Epochs { get; init; }

    /// <summary>How long the training may take; null when nobody said, or nothing is trained.</summary>
    public TimeSpan? Estimate { get; init; }

    /// <summary>Which of several generated datasets it is trained on; null when there is one.</summary>
    public Written<string>? TrainingCondition { get; init; }

    /// <summary>Its own template of the prompt; null when it has the common one.</summary>
    public Written<string>? Prompt { get; init; }

    /// <summary>What it asks of the cluster: <c>time</c>, <c>gpus</c>, <c>mem</c>, <c>cpus_per_task</c>.</summary>
    public ImmutableArray<DocumentParameter> Compute { get; init; } = [];

    public ImmutableArray<DocumentParameter> SlurmOverrides { get; init; } = [];

    /// <summary>A remark; null when there is none.</summary>
    public string? Remark { get; init; }

    public bool IsFineTuned => Kind is DocumentRunKind.FineTuned;
}

/// <summary>A base model and where it lies.</summary>
/// <param name="Path">Null when only its name is given.</param>
/// <param name="Size">As written; null when it is not given.</param>
public sealed record BaseModel(string Name, Written<string>? Path, string? Size, SourceSpan At);

/// <summary>Short names of models.</summary>
internal static class ModelNames
{
    /// <summary>Whether a part between dashes, such as the size <c>1B</c>, is in a model's name.</summary>
    public static bool Matches(string part, string model) =>
        part.Length > 0 && $"-{model}-".Contains($"-{part}-", StringComparison.OrdinalIgnoreCase);
}
