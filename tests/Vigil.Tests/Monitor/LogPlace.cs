using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Tests.Monitor;

/// <summary>One running job under rules as a user writes them, a log file that tests write, and the state that decisions lead to.</summary>
internal sealed class LogPlace : IDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private long _seq;

    public LogPlace() => Log = Temp["job.log"];

    public TempFolder Temp { get; } = new();
    public string Log { get; }
    public ExperimentState State { get; private set; } = ExperimentState.Empty;

    /// <summary>Everything that was decided.</summary>
    public List<RunEvent> Events { get; } = [];

    public static AttemptLogs Logs(MetricStore? store = null, ILogFiles? files = null) =>
        new(new ProgressBoard(TimeProvider.System), new EchoGuard(static (_, path) => path)) { Store = store, LogFiles = files ?? KernelFiles.Instance };

    /// <param name="monitoring">What stands under <c>monitoring:</c>.</param>
    public Plan Plan(string monitoring)
    {
        var yaml = $"project: {{name: a, base_output_dir: '{Temp.Path}'}}\nbackend: {{command: train}}\nmonitoring:\n  {monitoring.Trim()}\n";
        var plan = Planner.Plan(new PlanRequest(new SourceFile("e.yaml", Temp["e.yaml"], yaml), [], Temp.Path, new ConfigWorld(static _ => null, Noon)));
        Assert.Empty(plan.Diagnostics);
        return plan;
    }

    /// <param name="monitoring">What stands under <c>monitoring:</c>.</param>
    public AttemptLogs Open(string monitoring, MetricStore? store = null)
    {
        var plan = Plan(monitoring);
        var (attempt, job) = (new AttemptId(plan.Runs[0].Id, 1), new JobId("7"));
        See(new Observation.PlanAccepted(Noon, "user:ada", plan.Experiment, plan.Runs, []) { Rules = plan.RuleSets });
        See(new Observation.Ticked(Noon));
        See(new Observation.EffectSettled(Noon, "submit:a.1", new EffectResult.Submitted([new SubmittedJob(attempt, job, Log, "hash")])));
        See(new Observation.JobReported(Noon, new JobReport(attempt, job, JobState.Running, Started: Noon)));
        return Logs(store);
    }

    public ImmutableArray<RunEvent> See(Observation seen)
    {
        var events = Decider.Decide(State, seen);
        if (events.IsEmpty) return events;
        State = State.Apply(new JournalEntry(++_seq, seen.At, "vigil", "test", events));
        Events.AddRange(events);
        return events;
    }

    /// <summary>What a look at the logs brings; nothing is decided.</summary>
    public ImmutableArray<Observation> Read(AttemptLogs logs, double second) => [.. logs.Read(State, static _ => false, Noon.AddSeconds(second))];

    /// <summary>Looks, and decides.</summary>
    public void Take(AttemptLogs logs, double second)
    {
        foreach (var seen in Read(logs, second)) See(seen);
    }

    /// <summary>The lines that fired something, in order.</summary>
    public IEnumerable<string> Fired => Events.OfType<RunEvent.RuleFired>().Select(static f => f.Evidence.Text);

    public void Dispose() => Temp.Dispose();
}
