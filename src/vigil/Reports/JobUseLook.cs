using System.Collections.Immutable;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Schedulers.Slurm;

namespace Vigil.Reports;

/// <summary>Asks this machine's Slurm what the newest job of each run used: one question for hundreds of jobs, and one more for those that run.</summary>
internal sealed class JobUseLook(ExperimentFolder folder, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Dictionary<RunId, JobUse> _uses = [];
    private readonly List<string> _notes = [];

    /// <summary>What was found, and as sentences what was not.</summary>
    public async Task<(IReadOnlyDictionary<RunId, JobUse> Uses, ImmutableArray<string> Notes)> AskAsync(IEnumerable<RunRecord> runs, CancellationToken stop)
    {
        var jobs = runs.Where(static r => r.Plan.Slurm is not null && r.LastAttempt is { Job: not null, Started: not null }).ToList();
        if (jobs.Exists(static r => r.Plan.Slurm!.Host is not null)) _notes.Add("What jobs used is not asked for behind a login node: seff JOB tells it there.");
        foreach (var cluster in jobs.Where(static r => r.Plan.Slurm!.Host is null).GroupBy(static r => r.Plan.Slurm!.Cluster))
            foreach (var part in cluster.Chunk(SlurmCommands.MostIds))
                if (!await AskAsync(cluster.Key, part, stop)) break;
        return (_uses, [.. _notes]);
    }

    /// <returns>Whether it answered; else nobody waits for a second refusal.</returns>
    private async Task<bool> AskAsync(string? cluster, RunRecord[] runs, CancellationToken stop)
    {
        var commands = new SlurmCommands(
            new HereSite(Path.Combine(folder.Views, "clock"), CommandEnvironment.Ours(), time),
            new RequestBudget(RequestBudget.FileOf("", cluster), SlurmSettings.Default.RequestsPerSecond, time, ThisProcess.Writer.Boot), cluster, time);
        var ids = runs.Select(static r => r.LastAttempt!.Job!.Value.Value).ToList();
        var accounts = await commands.UsageAsync(ids, Patience, stop);
        if (accounts.Value is not { } text)
        {
            _notes.Add($"What jobs used is not known: {accounts.Trouble}");
            return false;
        }
        var usage = new UsageText(text);
        if (usage.Running.Count > 0)
        {
            var live = await commands.LiveUsageAsync(usage.Running, Patience, stop);
            if (live.Value is { } now) usage.AddLive(now);
            else _notes.Add($"What jobs that run use just now is not known: {live.Trouble}");
        }
        foreach (var run in runs)
            if (usage.Uses.TryGetValue(run.LastAttempt!.Job!.Value.Value, out var use)) _uses[run.Id] = use;
        return true;
    }
}
