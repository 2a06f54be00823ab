using System.Collections.Immutable;
using Vigil.Platform;

namespace Vigil.Schedulers.Slurm.Preflight;

/// <summary>What came of asking a cluster about itself.</summary>
internal abstract record Survey
{
    private Survey() { }

    public sealed record Answered(Cluster Cluster) : Survey;

    /// <summary>One of Slurm's commands is not to be found.</summary>
    public sealed record NoCommands(string Command) : Survey;

    /// <summary>The commands are there and belong to no cluster.</summary>
    public sealed record NoCluster(string Why) : Survey;

    /// <summary>The controller gave no answer, and why in its own words.</summary>
    public sealed record Silent(string Why) : Survey;
}

/// <summary>Asks a cluster about itself: a handful of questions at once, each within a time of our own.</summary>
/// <param name="cluster">As <c>--clusters</c> names it; null: the default one.</param>
internal sealed class ClusterSurvey(ISite site, string? cluster)
{
    /// <summary>Looks for what a watch needs, and ends with the first that is missing; then says who asks. In one process: over SSH each is a way there and back.</summary>
    private const string LookUp = "for program in sbatch squeue scancel scontrol; do command -v \"$program\" >/dev/null || { echo \"$program\"; exit 127; }; done; exec id";

    private static readonly ImmutableArray<string> Plain = ["env", "LC_ALL=C", "TZ=UTC"];

    public async Task<Survey> AskAsync(TimeSpan limit, CancellationToken stop)
    {
        var lookUp = Ask("/bin/sh", ["-c", LookUp], limit, stop);
        var asksConfig = Ask("scontrol", [.. OnCluster, "show", "config"], limit, stop);
        var asksPartitions = Ask("scontrol", [.. OnCluster, "-o", "show", "partition"], limit, stop);
        var asksNodes = Ask("sinfo", [.. OnCluster, "-h", "-e", "-o", "%R|%D|%c|%m|%G|%T"], limit, stop);
        var asksQos = Ask("sacctmgr", ["-n", "-P", "show", "qos", $"format={ClusterText.QosFormat}"], limit, stop);
        var who = await lookUp;
        if (who.ExitCode is NotFound && who.Output.Trim() is { Length: > 0 } missing) return new Survey.NoCommands(missing);
        // Needs to know who asks, and is the slowest of all.
        var user = ClusterText.User(who.Output) ?? Environment.UserName;
        var asksAssociations = Ask("sacctmgr", ["-n", "-P", "show", "assoc", $"user={user}", .. cluster is null ? [] : (string[])[$"cluster={cluster}"], $"format={ClusterText.AssociationFormat}"], limit, stop);
        var (config, partitions) = (await asksConfig, await asksPartitions);
        if (config.Errors.Contains("Could not establish a configuration source", StringComparison.Ordinal)) return new Survey.NoCluster(Why(config));
        if (!config.Succeeded || !partitions.Succeeded) return new Survey.Silent(Why(config.Succeeded ? partitions : config));
        var settings = ClusterText.Config(config.Output);
        return new Survey.Answered(new(
            site.Name, settings.GetValueOrDefault("ClusterName") ?? "", settings.GetValueOrDefault("SLURM_VERSION") ?? "", user, Enforced(settings),
            settings.GetValueOrDefault("EnforcePartLimits") is null or "NO" ? OverLimit.Waits : OverLimit.Refused,
            Number(settings, "MaxArraySize"), Number(settings, "MaxJobCount"), ClusterText.Partitions(partitions.Output), ClusterText.Nodes((await asksNodes).Output), Read(settings, await asksAssociations, await asksQos)));
    }

    /// <summary>As a shell says that there is no such program.</summary>
    private const int NotFound = 127;

    private ImmutableArray<string> OnCluster => cluster is null ? [] : [$"--clusters={cluster}"];

    private Task<ProcessOutcome> Ask(string program, ImmutableArray<string> words, TimeSpan limit, CancellationToken stop) => site.RunAsync([.. Plain, program, .. words], limit, stop).AsTask();

    private static Accounting Read(Dictionary<string, string> settings, ProcessOutcome associations, ProcessOutcome qos)
    {
        if (settings.GetValueOrDefault("AccountingStorageType") is null or "accounting_storage/none" or "(null)") return new(null, null, null);
        return associations.Succeeded && qos.Succeeded
            ? new(ClusterText.Associations(associations.Output), ClusterText.Qualities(qos.Output), null)
            : new(null, null, Why(associations.Succeeded ? qos : associations));
    }

    private static ImmutableArray<string> Enforced(Dictionary<string, string> settings) =>
        settings.GetValueOrDefault("AccountingStorageEnforce") is { Length: > 0 } words and not "none" ? [.. words.Split(',')] : [];

    private static int? Number(Dictionary<string, string> settings, string key) =>
        int.TryParse(settings.GetValueOrDefault(key), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Why(ProcessOutcome outcome)
    {
        var said = outcome.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
        return said?.Replace("env gave no answer", "scontrol gave no answer", StringComparison.Ordinal) ?? (outcome.ExitCode is { } code ? $"exit {code}, and nothing said" : "no answer");
    }
}
