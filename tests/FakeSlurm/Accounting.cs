namespace FakeSlurm;

/// <summary>What slurmdbd is told.</summary>
internal static class Accounting
{
    /// <summary>The job as it is now, for the accounting of its run.</summary>
    public static void Note(ClusterState state, FakeJob job)
    {
        var word = job is { State: JobStates.Cancelled, CancelledBy: { } uid } ? $"CANCELLED by {uid}" : job.State;
        job.Records.Add(new(state.Now, job.RestartCount, word, job.ShownExit, job.Started, job.Ended, job.Submitted, NodeNames.Shown(job.NodeList)) { Grouped = job.Grouped });
    }

    /// <summary>The first time that a run may start: only then accounting hears of it.</summary>
    public static void NoteEligible(ClusterState state, FakeJob job)
    {
        if (!job.Records.Any(record => record.Run == job.RestartCount)) Note(state, job);
    }

    /// <summary>What accounting knows by now of each run of a job.</summary>
    public static IEnumerable<AccountingRecord> Known(ClusterState state, FakeJob job)
    {
        var by = state.Now.AddSeconds(-state.Site.AccountingLag);
        return job.Records.Where(record => record.At <= by).GroupBy(record => record.Run).Select(run => run.Last());
    }
}
