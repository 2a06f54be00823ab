using System.Collections.Immutable;
using System.Globalization;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Schedulers.Slurm.Preflight;

/// <summary>Whether a partition exists, takes the job, and has nodes for it.</summary>
internal sealed class PartitionCheck(Cluster cluster)
{
    /// <summary>What becomes of jobs that a partition does not allow.</summary>
    private Severity NotAllowed => cluster.PartitionLimits is OverLimit.Refused ? Severity.Error : Severity.Warning;

    private string Consequence(string reason) => cluster.PartitionLimits is OverLimit.Refused ? "sbatch refuses that" : ForEver(reason);

    private static string ForEver(string reason) => $"Slurm accepts that and never starts it ({reason})";

    /// <summary>What is wrong with the first of the partitions, when none of them fits.</summary>
    public IEnumerable<Finding> Of(JobAsk ask)
    {
        if (ask.Partitions is null && cluster.DefaultPartition is null)
            return [new("SLM052", Severity.Error, "partition", "for no partition, and this cluster has no default one", Known("the partitions are"))];
        string[] names = ask.Partitions?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [cluster.DefaultPartition!.Name];
        List<Finding> unknown = [.. names.Where(name => cluster.Find(name) is null).Select(Unknown)];
        if (unknown.Count > 0) return unknown;
        List<Finding>? first = null;
        foreach (var name in names)
        {
            List<Finding> findings = [.. In(cluster.Find(name)!, ask)];
            if (findings.Count == 0) return [];
            first ??= findings;
        }
        return first ?? [];
    }

    private Finding Unknown(string name) =>
        new("SLM052", Severity.Error, "partition", $"for the partition '{name}', which this cluster does not have", $"{Near(name, cluster.Partitions.Select(static p => p.Name))}{Known("the partitions are")}");

    private string Known(string words) => $"{words} {string.Join(", ", cluster.Partitions.Select(static p => p.State == "UP" ? p.IsDefault ? $"{p.Name} (default)" : p.Name : $"{p.Name} ({p.State})"))}";

    internal static string Near(string word, IEnumerable<string> known) => Suggestion.Nearest(word, known) is { } near ? $"did you mean '{near}'? " : "";

    private IEnumerable<Finding> In(Partition partition, JobAsk ask)
    {
        switch (partition.State)
        {
            case "UP": break;
            case "DOWN": yield return new("SLM053", Severity.Warning, "partition", $"for the partition {partition.Name}, which is DOWN: Slurm accepts that and starts nothing there (PartitionDown)", $"wait until it is up again, or choose another: {Known("the partitions are")}"); break;
            default: yield return new("SLM053", Severity.Error, "partition", $"for the partition {partition.Name}, which takes no jobs (it is {partition.State})", Known("the partitions are")); break;
        }
        foreach (var finding in Access(partition, ask)) yield return finding;
        foreach (var finding in Size(partition, ask)) yield return finding;
        foreach (var finding in Nodes(partition, ask)) yield return finding;
    }

    private IEnumerable<Finding> Access(Partition partition, JobAsk ask)
    {
        if (ask.Account is { } account && Denied(account, partition.AllowAccounts, partition.DenyAccounts))
            yield return new("SLM054", NotAllowed, "account", $"for the account {account} in the partition {partition.Name}, which does not admit it: {Consequence("account not permitted")}", Admitted("accounts", partition.AllowAccounts));
        if (ask.Qos is { } qos && Denied(qos, partition.AllowQos, partition.DenyQos))
            yield return new("SLM054", NotAllowed, "qos", $"for the QOS {qos} in the partition {partition.Name}, which does not admit it: {Consequence("QOS not permitted")}", Admitted("QOS", partition.AllowQos));
    }

    private static bool Denied(string name, ImmutableArray<string>? allowed, ImmutableArray<string> denied) => allowed is { } some ? !some.Contains(name) : denied.Contains(name);

    private static string? Admitted(string what, ImmutableArray<string>? allowed) => allowed is { } some ? $"it admits the {what} {string.Join(", ", some)}" : null;

    private IEnumerable<Finding> Size(Partition partition, JobAsk ask)
    {
        if (ask.Time is { } time && partition.MaxTime is { } most && time > most)
            yield return new("SLM058", NotAllowed, "time", $"for {Time(time)}, more than the partition {partition.Name} allows ({Time(most)}): {Consequence("PartitionTimeLimit")}", $"lower slurm.sbatch.time{Longer(time)}");
        var nodes = Math.Min(partition.MaxNodes ?? int.MaxValue, partition.TotalNodes);
        if (ask.Nodes > nodes)
            yield return new("SLM059", NotAllowed, "nodes", Text($"for {ask.Nodes} nodes, and the partition {partition.Name} gives a job {nodes} at most: {Consequence("PartitionNodeLimit")}"), "lower slurm.sbatch.nodes");
    }

    private string Longer(TimeSpan time)
    {
        var others = cluster.Partitions.Where(p => p.State == "UP" && (p.MaxTime is null || p.MaxTime >= time)).Select(static p => p.Name).ToList();
        return others.Count == 0 ? "" : $", or choose a partition that allows it: {string.Join(", ", others)}";
    }

    /// <summary>Whether one kind of the partition's nodes has it all.</summary>
    private IEnumerable<Finding> Nodes(Partition partition, JobAsk ask)
    {
        var nodes = cluster.NodesOf(partition);
        if (nodes.IsEmpty) yield break;
        var (cpus, memory) = (nodes.Max(static n => n.Cpus), nodes.Max(static n => n.MemoryMegabytes));
        if (ask.CpusOfANode > cpus)
            yield return new("SLM060", Severity.Warning, "cpus_per_task", Text($"for {ask.CpusOfANode} CPUs on one node, and the largest node of {partition.Name} has {cpus}: {ForEver("PartitionConfig")}"), "lower slurm.sbatch.cpus_per_task or ntasks_per_node");
        else if (partition.TotalCpus > 0 && ask.Cpus > partition.TotalCpus)
            yield return new("SLM060", Severity.Warning, "ntasks", Text($"for {ask.Cpus} CPUs, and the partition {partition.Name} has {partition.TotalCpus}: {ForEver("PartitionConfig")}"), "lower slurm.sbatch.ntasks or cpus_per_task");
        if (ask.MemoryOfANode > memory)
            yield return new("SLM061", Severity.Error, "mem", Text($"for {Memory(ask.MemoryOfANode)} on one node, and the largest node of {partition.Name} has {Memory(memory)}: sbatch refuses that"), "lower slurm.sbatch.mem or mem_per_cpu");
        foreach (var finding in Gres(partition, nodes, ask)) yield return finding;
        if (nodes.All(static n => !n.IsAvailable))
            yield return new("SLM065", Severity.Warning, "partition", $"for the partition {partition.Name}, none of whose nodes takes jobs now ({string.Join(", ", nodes.Select(static n => n.State).Distinct())}): the jobs wait until one does", Known("the partitions are"));
    }

    private static IEnumerable<Finding> Gres(Partition partition, ImmutableArray<NodeKind> nodes, JobAsk ask)
    {
        if (Short(nodes, ask) is var (name, count, most) && name is not null)
        {
            var have = nodes.SelectMany(static n => n.Gres.Keys).Distinct().ToList();
            yield return most == 0
                ? new("SLM062", Severity.Error, "gres", $"for '{name}', which no node of the partition {partition.Name} has: sbatch refuses that", have.Count == 0 ? "its nodes have no generic resources at all" : $"{Near(name, have)}its nodes have {string.Join(", ", have)}")
                : new("SLM062", Severity.Error, "gres", Text($"for {count} of '{name}' on one node, and no node of {partition.Name} has more than {most}: sbatch refuses that"), "take more nodes, or fewer on each");
        }
        var gpus = nodes.Sum(static n => n.Count * n.Gres.GetValueOrDefault("gpu"));
        if (ask.Gpus > gpus)
            yield return new("SLM062", Severity.Error, "gpus", Text($"for {ask.Gpus} GPUs, and the partition {partition.Name} has {gpus}: sbatch refuses that"), "lower slurm.sbatch.gpus");
    }

    /// <summary>The first resource of which no node has enough; a type is told rather than the name that it counts for as well.</summary>
    private static (string? Name, int Count, int Most) Short(ImmutableArray<NodeKind> nodes, JobAsk ask)
    {
        if (ask.Gres is null or "none") return default;
        foreach (var (name, count) in ClusterText.Gres(ask.Gres).OrderByDescending(static g => g.Key.Contains(':', StringComparison.Ordinal)).ThenBy(static g => g.Key, StringComparer.Ordinal))
            if (nodes.Max(n => n.Gres.GetValueOrDefault(name)) is var most && count > most) return (name, count, most);
        return default;
    }

    internal static string Time(TimeSpan time) => time == TimeSpan.MaxValue ? "unlimited time" : WallTime.Text(time);

    private static string Memory(long megabytes) => Text($"{megabytes} MB");

    internal static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
