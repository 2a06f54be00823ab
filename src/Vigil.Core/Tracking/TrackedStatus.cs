using System.Collections.Immutable;

namespace Vigil.Tracking;

/// <summary>How a job of a run stands, as <c>runs_status.yaml</c> says it.</summary>
public enum TrackedStatus
{
    /// <summary>Not submitted yet.</summary>
    Pending,

    /// <summary>Submitted, and waiting.</summary>
    Submitted,

    Running,
    Completed,

    /// <summary>Failed, or was cancelled.</summary>
    Failed,

    /// <summary>There is nothing to do: a base model is not fine-tuned.</summary>
    Skipped,

    /// <summary>What it needs is not there.</summary>
    Blocked,
}

/// <summary>The words of the states.</summary>
public static class TrackedWords
{
    private static readonly ImmutableArray<string> Words = ["pending", "submitted", "running", "completed", "failed", "skipped", "blocked"];

    /// <summary>For messages.</summary>
    public static string All { get; } = string.Join(", ", Words);

    public static string Word(this TrackedStatus status) => Words[(int)status];

    /// <summary>Null: nobody knows the word.</summary>
    public static TrackedStatus? Parse(string word) => Words.IndexOf(word) is >= 0 and var at ? (TrackedStatus)at : null;

    /// <summary>Whether a job is with the scheduler.</summary>
    public static bool IsLive(this TrackedStatus status) => status is TrackedStatus.Submitted or TrackedStatus.Running;
}
