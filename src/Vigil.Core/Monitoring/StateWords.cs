using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>States of jobs and runs in the words of rules.</summary>
internal static class StateWords
{
    /// <summary>Slurm's word in lower case.</summary>
    public static string Of(JobState state) => state switch
    {
        JobState.Queued => "pending",
        JobState.Running => "running",
        JobState.Completed => "completed",
        JobState.Failed => "failed",
        JobState.Cancelled => "cancelled",
        JobState.Timeout => "timeout",
        JobState.OutOfMemory => "out_of_memory",
        JobState.Preempted => "preempted",
        JobState.NodeFail => "node_fail",
        JobState.Lost => "lost",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The documents' class of an end; null for a job that has not ended.</summary>
    public static string? ClassOf(JobState state) => state switch
    {
        JobState.Queued or JobState.Running => null,
        JobState.Completed => "success",
        JobState.Timeout => "timeout",
        _ => "crash",
    };

    public static bool Matches(StateWord word, JobState state) => word.Text == Of(state) || word.Text == ClassOf(state);

    /// <summary>Whether the run, or else its last attempt, is in this state.</summary>
    public static bool Is(RunRecord run, StateWord word) => word == States.NeedsPerson ? run.State is RunState.Finished { Outcome: Outcome.NeedsPerson } : run.LastAttempt is { } last ? Matches(word, last.State) : word.Text == "pending";
}
