using System.Text.Json.Serialization;
using Vigil.Planning;

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

/// <summary>What a scheduler says of one job at one moment.</summary>
/// <param name="Reason">The scheduler's exact word, such as <c>TIMEOUT</c>; null when it has none.</param>
/// <param name="ExitCode">Only of a command that ended by itself or by a signal and was waited for; null is never "completed".</param>
/// <param name="LastLines">The end of the log of an ended job, to tell a user's mistake from a crash.</param>
public sealed record JobReport(
    AttemptId Attempt, JobId Job, JobState State, string? Reason = null, int? ExitCode = null, int? Signal = null,
    DateTimeOffset? Started = null, DateTimeOffset? Ended = null, string? Host = null, IReadOnlyList<string>? LastLines = null);
