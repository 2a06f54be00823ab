using System.Collections.Immutable;
using Vigil.Planning;

namespace Vigil.Monitoring;

/// <summary>What the shell saw, with the time it was seen. Never stored.</summary>
public abstract record Observation
{
    private Observation(DateTimeOffset at) => At = at;

    public DateTimeOffset At { get; }

    /// <summary>Time passed.</summary>
    public sealed record Ticked(DateTimeOffset At) : Observation(At);

    /// <summary>The user asked for these runs: unknown ones are added, <c>Replaced</c> ones take the place of runs of the same name that are not with the scheduler now.</summary>
    public sealed record PlanAccepted(DateTimeOffset At, string By, ExperimentHeader Experiment, ImmutableArray<PlannedRun> Added, ImmutableArray<PlannedRun> Replaced) : Observation(At);

    public sealed record WishRead(DateTimeOffset At, Wish Wish) : Observation(At);

    /// <param name="LastStep">The largest step that the attempt's log has shown; null: none.</param>
    public sealed record JobReported(DateTimeOffset At, JobReport Report, long? LastStep = null) : Observation(At);

    /// <summary>A checkpoint line was read. <c>Offset</c> is the byte position of its end in the attempt's log.</summary>
    public sealed record CheckpointRead(DateTimeOffset At, AttemptId Attempt, long Step, string Path, long Offset) : Observation(At);

    /// <summary>An attempt has ended, and the run's checkpoints were looked at.</summary>
    /// <param name="Usable">The whole ones, the furthest first.</param>
    public sealed record CheckpointsLookedAt(DateTimeOffset At, RunId Run, ImmutableArray<UsableCheckpoint> Usable) : Observation(At);

    public sealed record EffectSettled(DateTimeOffset At, string Effect, EffectResult Result) : Observation(At);
}
