namespace Vigil.Logs.Checkpoints;

/// <summary>The losses on held-out data that a run's log shows, by which the best of its checkpoints is told.</summary>
/// <param name="ByStep">What is no number is passed over.</param>
/// <param name="StepsPerEpoch">Null: not known, and checkpoints that only name their epoch are not judged.</param>
public sealed record HeldOutLosses(IReadOnlyDictionary<long, double> ByStep, double? StepsPerEpoch)
{
    public static HeldOutLosses None { get; } = new(new Dictionary<long, double>(), null);

    /// <summary>The loss at the checkpoint's step, or the last one within the epoch that it ends; null: none was measured there.</summary>
    public double? Of(CheckpointSeen checkpoint) => checkpoint switch
    {
        { Step: { } step } => ByStep.TryGetValue(step, out var loss) && double.IsFinite(loss) ? loss : null,
        { Kind: CheckpointKind.Epoch, Epoch: { } epoch } => OfEpoch(epoch),
        _ => null,
    };

    /// <param name="epoch">From 0.</param>
    public double? OfEpoch(long epoch)
    {
        if (StepsPerEpoch is not > 0) return null;
        // A training whose steps do not divide by its epochs is half a step off at most.
        var (after, upTo) = (epoch * StepsPerEpoch.Value + 0.5, (epoch + 1) * StepsPerEpoch.Value + 0.5);
        var within = ByStep.Where(p => p.Key >= after && p.Key < upTo && double.IsFinite(p.Value)).ToList();
        return within.Count == 0 ? null : within.MaxBy(static p => p.Key).Value;
    }
}
