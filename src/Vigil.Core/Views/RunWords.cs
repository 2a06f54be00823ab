using System.Diagnostics;
using System.Text.Json;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Views;

/// <summary>The words that users see for states: one vocabulary for tables, JSON and files.</summary>
public static class RunWords
{
    /// <summary>All words of <see cref="State"/>, in the order in which counts are shown.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["waiting", "held", "submitted", "queued", "running", "completed", "failed", "cancelled", "skipped", "lost", "needs_person"];

    /// <summary>A run that a person keeps from starting is held, wherever it waits; one that runs, runs.</summary>
    public static string State(RunRecord run) => run.State switch
    {
        RunState.Waiting or RunState.Queued when run.HeldBy is not null => "held",
        RunState.Waiting => "waiting",
        RunState.Submitting => "submitted",
        RunState.Queued => "queued",
        RunState.Running => "running",
        RunState.Finished finished => Of(finished.Outcome),
        _ => throw new UnreachableException(),
    };

    public static string Of(Outcome outcome) => Word(outcome.ToString());

    public static string Job(JobState state) => Word(state.ToString());

    /// <summary>Why it stands where it stands, as far as the journal says: the scheduler's exact word, or ours. Null: there is nothing to say.</summary>
    public static string? Reason(RunRecord run) => run.State switch
    {
        RunState.Finished finished => finished.Reason,
        RunState.Queued queued when run.LastAttempt is { Stuck: { } why } last && last.Id == queued.Attempt => $"stuck-pending ({why})",
        _ when run.StopReason is { } reason => reason,
        _ => null,
    };

    /// <summary>The five words of <c>runs_status.yaml</c>, and <c>skipped</c>.</summary>
    public static string Tracker(RunRecord run) => State(run) switch
    {
        "waiting" or "held" => "pending",
        "submitted" or "queued" => "submitted",
        "running" => "running",
        "completed" => "completed",
        "skipped" => "skipped",
        _ => "failed",
    };

    /// <summary>As <c>job.restart.causes</c> spells it.</summary>
    public static string Cause(FailureCause cause) => Word(cause.ToString());

    private static string Word(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
