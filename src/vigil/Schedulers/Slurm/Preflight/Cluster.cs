using System.Collections.Immutable;

namespace Vigil.Schedulers.Slurm.Preflight;

/// <summary>What a cluster says of itself, as far as it concerns what a user asks of it.</summary>
/// <param name="Host">Where it was asked; empty: here.</param>
/// <param name="Enforces">What accounting enforces, such as <c>associations</c>, <c>limits</c> and <c>qos</c>; empty: nothing.</param>
/// <param name="PartitionLimits">Whether jobs over a partition's limits are refused at once; else they are accepted and wait for ever.</param>
/// <param name="MaxArraySize">One more than the largest index of an array; null: not told.</param>
internal sealed record Cluster(
    string Host, string Name, string Version, string User, ImmutableArray<string> Enforces, OverLimit PartitionLimits, int? MaxArraySize, int? MaxJobCount,
    ImmutableArray<Partition> Partitions, ImmutableArray<NodeKind> Nodes, Accounting Accounting)
{
    /// <summary>Null: the cluster has none, so every job names one.</summary>
    public Partition? DefaultPartition => Partitions.FirstOrDefault(static p => p.IsDefault);

    public Partition? Find(string partition) => Partitions.FirstOrDefault(p => p.Name == partition);

    public ImmutableArray<NodeKind> NodesOf(Partition partition) => [.. Nodes.Where(n => n.Partition == partition.Name)];
}

/// <summary><c>EnforcePartLimits</c>: what becomes of a job that its partition does not allow.</summary>
internal enum OverLimit { Waits, Refused }

/// <param name="State"><c>UP</c>, <c>DOWN</c>, <c>DRAIN</c>, <c>INACTIVE</c>.</param>
/// <param name="MaxTime">Null: unlimited.</param>
/// <param name="MaxNodes">Null: unlimited.</param>
/// <param name="AllowAccounts">Null: all but those denied.</param>
internal sealed record Partition(
    string Name, bool IsDefault, string State, TimeSpan? MaxTime, int? MaxNodes, int TotalNodes, int TotalCpus,
    ImmutableArray<string>? AllowAccounts, ImmutableArray<string> DenyAccounts, ImmutableArray<string>? AllowQos, ImmutableArray<string> DenyQos);

/// <summary>Equal nodes of one partition.</summary>
/// <param name="Gres">Generic resources a node, by name and by <c>name:type</c>; both count the same things.</param>
internal sealed record NodeKind(string Partition, int Count, int Cpus, long MemoryMegabytes, ImmutableDictionary<string, int> Gres, string State)
{
    public bool IsAvailable => !Unusable.Any(word => State.StartsWith(word, StringComparison.OrdinalIgnoreCase)) && !State.EndsWith('*');

    private static readonly string[] Unusable = ["down", "drain", "fail", "maint", "unk", "inval"];
}

/// <summary>What accounting allows this user. Null in it: accounting is off, or did not answer.</summary>
/// <param name="Trouble">Why accounting said nothing; null: it answered, or is off.</param>
internal sealed record Accounting(ImmutableArray<Association>? Associations, ImmutableArray<Qos>? Qos, string? Trouble)
{
    public bool IsOff => Associations is null && Trouble is null;
}

/// <summary>That the user may use an account.</summary>
/// <param name="Partition">Null: in every partition.</param>
/// <param name="DefaultQos">Null: the cluster's.</param>
/// <param name="MaxSubmit">Most jobs with the controller at a time; null: no limit of its own.</param>
internal sealed record Association(string Account, string? Partition, ImmutableArray<string> Qos, string? DefaultQos, int? MaxJobs, int? MaxSubmit, TimeSpan? MaxWall);

/// <param name="MaxSubmit">Most jobs of one user with the controller at a time; null: no limit of its own.</param>
/// <param name="AboveLimits">What becomes of jobs over its limits.</param>
internal sealed record Qos(string Name, TimeSpan? MaxWall, int? MaxSubmit, int? MaxJobs, OverLimit AboveLimits);
