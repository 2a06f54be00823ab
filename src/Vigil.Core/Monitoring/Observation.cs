using System.Collections.Immutable;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>What the shell saw, with the time it was seen. Never stored.</summary>
public abstract record Observation
{
    private Observation(DateTimeOffset at) => At = at;

    public DateTimeOffset At { get; }

    /// <summary>Time passed.</summary>
    public sealed record Ticked(DateTimeOffset At) : Observation(At);

    /// <summary>The user asked for these runs: unknown ones are added, <c>Replaced</c> ones take the place of runs of the same name that are not with the scheduler now.</summary>
    public sealed record PlanAccepted(DateTimeOffset At, string By, ExperimentHeader Experiment, ImmutableArray<PlannedRun> Added, ImmutableArray<PlannedRun> Replaced) : Observation(At)
    {
        /// <summary>The rules that the runs name.</summary>
        public ImmutableArray<RuleSet> Rules { get; init; } = [];

        /// <summary>Known runs over which other rules and conditions watch from now on.</summary>
        public ImmutableArray<PlannedRun> Rewatched { get; init; } = [];

        /// <summary>Where notifications go; null: as before.</summary>
        public ChannelSet? Channels { get; init; }
    }

    public sealed record WishRead(DateTimeOffset At, Wish Wish) : Observation(At);

    /// <param name="LastStep">The largest step that the attempt's log has shown; null: none.</param>
    public sealed record JobReported(DateTimeOffset At, JobReport Report, long? LastStep = null) : Observation(At);

    /// <summary>A line of an attempt's log means something: a checkpoint, or rules match it.</summary>
    /// <param name="Offset">Where it begins.</param>
    /// <param name="Text">The line, shortened.</param>
    public sealed record LineSeen(DateTimeOffset At, AttemptId Attempt, LogFile? File, long Offset, string Text, ImmutableArray<RuleHit> Hits) : Observation(At)
    {
        /// <summary>Null: it tells of none.</summary>
        public SavedCheckpoint? Checkpoint { get; init; }
    }

    /// <summary>A running job's log has not grown, or its step not moved, for longer than one of its thresholds.</summary>
    /// <param name="Silent">Since the log last grew.</param>
    /// <param name="Still">Since the step last moved.</param>
    /// <param name="Step">Null: no log of the attempt has shown one.</param>
    /// <param name="Offset">How long the log is.</param>
    public sealed record QuietSeen(DateTimeOffset At, AttemptId Attempt, TimeSpan Silent, TimeSpan Still, long? Step, long Offset) : Observation(At)
    {
        /// <summary>So many times each threshold counts just now: see <see cref="Quiet.Patience"/>.</summary>
        public int Patience { get; init; } = 1;
    }

    /// <summary>The probes of one look were answered.</summary>
    /// <param name="Since">When this look was first made.</param>
    public sealed record Looked(DateTimeOffset At, string Id, DateTimeOffset Since, ImmutableArray<ProbeAnswer> Answers) : Observation(At);

    /// <summary>An attempt has ended, and the run's checkpoints were looked at.</summary>
    /// <param name="Usable">The whole ones, the furthest first.</param>
    public sealed record CheckpointsLookedAt(DateTimeOffset At, RunId Run, ImmutableArray<UsableCheckpoint> Usable) : Observation(At)
    {
        /// <summary>The whole one whose evaluation was the best; null: no evaluation is known of any.</summary>
        public UsableCheckpoint? Best { get; init; }
    }

    public sealed record EffectSettled(DateTimeOffset At, string Effect, EffectResult Result) : Observation(At);
}

/// <summary>A rule that a line matches.</summary>
/// <param name="Fields">What its groups and the rule's own names for them hold.</param>
public sealed record RuleHit(string Rule, ImmutableSortedDictionary<string, string> Fields);

/// <param name="Path">Absolute.</param>
public sealed record SavedCheckpoint(long Step, string Path);
