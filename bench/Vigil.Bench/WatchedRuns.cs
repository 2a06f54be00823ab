using System.Collections.Immutable;
using System.Globalization;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Notifying;
using Vigil.Planning;
using Vigil.Schedulers;
using Vigil.Spec;

namespace Vigil.Bench;

/// <summary>
/// An experiment whose jobs all run, as a monitor finds it that was just started; and that monitor, with the loop, the journal, the logs, the metrics and
/// the rules of the program. Only its scheduler is none: it has no news, as the others have none of a job that runs.
/// </summary>
internal static class WatchedRuns
{
    /// <summary>What the rule that is waited for looks for; its number comes back with the action.</summary>
    public const string Mark = "MARK at=";

    private const string MarkRule = "mark", Rules = "bench";

    /// <summary>Writes the journal: one run a log.</summary>
    public static void Create(string root, IReadOnlyList<string> logs, ImmutableArray<string> patterns)
    {
        var folder = new ExperimentFolder(root);
        var opened = LongJournal.Open(folder);
        using var journal = opened.Journal;
        var at = DateTimeOffset.Now;
        ImmutableArray<PlannedRun> runs = [.. LongJournal.Plan(logs.Count, root).Select((run, i) => run with { LogPath = logs[i], Rules = Rules })];
        ImmutableArray<AttemptStart> starts = [.. runs.Select(static r => new AttemptStart(new AttemptId(r.Id, 1), null))];
        ImmutableArray<SubmittedJob> jobs = [.. runs.Select(static r => new SubmittedJob(new AttemptId(r.Id, 1), new JobId(r.Index.ToString(CultureInfo.InvariantCulture)), r.LogPath, r.ConfigHash))];
        Write("plan-accepted", [new RunEvent.ExperimentPlanned(LongJournal.Experiment), new RunEvent.RulesPlanned(Set(patterns)), .. runs.Select(static r => new RunEvent.RunPlanned(r))]);
        Write("ticked", [new RunEvent.EffectRequested("submit:all", new Effect.Submit(starts))]);
        Write("effect-settled", [new RunEvent.EffectCompleted("submit:all", new EffectResult.Submitted(jobs))]);
        foreach (var start in starts) Write("job-reported", [new RunEvent.AttemptStarted(start.Attempt, at, "node17")]);
        if (!journal.TryCommit()) throw new IOException(journal.Failure);
        opened.Lease.Release();

        void Write(string cause, ImmutableArray<RunEvent> events) => journal.Stage(at, "vigil", cause, events);
    }

    private static RuleSet Set(ImmutableArray<string> patterns) => new(Rules,
        [Rule(MarkRule, $@"{Mark}(?P<at>\d+)", "{at}"), .. patterns.Select(static (p, i) => Rule(string.Create(CultureInfo.InvariantCulture, $"rule{i}"), p, "{line}"))]);

    private static Rule Rule(string name, string pattern, string says) =>
        new(name, new Trigger.LogLine(new LinePattern(PatternKind.Regex, pattern)), [new Binding(BindingMode.Inline, [], new RuleAction.Log(says))]);

    /// <summary>The monitor of such an experiment, until the standard input ends. Says <c>ready</c> after its first turn, and <c>mark N</c> when the action about the line with that number is in the journal.</summary>
    public static async Task WatchAsync(string root)
    {
        var (folder, time) = (new ExperimentFolder(root), TimeProvider.System);
        var opened = LongJournal.Open(folder);
        using var journal = opened.Journal;
        var scheduler = new NoNews(time);
        var store = new MetricStore(folder.Views);
        var logs = new AttemptLogs(new ProgressBoard(time), new EchoGuard(folder.Here)) { Store = store, Files = new MetricFiles(store) };
        using var sender = new ChannelSender(GuardedConnection.Real, Environment.GetEnvironmentVariable, time);
        using var hands = new RuleHands(new ProbeRunner(time), new ActionRunner(new NoRuns(), time), new Notifier(sender, time));
        var loop = new MonitorLoop(journal, new LeaseKeeper(opened.Lease, time), opened.State, scheduler, new EffectRunner(scheduler, new ProvenanceWriter(new FrozenConfigs(folder), static () => LongJournal.Experiment, time)),
            logs, new Inbox(folder, static _ => { }), new ViewWriter(folder, time), new Marks(), time)
        { Hands = hands };
        using var stop = new CancellationTokenSource();
        var asked = new Thread(() =>
        {
            while (Console.ReadLine() is not null) { }
            stop.Cancel();
        })
        { IsBackground = true };
        asked.Start();
        await loop.RunAsync(stop.Token);
        opened.Lease.Release();
    }

    /// <summary>Tells what is in the journal.</summary>
    private sealed class Marks : IMonitorScreen
    {
        private bool _isReady;

        public void Decided(JournalEntry entry, ExperimentState state)
        {
            foreach (var e in entry.Events)
                if (e is RunEvent.ActionSettled { Outcome: ActionOutcome.Done, Note: { } note } settled && settled.Firing.Contains($"/{MarkRule}@", StringComparison.Ordinal)) Console.Out.WriteLine($"mark {note}");
        }

        public void Show(MonitorView view)
        {
            if (!_isReady) Console.Out.WriteLine("ready");
            _isReady = true;
        }

        public void Say(string text) { }
    }

    private sealed class NoNews(TimeProvider time) : IScheduler
    {
        public SchedulerSight? Sight => null;

        public ValueTask<ImmutableArray<JobReport>> ReportAsync(ImmutableArray<JobRequest> jobs, CancellationToken stop) => new([]);
        public async ValueTask WaitForNewsAsync(TimeSpan limit, CancellationToken stop) => await Task.Delay(limit, time, stop);
        public ValueTask StartReadyAsync(CancellationToken stop) => ValueTask.CompletedTask;

        public ValueTask<ImmutableArray<SubmitOutcome>> SubmitAsync(ImmutableArray<Submission> submissions, CancellationToken stop) => throw Nobody();
        public ValueTask<ImmutableArray<Found>> FindAsync(ImmutableArray<Submission> submissions, CancellationToken stop) => throw Nobody();
        public ValueTask<EffectResult> CancelAsync(JobRequest job, CancellationToken stop) => throw Nobody();
        public ValueTask<EffectResult> ChangeAsync(JobRequest job, JobChange change, CancellationToken stop) => throw Nobody();

        private static InvalidOperationException Nobody() => new("nobody asked for that");
    }

    private sealed class NoRuns : IRunStarter
    {
        public EffectResult Start(ExperimentState state, Effect.StartRun ask) => throw new InvalidOperationException("no rule starts a run");
    }
}
