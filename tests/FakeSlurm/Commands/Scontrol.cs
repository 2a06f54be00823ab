using System.Globalization;

namespace FakeSlurm.Commands;

/// <summary>scontrol: requests for jobs, and what it shows of the cluster.</summary>
internal static class Scontrol
{
    private const string NoSuchJob = "Invalid job id specified";
    private const string Finished = "Job has already finished";
    private const string Done = "No error";

    public static Answer Answer(ClusterState state, Call call)
    {
        var words = call.Words.Where(word => !word.StartsWith('-')).ToList();
        if (call.Words.FirstOrDefault(word => word is "--json" or "--yaml") is { } json) return FakeSlurm.Answer.Refused(1, $"scontrol: unrecognized option '{json}'\nTry \"scontrol --help\" for more information\n");
        var oneLine = call.Words.Contains("-o") || call.Words.Contains("--oneliner");
        var answer = words switch
        {
            ["show", ..] => Show(state, words, oneLine),
            ["ping"] => FakeSlurm.Answer.Said("Slurmctld(primary) at vm is UP\n"),
            ["requeue", ..] => Each(state, call, Requeue, ""),
            ["hold", ..] => Each(state, call, Hold, "slurm_suspend error: "),
            ["release", ..] => Each(state, call, Release, "slurm_suspend error: "),
            ["update" or "up", ..] => Update(state, call, words),
            [var other, ..] => FakeSlurm.Answer.Refused(1, $"invalid keyword: {other}\n"),
            _ => FakeSlurm.Answer.Said("scontrol: \n"),
        };
        Simulation.Settle(state);
        return answer;
    }

    // A job, a task or an array at a time. For tasks of an array every outcome is named with the tasks that had it.
    private static Answer Each(ClusterState state, Call call, Func<ClusterState, FakeJob, string> ask, string again)
    {
        var errors = "";
        foreach (var target in Truth.Targets(call))
        {
            var jobs = Truth.Jobs(state, target);
            if (jobs is null or [])
            {
                errors += $"{NoSuchJob} for job {target}\n{(again.Length > 0 ? $"{again}{NoSuchJob}\n" : "")}";
                continue;
            }
            var outcomes = jobs.Select(job => (Job: job, Text: ask(state, job))).ToList();
            if (outcomes.TrueForAll(outcome => outcome.Text == Done)) continue;
            if (jobs[0].ArrayId is not { } array || jobs.Count == 1 && !target.Contains('_', StringComparison.Ordinal)) errors += $"{outcomes[0].Text} for job {target}\n{(again.Length > 0 ? $"{again}{outcomes[0].Text}\n" : "")}";
            else errors += string.Concat(outcomes.GroupBy(outcome => outcome.Text).Select(group => $"{array}_{ArrayIds.Shown(group.Select(outcome => outcome.Job.TaskId!.Value), 0)}: {group.Key}\n"));
        }
        return new(errors.Length > 0 ? 1 : 0, "", errors);
    }

    private static string Requeue(ClusterState state, FakeJob job)
    {
        if (job.IsPending) return "Job is pending execution";
        if (!job.Requeues) return "Requested operation is presently disabled";
        Simulation.Requeue(state, job);
        return Done;
    }

    private static string Hold(ClusterState state, FakeJob job)
    {
        if (job.HasEnded) return Finished;
        // Running, it is held from its next run on.
        job.Held = state.Site.UserId == 0 ? "JobHeldAdmin" : "JobHeldUser";
        job.Reason = job.Held;
        return Done;
    }

    private static string Release(ClusterState state, FakeJob job)
    {
        if (job.HasEnded) return Finished;
        (job.Held, job.Reason) = (null, "None");
        return Done;
    }

    private static Answer Update(ClusterState state, Call call, List<string> words)
    {
        var changes = words.Skip(1).Select(word => word.Split('=', 2)).Where(pair => pair is [_, _] && !pair[0].StartsWith("job", StringComparison.OrdinalIgnoreCase)).ToList();
        foreach (var change in changes)
        {
            if (change[0].Equals("TimeLimit", StringComparison.OrdinalIgnoreCase) && TimeWords.Minutes(change[1].TrimStart('+', '-')) is null) return FakeSlurm.Answer.Refused(1, "scontrol: error: Invalid TimeLimit value\n");
            if (change[0].ToUpperInvariant() is not ("TIMELIMIT" or "EXCNODELIST" or "COMMENT" or "REQUEUE" or "NAME" or "JOBNAME")) return FakeSlurm.Answer.Refused(1, $"Update of this parameter is not supported: {change[0]}={change[1]}\nRequest aborted\n");
        }
        return Each(state, call, (_, job) => changes.Select(change => Change(state, job, change[0].ToUpperInvariant(), change[1])).FirstOrDefault(text => text != Done) ?? Done, "");
    }

    private static string Change(ClusterState state, FakeJob job, string name, string value)
    {
        if (job.HasEnded) return Finished;
        if (name == "EXCNODELIST" && NodeNames.Parse(state.Site, value) is null) return "Invalid node name specified";
        // Those who run the cluster may do what its users may not.
        if (name == "TIMELIMIT" && job.IsRunning && state.Site.UserId != 0 && Limit(job, value) > (job.LimitMinutes ?? int.MaxValue)) return "Access/permission denied";
        switch (name)
        {
            case "TIMELIMIT": SetLimit(job, Limit(job, value)); break;
            case "EXCNODELIST": job.Excluded = NodeNames.Parse(state.Site, value)!; break;
            case "COMMENT": job.Comment = value; break;
            case "REQUEUE": job.Requeues = value != "0"; break;
            default: job.Name = value; break;
        }
        return Done;
    }

    private static int Limit(FakeJob job, string value)
    {
        var minutes = TimeWords.Minutes(value.TrimStart('+', '-'))!.Value;
        return value[0] switch { '+' => (job.LimitMinutes ?? 0) + minutes, '-' => (job.LimitMinutes ?? 0) - minutes, _ => minutes };
    }

    private static void SetLimit(FakeJob job, int minutes)
    {
        job.LimitMinutes = minutes == int.MaxValue ? null : minutes;
        if (job.Started is not { } started) return;
        var limit = job.LimitMinutes is { } left ? started.AddMinutes(left) : (DateTimeOffset?)null;
        if (limit < (job.EndsAt ?? DateTimeOffset.MaxValue) || job.EndsAs?.State == JobStates.TimedOut) (job.EndsAt, job.EndsAs) = (limit, new Ending(job.Name, JobStates.TimedOut));
    }

    private static Answer Show(ClusterState state, List<string> words, bool oneLine) => words switch
    {
        [_, "config", ..] => FakeSlurm.Answer.Said(ShowConfig.Text(state)),
        [_, "partition" or "partitions"] => FakeSlurm.Answer.Said(string.Concat(state.Site.Partitions.Select(partition => ShowConfig.Partition(state.Site, partition, oneLine)))),
        [_, "partition" or "partitions", var name] => state.Site.Partitions.Find(partition => partition.Name == name) is { } partition ? FakeSlurm.Answer.Said(ShowConfig.Partition(state.Site, partition, oneLine)) : FakeSlurm.Answer.Refused(1, "") with { Output = $"Partition {name} not found\n" },
        [_, "job" or "jobs"] => FakeSlurm.Answer.Said(string.Concat(state.Jobs.Where(job => !job.Purged).Select(job => ShowJob.Text(state, job, oneLine)))),
        [_, "job" or "jobs", var id] => ShowOne(state, id, oneLine),
        [_, var what, ..] => FakeSlurm.Answer.Refused(1, $"invalid entity: {what} for keyword:show \n"),
        _ => FakeSlurm.Answer.Refused(1, "too few arguments for keyword:show\n"),
    };

    private static Answer ShowOne(ClusterState state, string id, bool oneLine)
    {
        if (Truth.Jobs(state, id) is not { } jobs) return FakeSlurm.Answer.Refused(1, $"scontrol_print_job error: {NoSuchJob}\n");
        if (jobs is [] && Truth.Jobs(state, id.Split('_')[0]) is { Count: > 0 }) return FakeSlurm.Answer.Refused(1, "") with { Output = $"Job {id} not found\n" };
        return jobs is [] ? FakeSlurm.Answer.Refused(1, $"slurm_load_jobs error: {NoSuchJob}\n") : FakeSlurm.Answer.Said(string.Concat(jobs.Select(job => ShowJob.Text(state, job, oneLine))));
    }
}
