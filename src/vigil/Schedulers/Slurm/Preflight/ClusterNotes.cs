using System.Collections.Immutable;
using System.Globalization;
using Vigil.Planning;

namespace Vigil.Schedulers.Slurm.Preflight;

/// <summary>What a user should know of the cluster before a launch, and need not change.</summary>
internal static class ClusterNotes
{
    public static IEnumerable<string> Of(Cluster cluster, IReadOnlyList<PlannedRun> runs, SlurmSettings settings)
    {
        yield return Text($"{Where(cluster)}: {Handing(cluster, runs, settings)}");
        if (Room(cluster, runs) is { } room && room < runs.Count && (settings.MaxJobs is not { } cap || cap > room))
            yield return Text($"your QOS and accounts let {room} jobs be with Slurm at a time: the other runs wait here until some of them end");
        if (settings.MaxJobs is { } most && most < runs.Count) yield return Text($"scheduler.max_jobs lets {most} jobs be with Slurm at a time: the other runs wait here");
        if (cluster.Accounting.IsOff) yield return "accounting is off on this cluster: ended jobs are judged by what they leave in their folders";
        else if (cluster.Accounting.Trouble is { } trouble) yield return $"accounting does not answer now ({trouble}): accounts and QOS were not checked";
    }

    public static string Where(Cluster cluster) =>
        $"{(cluster.Name.Length > 0 ? cluster.Name : "the cluster")}{(cluster.Host.Length > 0 ? $" by {cluster.Host}" : "")} (Slurm {cluster.Version})";

    /// <summary>How the runs are handed over: so many submissions.</summary>
    private static string Handing(Cluster cluster, IReadOnlyList<PlannedRun> runs, SlurmSettings settings)
    {
        var size = Math.Clamp(Math.Min(settings.ArraySize, cluster.MaxArraySize ?? int.MaxValue), 1, int.MaxValue);
        var packs = runs.Where(static r => r.Slurm!.PackKey is not null).CountBy(static r => r.Slurm!.PackKey!).Select(static p => p.Value).Where(static n => n > 1).ToList();
        var arrays = settings.StaggerSeconds > 0 ? 0 : packs.Sum(n => (n + size - 1) / size);
        var inArrays = arrays == 0 ? 0 : packs.Sum();
        var single = runs.Count - inArrays;
        var links = runs.Where(static r => r.Slurm!.Chain > 1).Sum(static r => r.Slurm!.Chain - 1);
        return (arrays, single) switch
        {
            (0, var n) when links > 0 => Text($"{n + links} submissions for {n} {(n == 1 ? "run" : "runs")}, chains included"),
            (0, var n) => Text($"{n} {(n == 1 ? "submission" : "submissions")}, one a run"),
            (var a, 0) => Text($"{inArrays} runs in {a} {(a == 1 ? "array" : $"arrays of {size} at most")}"),
            (var a, var n) => Text($"{inArrays} runs in {a} {(a == 1 ? "array" : $"arrays of {size} at most")}, and {n} by themselves"),
        };
    }

    /// <summary>How many jobs one user may have with the controller, over all that the runs may use; null: no limit is known.</summary>
    private static int? Room(Cluster cluster, IReadOnlyList<PlannedRun> runs)
    {
        if (cluster.Accounting is not { Associations: { } associations, Qos: { } qualities } || !cluster.Enforces.Contains("limits") && !cluster.Enforces.Contains("all")) return null;
        var (qos, account) = (runs[0].Slurm!.Sbatch.FirstOrDefault(static o => o.Name == "qos").Value, runs[0].Slurm!.Sbatch.FirstOrDefault(static o => o.Name == "account").Value);
        var mine = associations.Where(a => account is null || a.Account == account).ToList();
        var name = qos ?? (mine.Select(static a => a.DefaultQos).Distinct().ToList() is [{ } only] ? only : "normal");
        int?[] limits = [qualities.FirstOrDefault(q => q.Name == name)?.MaxSubmit, mine is [var one] ? one.MaxSubmit : null, cluster.MaxJobCount];
        return limits.Min();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
