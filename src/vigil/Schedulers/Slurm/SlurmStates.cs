using Vigil.Monitoring;

namespace Vigil.Schedulers.Slurm;

/// <summary>One of Slurm's state words. <c>IsKnown</c> false: a newer Slurm's, taken as not over.</summary>
internal readonly record struct SlurmState(JobState State, bool IsKnown = true)
{
    public bool IsOver => State.IsTerminal;
}

/// <summary>Every state that Slurm's versions print, in one vocabulary. What is not in the table is not over: to end a living job is worse than to wait.</summary>
internal static class SlurmStates
{
    private static readonly Dictionary<string, JobState> Table = new(StringComparer.Ordinal)
    {
        ["PENDING"] = JobState.Queued,
        ["CONFIGURING"] = JobState.Queued,
        ["REQUEUED"] = JobState.Queued,
        ["REQUEUE_FED"] = JobState.Queued,
        ["REQUEUE_HOLD"] = JobState.Queued,
        ["SPECIAL_EXIT"] = JobState.Queued,
        ["RESV_DEL_HOLD"] = JobState.Queued,
        ["LAUNCH_FAILED"] = JobState.Queued,
        ["RECONFIG_FAIL"] = JobState.Queued,
        ["POWER_UP_NODE"] = JobState.Queued,
        ["EXPEDITING"] = JobState.Queued,
        // Another cluster of the federation has the job: it lives on there.
        ["REVOKED"] = JobState.Queued,
        ["RUNNING"] = JobState.Running,
        ["COMPLETING"] = JobState.Running,
        ["RESIZING"] = JobState.Running,
        ["SIGNALING"] = JobState.Running,
        ["STAGE_OUT"] = JobState.Running,
        ["STOPPED"] = JobState.Running,
        ["SUSPENDED"] = JobState.Running,
        ["UPDATE_DB"] = JobState.Running,
        ["COMPLETED"] = JobState.Completed,
        ["FAILED"] = JobState.Failed,
        ["CANCELLED"] = JobState.Cancelled,
        ["TIMEOUT"] = JobState.Timeout,
        ["DEADLINE"] = JobState.Timeout,
        ["OUT_OF_MEMORY"] = JobState.OutOfMemory,
        ["PREEMPTED"] = JobState.Preempted,
        ["NODE_FAIL"] = JobState.NodeFail,
        ["BOOT_FAIL"] = JobState.NodeFail,
    };

    /// <param name="words">As Slurm prints them: <c>CANCELLED by 1000</c>, and of newer versions a list with commas, which is over only as a whole.</param>
    public static SlurmState Of(string words)
    {
        var first = words.AsSpan();
        if (first.IndexOf(' ') is > 0 and var cut) first = first[..cut];
        var table = Table.GetAlternateLookup<ReadOnlySpan<char>>();
        if (table.TryGetValue(first.TrimEnd('+'), out var state)) return new(state);
        if (first.IndexOf(',') >= 0) return OfList(words);
        return new(JobState.Running, IsKnown: false);
    }

    // COMPLETED,COMPLETING: it is over only when it is not completing any more.
    private static SlurmState OfList(string words)
    {
        var states = words.Split(',').Select(static w => Of(w.Trim())).ToList();
        return states.FindIndex(static s => !s.IsOver) is >= 0 and var living ? states[living] : states[0];
    }
}

/// <summary>Reasons for which a job waits that do not pass by themselves: somebody has to change the job, the cluster or another job.</summary>
internal static class StuckReasons
{
    private static readonly HashSet<string> Table = new(StringComparer.Ordinal)
    {
        // The job asks for what its partition never gives.
        "PartitionNodeLimit", "PartitionConfig", "PartitionTimeLimit", "PartitionDown", "PartitionInactive", "BadConstraints", "AccountNotAllowed", "QOSNotAllowed", "InvalidAccount", "InvalidQOS",
        "ReservationDeleted", "MaxMemPerLimit", "NodeSetNotAvail",
        // What it waits for will not come.
        "DependencyNeverSatisfied",
        // A person or a failed start holds it. (A hold of its owner is on purpose, and not listed.)
        "JobHeldAdmin", "JobHoldMaxRequeue", "JobLaunchFailure", "launch failed requeued held", "launch_failed_requeued_held", "job requeued in held state", "job_requeued_in_held_state", "ReservationInvalid",
        // One job alone is over the limit: the jobs before it do not matter.
        "QOSMaxCpuPerJobLimit", "QOSMaxGRESPerJob", "QOSMaxMemoryPerJob", "QOSMaxNodePerJobLimit", "QOSMaxWallDurationPerJobLimit", "QOSMinCpuNotSatisfied", "QOSMinGRES", "QOSMinMemory",
        "QOSTimeLimit", "QOSUsageThreshold", "AssocMaxCpuPerJobLimit", "AssocMaxGRESPerJob", "AssocMaxMemPerJob", "AssocMaxNodePerJobLimit", "AssocMaxWallDurationPerJobLimit", "AssociationTimeLimit",
        // Hours that are used up come back when an administrator says so, or at the end of a period.
        "AssocGrpCPUMinutesLimit", "AssocGrpGRESMinutes", "AssocGrpBillingMinutes", "AssocGrpMemMinutes", "AssocGrpWallLimit", "QOSGrpCPUMinutesLimit", "QOSGrpGRESMinutes", "QOSGrpBillingMinutes", "QOSGrpWallLimit",
    };

    /// <summary>The start of reasons that go on with names: of nodes, of a plugin's message.</summary>
    private static readonly string[] Starts = ["ReqNodeNotAvail, UnavailableNodes"];

    /// <summary>Those that other jobs' ends let pass (Priority, Resources, QOSMaxJobsPerUserLimit, AssocGrpCpuLimit, BeginTime, Dependency, Licenses …), and words that nobody knows, are not.</summary>
    public static bool Has(string? reason) => reason is not null && (Table.Contains(reason) || Array.Exists(Starts, start => reason.StartsWith(start, StringComparison.Ordinal)));
}
