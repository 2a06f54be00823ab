using System.Text.Json.Serialization;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>The scheduler's view of a job, in one vocabulary for all schedulers.</summary>
[JsonConverter(typeof(SnakeCaseJson<JobState>))]
public enum JobState
{
    Queued, Running,
    Completed, Failed, Cancelled, Timeout, OutOfMemory, Preempted, NodeFail,
    /// <summary>Proved gone, and nobody knows how it ended.</summary>
    Lost,
}

public static class JobStates
{
    extension(JobState state)
    {
        public bool IsTerminal => state is not (JobState.Queued or JobState.Running);
    }
}

/// <summary>What a scheduler says of one job at one moment. An attempt with a higher <c>Requeue</c> than the one that is watched is the scheduler's own requeue of the same job.</summary>
/// <param name="Reason">The scheduler's exact word, such as <c>TIMEOUT</c>; null when it has none.</param>
/// <param name="ExitCode">Only of a command that ended by itself or by a signal and was waited for; null is never "completed".</param>
/// <param name="LastLines">The end of the log of an ended job, to tell a user's mistake from a crash.</param>
public sealed record JobReport(
    AttemptId Attempt, JobId Job, JobState State, string? Reason = null, int? ExitCode = null, int? Signal = null,
    DateTimeOffset? Started = null, DateTimeOffset? Ended = null, string? Host = null, IReadOnlyList<string>? LastLines = null)
{
    /// <summary>The reason of a cancelled job whose own script looked at the runs before it and did not begin, since it found that they had not completed.</summary>
    public const string Unmet = "DEPENDENCY";

    /// <summary>Absolute, where it is known only once the job runs.</summary>
    public string? Log { get; init; }

    /// <summary>Bytes of the log that were there before this attempt wrote: a requeued job appends to its log.</summary>
    public long LogStart { get; init; }

    /// <summary>Of a job that was requeued: how the part before ended. Null: nobody says.</summary>
    public JobEnd? Before { get; init; }

    /// <summary>Of a job that completed: what it was to leave and has not. Null: nothing is missing.</summary>
    public string? Missing { get; init; }

    /// <summary>Nodes that went down under the job, as Slurm lists them; null: none.</summary>
    public string? FailedNodes { get; init; }

    /// <summary>The attempt was claimed by another job than the one that was submitted, which a person started from the same script. Null: by its own.</summary>
    public JobId? ClaimedBy { get; init; }

    /// <summary>Why a queued job will not start by itself, in the scheduler's word, when it has waited for that long enough; null: it may start.</summary>
    public string? Stuck { get; init; }
}

/// <summary>How a job, or its part before a requeue, ended.</summary>
public sealed record JobEnd(JobState State, string Reason);
