using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>The three forms a plan of fine-tunings and evaluations comes in.</summary>
public enum PlanDocumentKind { RunsPlan, SummaryText, SummaryYaml }

/// <summary>What a plan document says: which runs there are, what they are trained with, and what each is evaluated on.</summary>
/// <param name="Name">Of the group of runs, or the experiment.</param>
/// <param name="At">Where the name stands.</param>
public sealed record PlanDocument(PlanDocumentKind Kind, string Name, SourceSpan At)
{
    public PlanOverview Overview { get; init; } = new();
    public PlanTools Tools { get; init; } = new();
    public ImmutableArray<PlanFactor> Factors { get; init; } = [];
    public ImmutableArray<DocumentRun> Runs { get; init; } = [];

    /// <summary>The folder of all base models; null when none is given.</summary>
    public Written<string>? ModelFolder { get; init; }

    public ImmutableArray<BaseModel> Models { get; init; } = [];
    public TrainingData Data { get; init; } = new();
    public ImmutableArray<EvaluationTask> Tasks { get; init; } = [];

    /// <summary>One row a run; a run without one is evaluated on nothing.</summary>
    public ImmutableArray<MatrixRow> Matrix { get; init; } = [];

    public EvaluationSettings Evaluation { get; init; } = new();
    public TrainingSettings Training { get; init; } = new();
    public OutputSettings Output { get; init; } = new();

    /// <summary>What stands in a known section and has no meaning here, in the order of the sections.</summary>
    public ImmutableArray<DocumentNote> Notes { get; init; } = [];

    /// <summary>Whole sections that have no meaning here, as they were written.</summary>
    public ImmutableArray<DocumentSection> Sections { get; init; } = [];

    /// <summary>How many epochs a run is trained for; null when the document does not say.</summary>
    public Written<int>? EpochsOf(DocumentRun run) => run.Epochs ?? Training.Epochs;

    /// <summary>The batch size of a run: its own, else that of its model, else the one for all; null when the document does not say.</summary>
    public int? BatchSizeOf(DocumentRun run) =>
        run.BatchSize?.Value ?? Training.BatchSizes.FirstOrDefault(b => b.Models is { } part && ModelNames.Matches(part, run.Model))?.Size ?? Training.BatchSizes.FirstOrDefault(static b => b.Models is null)?.Size;

    /// <summary>The base model that a run names, in full or by its size; null when the document lists none, or several would fit.</summary>
    public BaseModel? ModelOf(DocumentRun run) =>
        Models.FirstOrDefault(m => m.Name == run.Model) ?? (Models.Where(m => ModelNames.Matches(run.Model, m.Name)).ToList() is [var only] ? only : null);

    /// <summary>Every file and folder the document refers to, once each with its first place: whether they are there is for others to look.</summary>
    public ImmutableArray<DocumentFile> Files => DocumentFile.AllOf(this);
}

/// <summary>One setting with its value as written.</summary>
public sealed record DocumentParameter(string Name, string Value, SourceSpan At)
{
    /// <summary>What the setting is called by the trainer: <c>LoRA Rank</c> is <c>lora_rank</c>.</summary>
    public string Key => DocumentWords.Parameter(Name);
}

/// <summary>A factor of the design with its levels as written.</summary>
public sealed record PlanFactor(string Name, ImmutableArray<string> Levels, SourceSpan At);

/// <summary>One entry that has no meaning here.</summary>
/// <param name="Section">The section it stands in, by the name the canonical form gives it.</param>
/// <param name="Key">Empty for a text without one.</param>
public sealed record DocumentNote(string Section, string Key, string Text, SourceSpan At);

/// <summary>A section that has no meaning here: its lines as written, with the headings below it.</summary>
public sealed record DocumentSection(string Title, string Text, SourceSpan At);

/// <summary>What the document says about itself; each is null when it does not.</summary>
public sealed record PlanOverview
{
    public Written<string>? Type { get; init; }
    public Written<string>? Task { get; init; }
    public Written<string>? Question { get; init; }
    public Written<string>? Hypothesis { get; init; }
    public Written<string>? Purpose { get; init; }
    public Written<string>? Project { get; init; }
    public Written<string>? Directory { get; init; }
    public Written<string>? Created { get; init; }
}

/// <summary>The programs that train and evaluate; each is null when the document leaves it to the usual one.</summary>
public sealed record PlanTools
{
    public Written<string>? Preparation { get; init; }
    public Written<string>? Evaluation { get; init; }
}
