using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Schedulers.Slurm.Preflight;

/// <summary>Something that a cluster would refuse, or accept and never start.</summary>
/// <param name="Option">Of <c>slurm.sbatch</c>, where the remedy lies.</param>
/// <param name="What">After the names of the runs: <c>ask for the partition 'x', which does not exist</c>.</param>
internal sealed record Finding(string Code, Severity Severity, string Option, string What, string? Hint = null)
{
    /// <summary>Whether the job starts by itself one day; else somebody has to change it, or the cluster.</summary>
    public bool MayStart => Code is "SLM065";
}

/// <summary>Compares what runs ask for with what a cluster says of itself, before anything is submitted.</summary>
/// <param name="variable">Of the environment that <c>sbatch</c> will see.</param>
internal sealed class SlurmPreflight(Cluster cluster, Func<string, string?> variable)
{
    /// <summary>The environment of a login node: <c>sbatch</c> there sees nothing of this machine's.</summary>
    public static readonly Func<string, string?> NotToBeSeen = static _ => null;

    private readonly PartitionCheck _partitions = new(cluster);
    private readonly AccountingCheck _accounting = new(cluster);

    /// <param name="place">Where an option of <c>slurm.sbatch</c> stands; asked only for what is found.</param>
    public ImmutableArray<Diagnostic> Check(IEnumerable<PlannedRun> runs, Func<string, SourceSpan> place)
    {
        var report = new DiagnosticBag();
        foreach (var (ask, who) in Grouped(runs))
            foreach (var finding in Findings(ask))
                report.Add(new(finding.Code, finding.Severity, place(finding.Option), $"{who} {finding.What}", finding.Hint));
        return [.. report.All];
    }

    public IEnumerable<Finding> Findings(JobAsk ask)
    {
        List<Finding> all = [.. _partitions.Of(ask), .. _accounting.Of(ask)];
        // Jobs that wait for ever are of no interest where they are refused to begin with.
        return all.Exists(static f => f.Severity is Severity.Error) ? all.Where(static f => f.Severity is Severity.Error) : all;
    }

    /// <summary>Runs of one sweep mostly ask for the same.</summary>
    private IEnumerable<(JobAsk Ask, string Who)> Grouped(IEnumerable<PlannedRun> runs)
    {
        var groups = new Dictionary<JobAsk, (PlannedRun First, int Count)>();
        (ImmutableArray<SlurmOption> Options, SlurmScript? Script, TimeSpan? Time, JobAsk Ask)? last = null;
        foreach (var run in runs)
        {
            var job = run.Slurm!;
            if (last is not { } l || l.Options != job.Sbatch || !ReferenceEquals(l.Script, job.Script) || l.Time != run.TimeLimit) last = (job.Sbatch, job.Script, run.TimeLimit, JobAsk.Of(run, variable));
            var ask = last.Value.Ask;
            groups[ask] = groups.TryGetValue(ask, out var known) ? known with { Count = known.Count + 1 } : (run, 1);
        }
        return groups.Select(static g => (g.Key, g.Value.Count == 1 ? $"{g.Value.First.Id} asks" : $"{g.Value.First.Id} and {g.Value.Count - 1} more ask"));
    }
}
