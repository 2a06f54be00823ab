using System.Diagnostics;
using System.Text.Json;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Views;

/// <summary>The words that users see for states: one vocabulary for tables, JSON and files.</summary>
public static class RunWords
{
    /// <summary>All words of <see cref="State"/>, in the order in which counts are shown.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["waiting", "held", "submitted", "queued", "running", "completed", "failed", "cancelled", "skipped", "lost", "needs_person"];

    public static string State(RunState state) => state switch
    {
        RunState.Waiting => "waiting",
        RunState.Submitting => "submitted",
        RunState.Queued => "queued",
        RunState.Running => "running",
        RunState.Finished finished => Word(finished.Outcome.ToString()),
        _ => throw new UnreachableException(),
    };

    public static string Job(JobState state) => Word(state.ToString());

    /// <summary>The five words of <c>runs_status.yaml</c>, and <c>skipped</c>.</summary>
    public static string Tracker(RunState state) => State(state) switch
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
