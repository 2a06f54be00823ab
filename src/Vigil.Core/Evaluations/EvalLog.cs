using System.Collections.Immutable;
using Vigil.Logs;

namespace Vigil.Evaluations;

/// <summary>What the header of one of inspect's logs says. What is null stands nowhere in it.</summary>
public sealed record EvalLog
{
    public required EvalStatus Status { get; init; }

    public required string Task { get; init; }

    /// <summary>The same for all tries of one task.</summary>
    public string? TaskId { get; init; }

    /// <summary>When the evaluation began; logs are in this order, not in that of their names.</summary>
    public DateTimeOffset? Created { get; init; }

    public string? Model { get; init; }

    /// <summary>The folder of weights that the model was given (<c>model_args.model_path</c>).</summary>
    public string? ModelPath { get; init; }

    /// <summary>The file that the task was given (<c>task_args.config_path</c>).</summary>
    public string? ConfigPath { get; init; }

    public EvalOrigin Origin { get; init; } = new(null, null, null);

    public EvalSize Size { get; init; } = new(null, null, null, null);

    /// <summary>Samples times repeats that were to be done.</summary>
    public long? TotalSamples { get; init; }

    public long? CompletedSamples { get; init; }

    /// <summary>All of them, in the order of the log.</summary>
    public ImmutableArray<EvalScore> Scores { get; init; } = [];

    public ImmutableArray<EvalUsage> Usage { get; init; } = [];

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Whether somebody marked the log as not to be used.</summary>
    public EvalValidity Validity { get; init; }
}

/// <summary>Whether a log's results may be used, by its own word.</summary>
public enum EvalValidity
{
    NotDoubted,
    Invalidated,
}

/// <summary>Where the evaluated weights come from, as whoever started the evaluation wrote it into the log's metadata.</summary>
/// <param name="Epoch">Of the training; a number as it stands there.</param>
/// <param name="IsFineTuned"><c>true</c> or <c>false</c>.</param>
public sealed record EvalOrigin(string? Epoch, string? IsFineTuned, string? SourceModel);

/// <summary>What was to be evaluated.</summary>
/// <param name="Samples">Of the whole dataset.</param>
/// <param name="Limit">So many of them at most; null: all.</param>
/// <param name="Epochs">How often each is done; has nothing to do with the training's epochs.</param>
public sealed record EvalSize(string? Dataset, long? Samples, long? Limit, long? Epochs)
{
    /// <summary>Samples times repeats; null where the log does not say how large its dataset is.</summary>
    public long? Expected => Samples is { } all and >= 0 and < int.MaxValue && (Epochs ?? 1) is >= 0 and < int.MaxValue and var times ? Math.Min(all, Limit ?? all) * times : null;
}

/// <summary>The metrics of one scorer, of one reducer.</summary>
/// <param name="Name">Of the score; a scorer may give several.</param>
/// <param name="Reducer">How repeats of a sample became one; null: there was nothing to reduce.</param>
/// <param name="ScoredSamples">Null: the log does not say.</param>
/// <param name="Metrics">NaN and infinities are kept as they are.</param>
public sealed record EvalScore(string Name, string Scorer, string? Reducer, long? ScoredSamples, long? UnscoredSamples, ImmutableArray<NamedValue> Metrics);

/// <summary>The tokens that one model took.</summary>
public sealed record EvalUsage(string Model, long InputTokens, long OutputTokens, long TotalTokens);
