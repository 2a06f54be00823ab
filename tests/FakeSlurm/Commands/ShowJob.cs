using System.Globalization;

namespace FakeSlurm.Commands;

/// <summary><c>scontrol show job</c>.</summary>
internal static class ShowJob
{
    public static string Text(ClusterState state, FakeJob job, bool oneLine)
    {
        var lines = Lines(state, job).ToList();
        // On one line each line of the long form ends in a space.
        return oneLine ? string.Concat(lines.Select(line => $"{line} ")) + "\n" : string.Join("\n   ", lines) + "\n   \n\n";
    }

    /// <summary>Dependencies as squeue and scontrol show them.</summary>
    public static string Dependency(string text) => string.Join(text.Contains('?', StringComparison.Ordinal) ? '?' : ',', text.Split([',', '?']).SelectMany(term => term.Split(':') switch
    {
        [var type, .. { Length: > 0 } ids] => ids.Select(id => $"{type}:{id}{(type == "aftercorr" ? "_*" : "")}(unfulfilled)"),
        _ => [$"{term}(unfulfilled)"],
    }));

    private static IEnumerable<string> Lines(ClusterState state, FakeJob job)
    {
        var array = job.ArrayId is { } id ? $" ArrayJobId={id} ArrayTaskId={Tasks(state, job)}{(job.Throttle > 0 ? $" ArrayTaskThrottle={job.Throttle}" : "")}" : "";
        var started = job.Started ?? (job.IsPending ? job.Begin : job.Ended);
        var ends = job.Ended ?? (started is { } from && job.LimitMinutes is { } minutes ? from.AddMinutes(minutes) : null);
        var limit = job.LimitMinutes is { } left ? TimeWords.Full(TimeSpan.FromMinutes(left)) : "UNLIMITED";
        var ran = TimeWords.Full(job.Started is { } start ? (job.Ended ?? state.Now) - start : TimeSpan.Zero);
        var cpus = (job.Tasks * job.CpusPerTask).ToString(CultureInfo.InvariantCulture);
        yield return $"JobId={job.Id}{array} JobName={job.Name}";
        yield return $"UserId={job.User}({state.Site.UserId}) GroupId={job.User}({state.Site.UserId}) MCS_label=N/A";
        yield return $"Priority={(job.Held is null ? 1 : 0)} Nice=0 Account={job.Account} QOS={job.Qos}";
        yield return $"JobState={job.State} Reason={job.Reason} Dependency={(job.Dependency is { } text ? Dependency(text) : "(null)")}";
        yield return $"Requeue={(job.Requeues ? 1 : 0)} Restarts={job.RestartCount} BatchFlag=1 Reboot=0 ExitCode={job.ShownExit}";
        yield return $"RunTime={ran} TimeLimit={limit} TimeMin=N/A";
        yield return $"SubmitTime={state.Shown(job.Submitted)} EligibleTime={Eligible(state, job)}";
        yield return $"AccrueTime={Eligible(state, job)}";
        yield return $"StartTime={Or(state, started)} EndTime={Or(state, ends)} Deadline=N/A";
        yield return $"SuspendTime=None SecsPreSuspend=0 LastSchedEval={state.Shown(state.Now)} Scheduler=Main";
        yield return $"Partition={job.Partition} AllocNode:Sid=localhost:1";
        yield return $"ReqNodeList=(null) ExcNodeList={(job.Excluded.Count > 0 ? NodeNames.Shown(job.Excluded) : "(null)")}";
        yield return $"NodeList={NodeNames.Shown(job.NodeList)}";
        if (job.NodeList.Count > 0) yield return $"BatchHost={job.NodeList[0]}";
        yield return $"NumNodes={(job.NodeList.Count == 0 && job.Nodes > 1 ? $"{job.Nodes}-{job.Nodes}" : $"{job.Nodes}")} NumCPUs={cpus} NumTasks={job.Tasks} CPUs/Task={job.CpusPerTask} ReqB:S:C:T=0:0:*:*";
        yield return $"TRES=cpu={cpus},mem={100 * job.Tasks * job.CpusPerTask}M,node={job.Nodes},billing={cpus}{(job.Gpus > 0 ? $",gres/gpu={job.Gpus * job.Nodes}" : "")}";
        yield return "Socks/Node=* NtasksPerN:B:S:C=0:0:*:* CoreSpec=*";
        yield return $"MinCPUsNode={job.CpusPerTask} MinMemoryCPU=100M MinTmpDiskNode=0";
        yield return "Features=(null) DelayBoot=00:00:00";
        yield return "OverSubscribe=OK Contiguous=0 Licenses=(null) Network=(null)";
        yield return $"Command={job.Command ?? "(null)"}";
        yield return $"WorkDir={job.WorkDir}";
        if (job.Comment is { Length: > 0 } comment) yield return $"Comment={comment} ";
        yield return $"StdErr={FileNames.Filled(job, job.Error ?? job.Output)}";
        yield return "StdIn=/dev/null";
        yield return $"StdOut={FileNames.Filled(job, job.Output)}";
        yield return "Power=";
        if (job.Gpus > 0) yield return $"TresPerNode=gres:gpu:{job.Gpus}";
    }

    private static string Tasks(ClusterState state, FakeJob job) => job.Grouped
        ? ArrayIds.Shown(state.Find(job.ArrayId!.Value).Where(other => other.Grouped).Select(other => other.TaskId!.Value), 0)
        : $"{job.TaskId}";

    private static string Eligible(ClusterState state, FakeJob job) => job.Held is not null || job.Dependency is not null ? "Unknown" : state.Shown(job.Begin ?? job.Submitted);

    private static string Or(ClusterState state, DateTimeOffset? time) => time is { } at ? state.Shown(at) : "Unknown";
}
