using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Schedulers.Slurm.Preflight;

/// <summary>Whether accounting lets this user do it: account, QOS, and their limits.</summary>
internal sealed class AccountingCheck(Cluster cluster)
{
    private bool Enforces(string what) => cluster.Enforces.Contains(what) || cluster.Enforces.Contains("all");

    public IEnumerable<Finding> Of(JobAsk ask)
    {
        if (cluster.Accounting is not { Associations: { } associations, Qos: { } qualities } || !Enforces("associations") && !Enforces("limits") && !Enforces("qos")) return [];
        if (associations.IsEmpty)
            return [new("SLM057", Severity.Error, "account", $"for jobs of the user {cluster.User}, who has no account on this cluster: sbatch refuses that", "ask its administrators for one")];
        var mine = associations.Where(a => (ask.Account is null || a.Account == ask.Account) && (a.Partition is null || ask.Partitions?.Split(',').Contains(a.Partition) != false)).ToList();
        if (mine.Count == 0) return [Account(ask, associations)];
        return [.. Quality(ask, mine, qualities), .. Wall(ask, mine, qualities)];
    }

    private static Finding Account(JobAsk ask, ImmutableArray<Association> associations)
    {
        var accounts = associations.Select(static a => a.Account).Distinct().ToList();
        return accounts.Contains(ask.Account!)
            ? new("SLM055", Severity.Error, "account", $"for the account {ask.Account}, which you may not use in the partition {ask.Partitions}: sbatch refuses that", $"you may use it in {string.Join(", ", associations.Where(a => a.Account == ask.Account).Select(static a => a.Partition))}")
            : new("SLM055", Severity.Error, "account", $"for the account '{ask.Account}', which is none of yours: sbatch refuses that", $"{PartitionCheck.Near(ask.Account!, accounts)}your accounts are {string.Join(", ", accounts)}");
    }

    private static IEnumerable<Finding> Quality(JobAsk ask, List<Association> mine, ImmutableArray<Qos> qualities)
    {
        if (ask.Qos is not { } qos) yield break;
        var allowed = mine.SelectMany(static a => a.Qos).Distinct().Order(StringComparer.Ordinal).ToList();
        if (allowed.Count == 0 || allowed.Contains(qos)) yield break;
        var why = !qualities.Any(q => q.Name == qos) ? "which this cluster does not have" : ask.Account is { } account ? $"which your account {account} may not use" : "which none of your accounts may use";
        yield return new("SLM056", Severity.Error, "qos", $"for the QOS '{qos}', {why}: sbatch refuses that", $"{PartitionCheck.Near(qos, allowed)}you may use {string.Join(", ", allowed)}");
    }

    /// <summary>The limits of the QOS that the job gets; where several are possible nothing is said.</summary>
    private IEnumerable<Finding> Wall(JobAsk ask, List<Association> mine, ImmutableArray<Qos> qualities)
    {
        if (!Enforces("limits") || ask.Time is not { } time) yield break;
        var name = ask.Qos ?? (mine.Select(static a => a.DefaultQos).Distinct().ToList() is [{ } only] ? only : "normal");
        if (qualities.FirstOrDefault(q => q.Name == name) is { MaxWall: { } most } qos && time > most)
            yield return qos.AboveLimits is OverLimit.Refused
                ? new("SLM063", Severity.Error, "time", $"for {PartitionCheck.Time(time)}, more than the QOS {name} allows ({PartitionCheck.Time(most)}): sbatch refuses that", "lower slurm.sbatch.time, or choose another slurm.sbatch.qos")
                : new("SLM063", Severity.Warning, "time", $"for {PartitionCheck.Time(time)}, more than the QOS {name} allows ({PartitionCheck.Time(most)}): Slurm accepts that and never starts it (QOSMaxWallDurationPerJobLimit)", "lower slurm.sbatch.time, or choose another slurm.sbatch.qos");
        else if (mine is [{ MaxWall: { } wall } association] && time > wall)
            yield return new("SLM063", Severity.Warning, "time", $"for {PartitionCheck.Time(time)}, more than the account {association.Account} allows ({PartitionCheck.Time(wall)}): Slurm accepts that and never starts it (AssocMaxWallDurationPerJobLimit)", "lower slurm.sbatch.time");
    }
}
