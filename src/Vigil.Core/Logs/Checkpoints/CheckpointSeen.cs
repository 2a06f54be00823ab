using System.Collections.Immutable;

namespace Vigil.Logs.Checkpoints;

/// <summary>What looking at a checkpoint gave.</summary>
public enum CheckpointValidity
{
    /// <summary>Whole, and not written to any more.</summary>
    Valid,

    /// <summary>Perhaps still being written: look again.</summary>
    Unsettled,

    /// <summary>Something is missing or cut.</summary>
    Invalid,
}

/// <summary>A checkpoint as it lies on disk.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Step">Null: neither its name nor its files tell.</param>
/// <param name="Epoch">As the trainer counts them.</param>
/// <param name="Modified">The newest write to any of its files.</param>
/// <param name="Reason">Null when it is valid.</param>
public sealed record CheckpointSeen(string Path, CheckpointKind Kind, long? Step, long? Epoch, long Bytes, DateTimeOffset Modified, CheckpointValidity Validity, string? Reason)
{
    /// <summary>What a trainer is given to go on from it: Megatron and DeepSpeed take the folder above, whose tracker names the newest.</summary>
    public string Load => CheckpointName.Load(Path, Kind);

    /// <summary>Whether a restart goes on from it. A single file of weights may be anything; of those only Lightning's hold all that a run goes on from.</summary>
    public bool IsResumable => !IsWithoutState && (Kind is not CheckpointKind.File || Path.EndsWith(".ckpt", StringComparison.Ordinal));

    /// <summary>What the trainer keeps of itself besides lies elsewhere, and belongs to another checkpoint than this one, or to none.</summary>
    public bool IsWithoutState { get; init; }

    /// <summary>The folder above names another one as its newest, so that only the step leads to this one.</summary>
    public bool IsLoadedByStep { get; init; }
}

/// <summary>Chooses among checkpoints.</summary>
public static class ValidCheckpoints
{
    /// <summary>The furthest valid one; null: none is valid.</summary>
    public static CheckpointSeen? Newest(IEnumerable<CheckpointSeen> seen) => InOrder(seen.Where(static c => c.Validity is CheckpointValidity.Valid)).FirstOrDefault();

    /// <summary>The valid one with the lowest loss on held-out data; the newest where none is known.</summary>
    public static CheckpointSeen? Best(IEnumerable<CheckpointSeen> seen, HeldOutLosses losses)
    {
        ImmutableArray<CheckpointSeen> all = [.. seen];
        return BestJudged(all, losses) ?? Newest(all);
    }

    /// <summary>The same; null where no loss of a valid one is known.</summary>
    public static CheckpointSeen? BestJudged(IEnumerable<CheckpointSeen> seen, HeldOutLosses losses) =>
        InOrder(seen.Where(c => c.Validity is CheckpointValidity.Valid && losses.Of(c) is not null)).MinBy(losses.Of);

    /// <summary>The furthest first: by step or epoch where all have one, else by the time of writing. Kohya counts steps anew after a resume, and epochs on.</summary>
    public static ImmutableArray<CheckpointSeen> InOrder(IEnumerable<CheckpointSeen> seen)
    {
        ImmutableArray<CheckpointSeen> all = [.. seen];
        Func<CheckpointSeen, long>? number = all switch
        {
            _ when all.All(static c => c.Epoch is not null) => static c => c.Epoch!.Value,
            _ when all.All(static c => c.Step is not null) => static c => c.Step!.Value,
            _ => null,
        };
        return number is null ? [.. all.OrderByDescending(static c => c.Modified)] : [.. all.OrderByDescending(number).ThenByDescending(static c => c.Step ?? 0).ThenByDescending(static c => c.Modified)];
    }
}
