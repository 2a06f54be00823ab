namespace FakeSlurm.Commands;

/// <summary>How each command puts it that it did not reach whom it asked.</summary>
internal static class Complaint
{
    /// <param name="errno">The last byte of Slurm's error number, which scancel exits with.</param>
    public static Answer Of(Call call, string text, int errno) => call.Command switch
    {
        "sbatch" when call.Words.Contains("--test-only") => Answer.Refused(1, $"allocation failure: {text}\n"),
        "sbatch" => Answer.Refused(1, $"sbatch: error: Batch job submission failed: {text}\n"),
        "scancel" when Truth.Targets(call).Count > 0 && !Scancel.LoadsJobs(call) => Answer.Refused(errno, string.Concat(Truth.Targets(call).Select(job => $"scancel: error: Kill job error on job id {job}: {text}\n"))),
        "scontrol" => Scontrol(call, text),
        "sinfo" => Answer.Refused(1, $"slurm_load_partitions: {text}\n"),
        "sacct" or "sacctmgr" => Answer.Refused(1, $"{call.Command}: error: {text}\n"),
        _ => Answer.Refused(1, $"slurm_load_jobs error: {text}\n"),
    };

    public static Answer WithoutMunge(Call call)
    {
        var socket = "/run/munge/munge.socket.2";
        var request = call.Command switch { "sbatch" => "REQUEST_SUBMIT_BATCH_JOB", "scancel" => "REQUEST_KILL_JOB", "sacct" or "sacctmgr" => "REQUEST_PERSIST_INIT", _ => "REQUEST_JOB_INFO" };
        var before = $"""
            {call.Command}: error: If munged is up, restart with --num-threads=10
            {call.Command}: error: Munge encode failed: Failed to access "{socket}": No such file or directory (Did you start munged?)
            {call.Command}: error: slurm_send_node_msg: auth_g_create: {request} has authentication error

            """;
        var complaint = call.Command is "sacct" or "sacctmgr"
            ? Answer.Refused(1, $"{call.Command}: error: slurm_persist_conn_open: failed to send persistent connection init message to 127.0.0.1:6819\n{call.Command}: error: Sending PersistInit msg: Protocol authentication error\n{(call.Command == "sacct" ? "sacct: error: Problem talking to the database: Protocol authentication error\n" : "")}")
            : Of(call, "Protocol authentication error", 239);
        return complaint with { Errors = before + complaint.Errors, Took = TimeSpan.FromSeconds(2) };
    }

    public static Answer WithoutAccounting(Call call) => Answer.Refused(1, $"""
        {call.Command}: error: slurm_persist_conn_open_without_init: failed to open persistent connection to host:127.0.0.1:6819: Connection refused
        {call.Command}: error: Sending PersistInit msg: Connection refused
        {(call.Command == "sacct" ? "sacct: error: Problem talking to the database: Connection refused\n" : "")}
        """.TrimEnd('\n') + "\n");

    // Requests for one job get another text than the real one: "Unexpected message received", whatever went wrong.
    private static Answer Scontrol(Call call, string text) => call.Words.FirstOrDefault(word => !word.StartsWith('-')) switch
    {
        "show" when call.Words.Contains("config") => Answer.Refused(1, $"slurm_load_ctl_conf error: {text}\n"),
        "show" when call.Words.Any(word => word.StartsWith("part", StringComparison.Ordinal)) => Answer.Refused(1, $"slurm_load_partitions error: {text}\n"),
        "hold" or "release" => Answer.Refused(1, string.Concat(Truth.Targets(call).Select(job => $"Unexpected message received for job {job}\nslurm_suspend error: Unexpected message received\n"))),
        "requeue" or "update" => Answer.Refused(1, string.Concat(Truth.Targets(call).Select(job => $"Unexpected message received for job {job}\n"))),
        _ => Answer.Refused(1, $"slurm_load_jobs error: {text}\n"),
    };
}
