namespace FakeSlurm;

/// <summary>The words for a job's state and their short forms.</summary>
public static class JobStates
{
    public const string Pending = "PENDING";
    public const string Running = "RUNNING";
    public const string Suspended = "SUSPENDED";
    public const string Completed = "COMPLETED";
    public const string Cancelled = "CANCELLED";
    public const string Failed = "FAILED";
    public const string TimedOut = "TIMEOUT";
    public const string Completing = "COMPLETING";

    /// <summary>In the order in which squeue lists them when it is asked for an unknown one.</summary>
    public static IReadOnlyDictionary<string, string> Compact { get; } = new Dictionary<string, string>
    {
        [Pending] = "PD",
        [Running] = "R",
        [Suspended] = "S",
        [Completed] = "CD",
        [Cancelled] = "CA",
        [Failed] = "F",
        [TimedOut] = "TO",
        ["NODE_FAIL"] = "NF",
        ["PREEMPTED"] = "PR",
        ["BOOT_FAIL"] = "BF",
        ["DEADLINE"] = "DL",
        ["OUT_OF_MEMORY"] = "OOM",
        [Completing] = "CG",
        ["CONFIGURING"] = "CF",
        ["RESIZING"] = "RS",
        ["RESV_DEL_HOLD"] = "RD",
        ["REQUEUED"] = "RQ",
        ["REQUEUE_FED"] = "RF",
        ["REQUEUE_HOLD"] = "RH",
        ["REVOKED"] = "RV",
        ["SIGNALING"] = "SI",
        ["SPECIAL_EXIT"] = "SE",
        ["STAGE_OUT"] = "SO",
        ["STOPPED"] = "ST",
    };

    /// <summary>Why squeue says a job ended so.</summary>
    public static string ReasonOf(string state, int exitCode, int signal) => state switch
    {
        Failed when signal != 0 => "JobLaunchFailure",
        Failed when exitCode != 0 => "NonZeroExitCode",
        TimedOut => "TimeLimit",
        "OUT_OF_MEMORY" => "OutOfMemory",
        "NODE_FAIL" => "NodeDown",
        "DEADLINE" => "DeadLine",
        _ => "None",
    };
}
