using System.IO.Enumeration;

namespace FakeSlurm;

/// <summary>How the runs of some jobs end; the first one that fits a job at its start counts.</summary>
/// <param name="Name">The job's name, with <c>*</c> and <c>?</c>.</param>
/// <param name="State">The state it ends in. One that is requeued from it (NODE_FAIL, PREEMPTED) waits again if its job allows it.</param>
public sealed record Ending(string Name, string State = JobStates.Completed)
{
    public int ExitCode { get; init; }
    public int Signal { get; init; }

    /// <summary>How long it runs; null: for ever, or until its limit.</summary>
    public double? Seconds { get; init; } = 60;

    /// <summary>Only this task of an array; null: every one.</summary>
    public int? Task { get; init; }

    /// <summary>Only this run of the job, 0 being the first; null: every one.</summary>
    public int? Run { get; init; }

    public bool Fits(FakeJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return FileSystemName.MatchesSimpleExpression(Name, job.Name, ignoreCase: false) && (Task is null || Task == job.TaskId) && (Run is null || Run == job.RestartCount);
    }
}
