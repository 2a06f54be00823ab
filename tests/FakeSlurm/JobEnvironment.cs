using System.Globalization;

namespace FakeSlurm;

/// <summary>What Slurm puts into the environment of a batch script.</summary>
internal static class JobEnvironment
{
    public static IEnumerable<(string Name, string Value)> Of(ClusterState state, FakeJob job)
    {
        yield return ("ENVIRONMENT", "BATCH");
        yield return ("SLURM_CLUSTER_NAME", state.Site.ClusterName);
        yield return ("SLURM_CPUS_ON_NODE", Text(job.CpusPerTask));
        yield return ("SLURM_JOBID", Text(job.Id));
        yield return ("SLURM_JOB_ID", Text(job.Id));
        yield return ("SLURM_JOB_NAME", job.Name);
        yield return ("SLURM_JOB_ACCOUNT", job.Account);
        yield return ("SLURM_JOB_QOS", job.Qos);
        yield return ("SLURM_JOB_PARTITION", job.Partition);
        yield return ("SLURM_JOB_USER", job.User);
        yield return ("SLURM_JOB_UID", Text(state.Site.UserId));
        yield return ("SLURM_JOB_NODELIST", NodeNames.Shown(job.NodeList));
        yield return ("SLURM_NODELIST", NodeNames.Shown(job.NodeList));
        yield return ("SLURMD_NODENAME", job.NodeList.FirstOrDefault() ?? "");
        yield return ("SLURM_JOB_NUM_NODES", Text(job.Nodes));
        yield return ("SLURM_NNODES", Text(job.Nodes));
        yield return ("SLURM_NTASKS", Text(job.Tasks));
        yield return ("SLURM_SUBMIT_DIR", job.WorkDir);
        yield return ("SLURM_PROCID", "0");
        yield return ("SLURM_LOCALID", "0");
        yield return ("SLURM_NODEID", "0");
        if (job.Gpus > 0) yield return ("CUDA_VISIBLE_DEVICES", string.Join(',', Enumerable.Range(0, job.Gpus)));
        if (job.RestartCount > 0) yield return ("SLURM_RESTART_COUNT", Text(job.RestartCount));
        if (job is not { ArrayId: { } array, TaskId: { } task }) yield break;
        var tasks = state.Jobs.Where(other => other.ArrayId == array).Select(other => other.TaskId ?? 0).ToList();
        yield return ("SLURM_ARRAY_JOB_ID", Text(array));
        yield return ("SLURM_ARRAY_TASK_ID", Text(task));
        yield return ("SLURM_ARRAY_TASK_COUNT", Text(tasks.Count));
        yield return ("SLURM_ARRAY_TASK_MIN", Text(tasks.Min()));
        yield return ("SLURM_ARRAY_TASK_MAX", Text(tasks.Max()));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
