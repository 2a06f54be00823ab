using System.Collections.Immutable;
using System.Globalization;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Schedulers;

namespace Vigil.Bench;

/// <summary>How often a turn of the monitor asks the disk to flush when a thousand runs change at once.</summary>
internal static class FlushBench
{
    private const int Runs = 1_000;

    public static async Task RunAsync(string scratch)
    {
        var folder = new ExperimentFolder(Path.Combine(scratch, "fsyncs"));
        var opened = LongJournal.Open(folder);
        using var journal = opened.Journal;
        var runs = LongJournal.Plan(Runs, folder.Root);
        FrozenConfigs.Write(folder, "all", runs, runs.Select(static r => new FrozenConfig(r.Id, "a: 1\n", "{}", "a: 1\n")));
        var scheduler = new AllAtOnce();
        var time = TimeProvider.System;
        var provenance = new ProvenanceWriter(new FrozenConfigs(folder), static () => LongJournal.Experiment, time);
        var loop = new MonitorLoop(journal, new LeaseKeeper(opened.Lease, time), opened.State, scheduler, new EffectRunner(scheduler, provenance), new AttemptLogs(new ProgressBoard(time), new EchoGuard(static (_, path) => path)),
            new Inbox(folder, static _ => { }), new ViewWriter(folder, time), new Silence(), time);
        loop.Decide(new Observation.PlanAccepted(time.GetLocalNow(), "user:bench", LongJournal.Experiment, runs, []));

        long flushes = 0, changes = 0;
        async Task TurnAsync()
        {
            var (flushed, seq) = (journal.Flushes, loop.State.Seq);
            if (!await loop.TurnAsync(CancellationToken.None) || loop.Trouble is not null) throw new InvalidOperationException(loop.Trouble ?? "the lease was lost");
            flushes = Math.Max(flushes, journal.Flushes - flushed);
            changes = Math.Max(changes, loop.State.Seq - seq);
        }
        while (loop.State.Runs.Values.Any(static r => r.State.Held is null)) await TurnAsync();
        foreach (var state in (JobState[])[JobState.Running, JobState.Completed])
        {
            scheduler.State = state;
            await TurnAsync();
        }
        if (!loop.IsDone || changes < Runs) throw new InvalidOperationException($"only {changes} runs changed at once");
        Row.Print(string.Create(CultureInfo.InvariantCulture, $"flushes of a turn, {changes:N0} runs changing"), string.Create(CultureInfo.InvariantCulture, $"{flushes}"),
            string.Create(CultureInfo.InvariantCulture, $"one a change: {changes:N0}"), "", "reach: <= 2");
    }

    /// <summary>Takes every job, and says the same of all of them.</summary>
    private sealed class AllAtOnce : IScheduler
    {
        private int _jobs;

        public JobState State { get; set; } = JobState.Queued;

        public SchedulerSight? Sight => null;

        public ValueTask<ImmutableArray<SubmitOutcome>> SubmitAsync(ImmutableArray<Submission> submissions, CancellationToken stop) =>
            new([.. submissions.Select(_ => new SubmitOutcome.Accepted([new JobId((++_jobs).ToString(CultureInfo.InvariantCulture))]))]);

        public ValueTask<ImmutableArray<Found>> FindAsync(ImmutableArray<Submission> submissions, CancellationToken stop) => new([.. submissions.Select(static _ => new Found.Nothing())]);
        public ValueTask<ImmutableArray<JobReport>> ReportAsync(ImmutableArray<JobRequest> jobs, CancellationToken stop) =>
            new([.. jobs.Select(j => new JobReport(j.Attempt, j.Job!.Value, State, ExitCode: State is JobState.Completed ? 0 : null))]);

        public ValueTask<EffectResult> CancelAsync(JobRequest job, CancellationToken stop) => new(new EffectResult.Done());
        public ValueTask<EffectResult> ChangeAsync(JobRequest job, JobChange change, CancellationToken stop) => new(new EffectResult.Done());
        public ValueTask StartReadyAsync(CancellationToken stop) => ValueTask.CompletedTask;

        public ValueTask WaitForNewsAsync(TimeSpan limit, CancellationToken stop) => ValueTask.CompletedTask;
    }

    private sealed class Silence : IMonitorScreen
    {
        public void Decided(JournalEntry entry, ExperimentState state) { }
        public void Show(MonitorView view) { }
        public void Say(string text) { }
    }
}
