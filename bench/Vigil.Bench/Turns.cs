using System.Collections.Immutable;
using System.Globalization;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Schedulers;

namespace Vigil.Bench;

/// <summary>How often the disk is flushed in a turn of the monitor in which all of a thousand runs change.</summary>
internal static class Turns
{
    public static async Task MeasureAsync(string dir, CancellationToken stop)
    {
        var ready = await BigJournal.OpenAsync(dir, stop);
        using var journal = ready.Journal;
        var folder = new ExperimentFolder(dir);
        var header = BigJournal.Experiment(dir);
        var scheduler = new AllChangeAtOnce();
        ImmutableArray<PlannedRun> runs = [.. Enumerable.Range(0, BigJournal.Runs).Select(i => BigJournal.Run(dir, i))];
        FrozenConfigs.Write(folder, "bench", runs, runs.Select(static run => new FrozenConfig(run.Id, "i: 0\n", "{\"i\": 0}", "i: 0\n")));
        var frozen = new FrozenConfigs(folder);
        var loop = new MonitorLoop(journal, ready.Lease, ready.State, scheduler, new EffectRunner(scheduler, new ProvenanceWriter(frozen, () => header, TimeProvider.System)),
            new AttemptLogs(new ProgressBoard(TimeProvider.System)), new Inbox(folder, Console.Error.WriteLine), new ViewWriter(folder, TimeProvider.System), new NoScreen(), TimeProvider.System);
        loop.Decide(new Observation.PlanAccepted(TimeProvider.System.GetLocalNow(), "user:bench", header, runs, []));

        while (loop.State.Runs.Values.Any(static run => run.State is not RunState.Queued)) await loop.TurnAsync(stop);
        var started = await FlushesAsync(scheduler, JobState.Running, loop, journal, stop);
        var ended = await FlushesAsync(scheduler, JobState.Failed, loop, journal, stop);
        var left = loop.State.Runs.Values.Count(static run => run.Attempts is [{ State: JobState.Failed }, ..]);
        if (left != BigJournal.Runs) throw new InvalidOperationException($"only {left} runs changed");
        Console.WriteLine(string.Join('\t', "fsyncs a turn, 1,000 runs start / end at once", $"{started} / {ended}", $"one a run would be {BigJournal.Runs}",
            (Math.Max(started, ended) / (double)BigJournal.Runs).ToString("0.000", CultureInfo.InvariantCulture) + " x", "reach: <= 2"));
    }

    private static async Task<long> FlushesAsync(AllChangeAtOnce scheduler, JobState state, MonitorLoop loop, Journal journal, CancellationToken stop)
    {
        scheduler.State = state;
        var before = journal.Flushes;
        await loop.TurnAsync(stop);
        return journal.Flushes - before;
    }

    /// <summary>A scheduler at the border of the world whose jobs all do the same at the same moment.</summary>
    private sealed class AllChangeAtOnce : IScheduler
    {
        private int _jobs;

        public JobState State { get; set; } = JobState.Queued;

        public ValueTask<ImmutableArray<SubmitOutcome>> SubmitAsync(ImmutableArray<JobRequest> requests, CancellationToken stop) =>
            ValueTask.FromResult(requests.Select(_ => new SubmitOutcome(BigJournal.Job(_jobs++), Refused: null)).ToImmutableArray());

        public ValueTask<ImmutableArray<JobId?>> FindAsync(ImmutableArray<JobRequest> requests, CancellationToken stop) =>
            ValueTask.FromResult(requests.Select(static _ => (JobId?)null).ToImmutableArray());

        public ValueTask<ImmutableArray<JobReport>> ReportAsync(ImmutableArray<JobRequest> jobs, CancellationToken stop) =>
            ValueTask.FromResult(jobs.Where(static job => job.Job is not null).Select(job => new JobReport(job.Attempt, job.Job!.Value, State, ExitCode: State is JobState.Failed ? 1 : null)).ToImmutableArray());

        public ValueTask<EffectResult> CancelAsync(JobRequest job, CancellationToken stop) => ValueTask.FromResult<EffectResult>(new EffectResult.Done());

        public ValueTask WaitForNewsAsync(TimeSpan limit, CancellationToken stop) => ValueTask.CompletedTask;
    }

    private sealed class NoScreen : IMonitorScreen
    {
        public void Decided(JournalEntry entry, ExperimentState state) { }
        public void Show(MonitorView view) { }
        public void Say(string text) { }
    }
}
