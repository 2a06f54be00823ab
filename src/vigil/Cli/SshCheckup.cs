using System.Globalization;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Schedulers.Local;
using Vigil.Schedulers.Slurm;
using Vigil.Schedulers.Slurm.Preflight;
using Vigil.Schedulers.Slurm.Ssh;

namespace Vigil.Cli;

/// <summary>The lines of <c>vigil doctor DIR</c> about clusters behind a login node. A connection is only looked at and reused: nothing here connects, or asks for a password.</summary>
internal static class SshCheckup
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    public static async Task<List<CheckLine>> OfAsync(CliContext context, ExperimentFolder folder, CancellationToken stop)
    {
        List<CheckLine> lines = [];
        if (!folder.HoldsAnExperiment) return lines;
        var follower = new JournalFollower(folder);
        follower.Read();
        using var sites = new SshSites(SshSites.SocketFolder(RunFolder.DefaultPath(context.Environment)), CommandEnvironment.Ours(), context.Time);
        foreach (var place in follower.State.InPlanOrder.Where(static r => r.Plan.Slurm?.Host is not null).GroupBy(static r => (Host: r.Plan.Slurm!.Host!, r.Plan.Slurm.Cluster)))
        {
            List<PlannedRun> open = [.. place.Where(static r => r.State is not RunState.Finished).Select(static r => r.Plan)];
            // An experiment that is over needs no connection.
            var missing = open.Count > 0 ? "bad" : "note";
            if (await Unconnected(sites.Connection(place.Key.Host), missing, stop) is { } line) lines.Add(line);
            else lines.AddRange(Lines(place.Key.Host, missing, open, await AskAsync(sites.Of(place.Key.Host, folder.There(place.First().Plan)), place.Key.Cluster, context, stop)));
        }
        return lines;
    }

    private static async Task<(Survey Survey, TimeSpan Took)> AskAsync(SshSite site, string? cluster, CliContext context, CancellationToken stop)
    {
        var began = context.Time.GetTimestamp();
        return (await ClusterCheck.SurveyAsync(site, cluster, Patience, stop), context.Time.GetElapsedTime(began));
    }

    private static async Task<CheckLine?> Unconnected(SshConnection connection, string verdict, CancellationToken stop)
    {
        if (await connection.LookAsync(stop) is not { } lost) return null;
        return await connection.CommandAsync(stop) is { } command
            ? new(verdict, "ssh", $"there is no connection to {connection.Host}", $"type  {command}")
            : new(verdict, "ssh", $"{connection.Host}: {lost}", null);
    }

    private static IEnumerable<CheckLine> Lines(string host, string missing, List<PlannedRun> open, (Survey Survey, TimeSpan Took) asked)
    {
        if (asked.Survey is not Survey.Answered { Cluster: var cluster })
        {
            yield return new(missing, "ssh", $"the connection to {host} stands, but of Slurm: {ClusterCheck.Sentence(asked.Survey)}", asked.Survey is Survey.Silent
                ? $"ssh {host} scontrol ping; jobs that run go on meanwhile, and a watch waits"
                : $"let the login shell of {host} load the cluster's environment (in ~/.profile there)");
            yield break;
        }
        yield return new("ok", "ssh", string.Create(CultureInfo.InvariantCulture, $"the connection to {host} stands; {ClusterNotes.Where(cluster)} answers; the whole survey took {asked.Took.TotalMilliseconds:0} ms"), null);
        foreach (var found in new SlurmPreflight(cluster, SlurmPreflight.NotToBeSeen).Check(open, static _ => Configuration.SourceSpan.None))
            yield return new(found.Severity is Configuration.Severity.Error ? "bad" : "note", "runs", $"{found.Code}: {found.Message}", found.Hint);
    }
}
