using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>Whether a checkpoint that another run makes is there: as soon as it is whole, and never when that run has ended without it.</summary>
public static class CheckpointGate
{
    /// <summary>How the reason of a run begins that was skipped because the checkpoint it waited for never came.</summary>
    public const string Missing = "CHECKPOINT_MISSING";

    /// <summary>So long after a job of a cluster has ended a network file system may not show what its node wrote.</summary>
    public static TimeSpan Settling { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Clocks of a cluster differ: so much older than its maker a file may seem.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(2);

    internal static Probe.Checkpoint Probe(Condition.CheckpointWhole condition, EventTexts fill)
    {
        var maker = Maker(condition, fill);
        return new(System.IO.Path.TrimEndingDirectorySeparator(fill.Path(condition.Path)), maker?.Attempts is [{ Submitted: var first }, ..] ? first - Slack : null, maker?.State is RunState.Finished) { BestOf = condition.IsBest && maker?.State is RunState.Finished { Outcome: Outcome.Completed } ? maker.Id : null };
    }

    internal static Judgement Judge(Condition.CheckpointWhole condition, GateContext context, ProbeAnswer answer)
    {
        var maker = Maker(condition, context.Fill);
        if (condition.Run.Length > 0 && maker is null) return Judgement.Wait($"there is no run '{context.Fill.Text(condition.Run)}'");
        // One that is planned anew to be tried again has not ended for good.
        var ended = maker is not null && Launching.IsChanging(context.State, maker) ? null : maker?.State as RunState.Finished;
        if (maker is { Attempts.IsEmpty: true }) return ended is null ? Judgement.Wait($"{maker.Id} has not begun") : Never(maker, ended, "it never began");
        if (condition.IsBest && ended is null) return Judgement.Wait($"which epoch of {maker?.Id.Value ?? "a run"} is the best is known when it has completed");
        // One that is tried again may find a better one; then this run is tried again as well.
        if (condition.IsBest && ended is { Outcome: not Outcome.Completed }) return Never(maker!, ended, "which epoch is the best is known of a training that completed");
        var why = answer switch
        {
            ProbeAnswer.CheckpointFound { IsWhole: true } => null,
            ProbeAnswer.CheckpointFound found => found.Why,
            ProbeAnswer.Unknown unknown => unknown.Why,
            _ => "there is none",
        };
        if (why is null) return Judgement.Pass() with { Best = (answer as ProbeAnswer.CheckpointFound)?.Best };
        return ended is null || answer is ProbeAnswer.Unknown || MaySettle(maker!, context.Now) ? Judgement.Wait(why) : Never(maker!, ended, $"{System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(context.Fill.Path(condition.Path)))}: {why}");
    }

    private static bool MaySettle(RunRecord maker, DateTimeOffset now) => maker.Plan.Slurm is not null && maker.LastAttempt?.Ended is { } ended && now - ended < Settling;

    private static Judgement Never(RunRecord maker, RunState.Finished ended, string why) =>
        Judgement.Fail($"{why}; {maker.Id} {ended.Outcome.ToString().ToLowerInvariant()}{(ended.Reason is { } reason ? $": {reason}" : "")}") with { IsFinal = true };

    private static RunRecord? Maker(Condition.CheckpointWhole condition, EventTexts fill) =>
        condition.Run.Length > 0 ? fill.State.Runs.GetValueOrDefault(fill.Text(condition.Run)) : null;
}
