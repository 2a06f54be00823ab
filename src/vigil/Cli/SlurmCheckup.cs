using System.Globalization;
using Vigil.Journaling;
using Vigil.Planning;
using Vigil.Schedulers.Slurm.Preflight;
using Vigil.Spec;

namespace Vigil.Cli;

/// <summary>The lines of <c>vigil doctor</c> about Slurm.</summary>
internal static class SlurmCheckup
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    /// <param name="folder">Null: of no experiment.</param>
    public static async Task<IEnumerable<CheckLine>> OfAsync(CliContext context, ExperimentFolder? folder, CancellationToken stop)
    {
        var began = context.Time.GetTimestamp();
        var survey = await ClusterCheck.SurveyAsync(context, cluster: null, folder?.Root ?? context.CurrentFolder, Patience, stop);
        return survey switch
        {
            Survey.NoCommands { Command: "sbatch" } => [new("note", "Slurm", "there is no sbatch on PATH: runs go to this machine only", "on a cluster: log in to a login node, or load its environment (often: module load slurm)")],
            Survey.NoCommands missing => [new("bad", "Slurm", $"sbatch is on PATH, and {missing.Command} is not", "load the cluster's whole environment, or tell its administrators")],
            Survey.NoCluster nothing => [new("note", "Slurm", $"its commands are here, and no cluster is configured for them: {nothing.Why}", "set SLURM_CONF, or log in to a login node")],
            Survey.Silent silent => [new("bad", "controller", $"no answer: {silent.Why}", "scontrol ping; jobs that run go on meanwhile, and a watch waits")],
            Survey.Answered { Cluster: var cluster } => Lines(context, cluster, context.Time.GetElapsedTime(began), folder),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static IEnumerable<CheckLine> Lines(CliContext context, Cluster cluster, TimeSpan took, ExperimentFolder? folder)
    {
        yield return new("ok", "controller", Text($"{ClusterNotes.Where(cluster)} answers; the whole survey took {took.TotalMilliseconds:0} ms"), null);
        yield return Accounting(cluster);
        foreach (var partition in cluster.Partitions) yield return Line(cluster, partition);
        if (cluster.Accounting.Associations is { } mine)
            yield return mine.IsEmpty
                ? new(cluster.Enforces.IsEmpty ? "note" : "bad", "accounts", $"the user {cluster.User} has none", "ask the cluster's administrators for one")
                : new("ok", "accounts", $"{cluster.User} may use {string.Join(", ", mine.Select(static a => a.Account).Distinct())}, with the QOS {string.Join(", ", mine.SelectMany(static a => a.Qos).Distinct().Select(name => Describe(cluster, name)))}", null);
        yield return new("ok", "limits", Text($"arrays of {cluster.MaxArraySize?.ToString(CultureInfo.InvariantCulture) ?? "unknown"} tasks at most; the cluster holds {cluster.MaxJobCount?.ToString(CultureInfo.InvariantCulture) ?? "an unknown number of"} jobs; jobs over a partition's limits {(cluster.PartitionLimits is OverLimit.Refused ? "are refused" : "are accepted and wait")}"), null);
        if (folder is not null)
            foreach (var line in OfExperiment(context, cluster, folder)) yield return line;
    }

    private static CheckLine Accounting(Cluster cluster) => cluster.Accounting switch
    {
        { IsOff: true } => new("note", "accounting", "off: ended jobs are judged by what they leave in their folders", null),
        { Trouble: { } trouble } => new("bad", "accounting", $"does not answer: {trouble}", "jobs are watched by squeue and their own files meanwhile; tell the administrators when it lasts"),
        _ => new("ok", "accounting", cluster.Enforces.IsEmpty ? "answers; it enforces nothing" : $"answers; it enforces {string.Join(", ", cluster.Enforces)}", null),
    };

    private static CheckLine Line(Cluster cluster, Partition partition)
    {
        var nodes = cluster.NodesOf(partition);
        var kinds = string.Join("; ", nodes.GroupBy(static n => (n.Cpus, n.MemoryMegabytes, Gres: string.Join(", ", n.Gres.OrderBy(static g => g.Key, StringComparer.Ordinal).Select(static g => $"{g.Key} × {g.Value}"))))
            .Select(static kind => Text($"{kind.Sum(static n => n.Count)} nodes of {kind.Key.Cpus} CPUs, {kind.Key.MemoryMegabytes >> 10} GB{(kind.Key.Gres.Length > 0 ? $", {kind.Key.Gres}" : "")}")));
        var free = nodes.Where(static n => n.IsAvailable).Sum(static n => n.Count);
        var text = Text($"{partition.Name}{(partition.IsDefault ? " (default)" : "")}: {partition.State}, up to {(partition.MaxTime is { } most ? WallTime.Text(most) : "any time")}, {kinds}{(free < partition.TotalNodes ? $"; {free} of them take jobs now" : "")}");
        return new(partition.State == "UP" && free > 0 ? "ok" : "note", "partition", text, null);
    }

    private static string Describe(Cluster cluster, string qos)
    {
        if (cluster.Accounting.Qos?.FirstOrDefault(q => q.Name == qos) is not { } found) return qos;
        List<string> limits = [];
        if (found.MaxWall is { } wall) limits.Add($"up to {WallTime.Text(wall)}");
        if (found.MaxSubmit is { } submit) limits.Add(Text($"{submit} jobs at a time"));
        if (found.MaxJobs is { } jobs) limits.Add(Text($"{jobs} running"));
        return limits.Count == 0 ? qos : $"{qos} ({string.Join(", ", limits)})";
    }

    /// <summary>What the runs that are not over ask of the cluster, and whether its nodes can see their folder.</summary>
    private static IEnumerable<CheckLine> OfExperiment(CliContext context, Cluster cluster, ExperimentFolder folder)
    {
        if (!folder.HoldsAnExperiment) yield break;
        var follower = new JournalFollower(folder);
        follower.Read();
        List<PlannedRun> runs = [.. follower.State.InPlanOrder.Where(static r => r is { State: not Monitoring.RunState.Finished, Plan.Slurm.Host: null }).Select(static r => r.Plan)];
        if (follower.State.Experiment?.Scheduler != "slurm") yield break;
        var found = new SlurmPreflight(cluster, context.Environment).Check(runs, static _ => Configuration.SourceSpan.None);
        foreach (var diagnostic in found) yield return new(diagnostic.Severity is Configuration.Severity.Error ? "bad" : "note", "runs", $"{diagnostic.Code}: {diagnostic.Message}", diagnostic.Hint);
        if (found.IsEmpty && runs.Count > 0) yield return new("ok", "runs", $"the cluster has what {Quantity.Of(runs.Count, "run")} that {(runs.Count == 1 ? "is" : "are")} not over ask{(runs.Count == 1 ? "s" : "")} for", null);
        if (FileSystemKind.Of(folder.Root) is { } kind)
            yield return FileSystemKind.IsShared(kind)
                ? new("ok", "shared", $"{folder.Root} is on {kind}", null)
                : new("note", "shared", $"{folder.Root} is on this machine's own {kind}: a node sees it only if this machine exports it to the nodes under the same name", "if jobs fail without a log, choose a project.base_output_dir on the cluster's file system");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
