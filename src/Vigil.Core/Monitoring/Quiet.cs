using System.Collections.Immutable;
using System.Globalization;
using Vigil.Logs;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>Jobs that run and do nothing: a log that is silent, or one that talks while its step stands still.</summary>
public static class Quiet
{
    /// <summary>A long validation, a large checkpoint, a compilation: healthy trainings say nothing for long then.</summary>
    private const int InLongPhases = 3;

    /// <summary>So many times the thresholds count, for what the trainer does just now; null: it is through, and may be as quiet as it likes.</summary>
    public static int? Patience(RunProgress progress) =>
        progress.HasEnded || progress.Step >= progress.Total ? null : progress.Phase is TrainingPhase.Steps ? 1 : InLongPhases;

    /// <summary>The shortest silences and standstills that mean something for a run under these rules; null: none does.</summary>
    public static (TimeSpan? Silent, TimeSpan? Still) Thresholds(RuleSet rules, RunRecord run)
    {
        TimeSpan? silent = run.Plan.Lifecycle?.Inactivity, still = run.Plan.Lifecycle?.NoProgress;
        foreach (var rule in rules.Rules)
            if (rule.When is Trigger.Inactivity { For: { } silence } && !(silent <= silence)) silent = silence;
            else if (rule.When is Trigger.NoProgress { For: var standstill } && !(still <= standstill)) still = standstill;
        return (silent, still);
    }

    internal static ImmutableArray<RunEvent> Decide(ExperimentState state, Observation.QuietSeen seen)
    {
        if (!state.Runs.TryGetValue(seen.Attempt.Run.Value, out var run) || run.State is not RunState.Running running || running.Attempt != seen.Attempt || run.LastKnown(seen.Attempt) is not { } attempt) return [];
        var decision = new Decision(state, seen.At);
        foreach (var rule in Arbiter.InOrder(state.RulesOf(run).Rules, static r => r))
        {
            var fields = ImmutableSortedDictionary<string, string>.Empty;
            if (rule.When is Trigger.Inactivity silence && (silence.For ?? run.Plan.Lifecycle?.Inactivity) * seen.Patience is { } most && seen.Silent >= most)
                Firings.Fire(decision, decision.State.Runs[run.Id.Value], attempt, rule, Mark("silent", seen.Offset), Silence(seen.Silent), Fields(seen.Silent, most));
            else if (rule.When is Trigger.NoProgress still && seen.Step is { } step && seen.Still >= still.For * seen.Patience)
                Firings.Fire(decision, decision.State.Runs[run.Id.Value], attempt, rule, Mark("still", step), Standstill(seen.Still, step), Fields(seen.Still, still.For * seen.Patience).SetItem("step", Text(step)));
        }
        if (run.Plan.Restart.Causes.Contains(FailureCause.Hang) && Hangs(run, seen) is { } reason) Restart(decision, run, reason);
        return decision.Events;
    }

    /// <summary>In words how the run's own thresholds are passed; null when they are not.</summary>
    private static string? Hangs(RunRecord run, Observation.QuietSeen seen) =>
        run.Plan.Lifecycle is not { } own ? null
        : own.Inactivity * seen.Patience is { } silence && seen.Silent >= silence ? Silence(seen.Silent).Text
        : own.NoProgress * seen.Patience is { } still && seen.Step is { } step && seen.Still >= still ? Standstill(seen.Still, step).Text : null;

    private static void Restart(Decision decision, RunRecord run, string reason)
    {
        var current = decision.State.Runs[run.Id.Value];
        if (current.State.Held is { } held) Arbiter.Restart(decision, current, held.Attempt, Acting.NoProgress, new(reason, FailureCause.Hang, NodeBlame.None, []), "job.restart");
    }

    private static ImmutableSortedDictionary<string, string> Fields(TimeSpan quiet, TimeSpan most) =>
        ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal).Add("stall_seconds", Text((long)quiet.TotalSeconds)).Add("stall_threshold_seconds", Text((long)most.TotalSeconds));

    private static Evidence Silence(TimeSpan silent) => new($"its log has been silent for {Duration.Text(Whole(silent))}");

    private static Evidence Standstill(TimeSpan still, long step) => new($"its log goes on, and step {Text(step)} has stood for {Duration.Text(Whole(still))}");

    private static TimeSpan Whole(TimeSpan span) => TimeSpan.FromSeconds(Math.Floor(span.TotalSeconds));

    private static string Mark(string kind, long at) => $"{kind}:{Text(at)}";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
