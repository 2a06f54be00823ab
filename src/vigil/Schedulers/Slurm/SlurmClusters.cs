using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Schedulers.Slurm;

/// <summary>Where a run goes. All null: the default cluster of this machine.</summary>
/// <param name="Dir">Absolute, on the host: the folder that holds the runs' own; null where there is no host.</param>
internal readonly record struct ClusterKey(string? Host, string? Cluster, string? Dir = null);

/// <summary>The schedulers of one experiment: runs without a <c>slurm</c> section are this machine's, the others go to the cluster that they name.</summary>
/// <param name="local">Null: no run of the experiment is this machine's.</param>
/// <param name="open">Makes the scheduler of one cluster; called once each.</param>
internal sealed class SlurmClusters(IScheduler? local, Func<ClusterKey, IScheduler> open, TimeProvider time) : IScheduler
{
    private readonly Dictionary<ClusterKey, IScheduler> _clusters = [];

    public ValueTask<ImmutableArray<SubmitOutcome>> SubmitAsync(ImmutableArray<Submission> submissions, CancellationToken stop) =>
        SpreadAsync(submissions, static s => s.Members[0].Run, (scheduler, part) => scheduler.SubmitAsync(part, stop));

    public ValueTask<ImmutableArray<Found>> FindAsync(ImmutableArray<Submission> submissions, CancellationToken stop) =>
        SpreadAsync(submissions, static s => s.Members[0].Run, (scheduler, part) => scheduler.FindAsync(part, stop));

    public async ValueTask<ImmutableArray<JobReport>> ReportAsync(ImmutableArray<JobRequest> jobs, CancellationToken stop)
    {
        var parts = jobs.GroupBy(job => Of(job.Run)).ToList();
        // One that is not asked about anything any more forgets what it watched.
        var idle = All.Where(scheduler => !parts.Exists(part => part.Key == scheduler)).Select(scheduler => scheduler.ReportAsync([], stop).AsTask());
        var reports = await Task.WhenAll([.. parts.Select(part => part.Key.ReportAsync([.. part], stop).AsTask()), .. idle]);
        return [.. reports.SelectMany(static r => r)];
    }

    public async ValueTask StartReadyAsync(CancellationToken stop)
    {
        foreach (var scheduler in All) await scheduler.StartReadyAsync(stop);
    }

    public ValueTask<EffectResult> CancelAsync(JobRequest job, CancellationToken stop) => Of(job.Run).CancelAsync(job, stop);

    public ValueTask<EffectResult> ChangeAsync(JobRequest job, JobChange change, CancellationToken stop) => Of(job.Run).ChangeAsync(job, change, stop);

    public async ValueTask WaitForNewsAsync(TimeSpan limit, CancellationToken stop)
    {
        using var first = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] waits = [.. All.Select(scheduler => scheduler.WaitForNewsAsync(limit, first.Token).AsTask())];
        // Nothing is opened yet: there is no news, and the caller is not to come back at once.
        if (waits.Length == 0) await Task.Delay(limit, time, stop);
        else await Task.WhenAny(waits);
        await first.CancelAsync();
        foreach (var wait in waits)
        {
            try { await wait; }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested) { continue; }
        }
    }

    public SchedulerSight? Sight
    {
        get
        {
            var sights = All.Select(static scheduler => scheduler.Sight).OfType<SchedulerSight>().ToList();
            if (sights.Count < 2) return sights.FirstOrDefault();
            // Two clusters may use the same number: the first one keeps it, and each run's own state is in the journal.
            return new([.. sights.SelectMany(static s => s.Witnesses)], sights.SelectMany(static s => s.Jobs).DistinctBy(static j => j.Key).ToImmutableDictionary());
        }
    }

    private IEnumerable<IScheduler> All => local is null ? _clusters.Values : _clusters.Values.Prepend(local);

    private IScheduler Of(PlannedRun run)
    {
        if (run.Slurm is not { } slurm) return local ?? throw new InvalidOperationException($"{run.Id} is a job of this machine, and there is no scheduler for it");
        var key = new ClusterKey(slurm.Host, slurm.Cluster, slurm.Host is null ? null : Path.GetDirectoryName(run.OutputDir));
        if (!_clusters.TryGetValue(key, out var cluster)) _clusters[key] = cluster = open(key);
        return cluster;
    }

    /// <summary>Asks each scheduler its own part, all at the same time, and answers in the order asked.</summary>
    private async ValueTask<ImmutableArray<TAnswer>> SpreadAsync<TQuestion, TAnswer>(
        ImmutableArray<TQuestion> questions, Func<TQuestion, PlannedRun> run, Func<IScheduler, ImmutableArray<TQuestion>, ValueTask<ImmutableArray<TAnswer>>> ask)
    {
        var answers = new TAnswer[questions.Length];
        var parts = questions.Select(static (question, at) => (Question: question, At: at)).GroupBy(q => Of(run(q.Question))).ToList();
        var all = await Task.WhenAll(parts.Select(part => ask(part.Key, [.. part.Select(static q => q.Question)]).AsTask()));
        foreach (var (part, given) in parts.Zip(all))
            foreach (var (question, answer) in part.Zip(given)) answers[question.At] = answer;
        return [.. answers];
    }
}
