namespace FakeSlurm;

/// <summary>Which waiting jobs start, and why the others do not.</summary>
internal static class Queue
{
    /// <summary>Why the job could not start even on an empty cluster, or null.</summary>
    public static string? Obstacle(ClusterState state, FakeJob job)
    {
        if (job.Held is { } held) return held;
        if (job.Begin > state.Now) return "BeginTime";
        if (job.Dependency is not null) return job.Reason == Dependencies.NeverSatisfied ? Dependencies.NeverSatisfied : "Dependency";
        return Static(state, job);
    }

    public static bool StartWhatFits(ClusterState state)
    {
        var pending = state.Jobs.Where(job => job is { IsPending: true, Purged: false }).ToList();
        if (pending.Count == 0) return false;
        var free = new FreeNodes(state);
        var started = false;
        var blocked = false;
        foreach (var job in pending)
        {
            if (Obstacle(state, job) is { } obstacle) job.Reason = obstacle;
            else
            {
                Accounting.NoteEligible(state, job);
                if (job.Submitted.AddSeconds(state.Site.StartDelay) > state.Now && job.RestartCount == 0) job.Reason = "None";
                else if (Limit(state, job) is { } limit) job.Reason = limit;
                else if (!free.IsFull && free.Take(job) is { } nodes)
                {
                    Simulation.Start(state, job, nodes);
                    started = true;
                }
                else (job.Reason, blocked) = (blocked ? "Priority" : "Resources", true);
            }
        }
        ShareReasons(pending);
        return started;
    }

    private static string? Static(ClusterState state, FakeJob job)
    {
        var partition = state.Site.Partitions.Find(partition => partition.Name == job.Partition);
        if (partition is { IsDown: true }) return "PartitionDown";
        if (partition?.MaxMinutes < (job.LimitMinutes ?? int.MaxValue)) return "PartitionTimeLimit";
        if (job.Nodes > state.Site.NodeCount) return "PartitionNodeLimit";
        if (job.Tasks * job.CpusPerTask > state.Site.NodeCount * state.Site.CpusPerNode || job.CpusPerTask > state.Site.CpusPerNode) return "PartitionConfig";
        return null;
    }

    private static string? Limit(ClusterState state, FakeJob job)
    {
        if (job is { Throttle: > 0, ArrayId: { } array } && state.Find(array).Count(other => other.IsRunning) >= job.Throttle) return "JobArrayTaskLimit";
        if (state.Site.Qos.Find(qos => qos.Name == job.Qos) is { MaxRunning: > 0 } qos && state.Jobs.Count(other => other.IsRunning && other.Qos == job.Qos && other.User == job.User) >= qos.MaxRunning)
            return "QOSMaxJobsPerUserLimit";
        return null;
    }

    // Waiting tasks without an id of their own are one record, which has one reason.
    private static void ShareReasons(List<FakeJob> pending)
    {
        foreach (var group in pending.Where(job => job is { Grouped: true, IsPending: true }).GroupBy(job => job.ArrayId))
        {
            var reason = group.First().Reason;
            foreach (var job in group) job.Reason = reason;
        }
    }
}
