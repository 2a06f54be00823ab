using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Core.Tests.Monitoring;

/// <summary>Runs under rules that are written as a user writes them, and what happens to them.</summary>
internal sealed class Watched
{
    private static readonly ConcurrentDictionary<LinePattern, Regex> Engines = [];

    private Watched(World world, Plan plan) => (World, Plan) = (world, plan);

    public World World { get; }
    public Plan Plan { get; }
    public RunRecord this[string run] => World.State.Runs[run];

    /// <summary>One running job of the experiment <c>a</c>.</summary>
    public static Watched Running(string yaml) => Running(Planned(yaml));

    /// <summary>One running job of a plan.</summary>
    public static Watched Running(Plan plan) => Running(Of(plan));

    private static Watched Running(Watched watched)
    {
        watched.Run();
        return watched;
    }

    /// <summary>What may start is submitted, and runs.</summary>
    public void Run()
    {
        World.Tick();
        World.Accept();
        foreach (var run in World.State.Runs.Values.ToList())
            if (run.State is RunState.Queued) World.Report(run.Id.Value, JobState.Running);
    }

    public static Watched Planned(string yaml) => Of(Vigil.Core.Tests.Planning.Some.Good($"project: {{name: a, base_output_dir: /out}}\nbackend: {{command: train}}\n{yaml}"));

    private static Watched Of(Plan plan) => new(World.Planned(plan.Experiment, plan.RuleSets, [.. plan.Runs]), plan);

    /// <summary>A line of the running attempt's log, with every rule of the run that matches it.</summary>
    public ImmutableArray<RunEvent> Line(string text, long offset, string run = "a", string? checkpoint = null, long step = 0)
    {
        var record = this[run];
        var hits = World.State.RulesOf(record).Rules.Where(static r => r.When is Trigger.LogLine)
            .Select(r => (Rule: r, Match: Engine(((Trigger.LogLine)r.When).Pattern).Match(text))).Where(static h => h.Match.Success)
            .Select(static h => new RuleHit(h.Rule.Name, h.Rule.Extract.ToImmutableSortedDictionary(static e => e.Key, e => h.Match.Groups[e.Value].Value)))
            .ToImmutableArray();
        return World.See(new Observation.LineSeen(World.Now, record.LastAttempt!.Id, new LogFile(0, "1:2"), offset, text, hits) { Checkpoint = checkpoint is null ? null : new(step, checkpoint) });
    }

    public ImmutableArray<RunEvent> Quiet(TimeSpan silent, TimeSpan still, long? step = 100, long offset = 5000) =>
        World.See(new Observation.QuietSeen(World.Now, this["a"].LastAttempt!.Id, silent, still, step, offset));

    /// <summary>Answers the look that is wanted for this, as the world is said to be.</summary>
    public ImmutableArray<RunEvent> Find(string kind, params ProbeAnswer[] answers)
    {
        var look = Looks.Wanted(World.State).First(l => l.Id.StartsWith($"{kind}:", StringComparison.Ordinal));
        Assert.Equal(answers.Length, look.Probes.Length);
        return World.See(new Observation.Looked(World.Now, look.Id, World.Now, [.. answers]));
    }

    public IEnumerable<RunEvent> All => World.Entries.SelectMany(static e => e.Events);

    public IEnumerable<string> Requested => All.OfType<RunEvent.EffectRequested>().Select(static e => e.Id);

    /// <summary>How the actions of all firings ended, in order.</summary>
    public IEnumerable<ActionOutcome> Outcomes => All.OfType<RunEvent.ActionSettled>().Select(static e => e.Outcome);

    /// <summary>The job is told gone by a cancel of ours.</summary>
    public ImmutableArray<RunEvent> Gone(int number = 1, long? step = null)
    {
        foreach (var id in World.State.Outbox.Keys.Where(static k => k.StartsWith("cancel:", StringComparison.Ordinal)).ToList()) World.See(new Observation.EffectSettled(World.Now, id, new EffectResult.Done()));
        return World.Report("a", JobState.Cancelled, number, 143, "CANCELLED by 0", step);
    }

    private static Regex Engine(LinePattern pattern) => Engines.GetOrAdd(pattern, static p => PatternText.Compile(p));
}
