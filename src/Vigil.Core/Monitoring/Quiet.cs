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
                Firings.Fire(decision, decision.State.Runs[run.Id.Value], attempt, rule, Mark("silent", seen.Offset), new(Silence(seen, (silence.For ?? run.Plan.Lifecycle?.Inactivity)!.Value)), Fields(seen.Silent, most));
            else if (rule.When is Trigger.NoProgress still && seen.Step is { } step && seen.Still >= still.For * seen.Patience)
                Firings.Fire(decision, decision.State.Runs[run.Id.Value], attempt, rule, Mark("still", step), new(Standstill(seen, still.For, step)), Fields(seen.Still, still.For * seen.Patience).SetItem("step", Text(step)));
        }
        if (run.Plan.Restart.Causes.Contains(FailureCause.Hang) && Hangs(run, seen) is { } why) Restart(decision, run, why);
        return decision.Events;
    }

    /// <summary>In words how the run's own thresholds are passed; null when they are not.</summary>
    private static string? Hangs(RunRecord run, Observation.QuietSeen seen) =>
        run.Plan.Lifecycle is not { } own ? null
        : own.Inactivity is { } silence && seen.Silent >= silence * seen.Patience ? Silence(seen, silence)
        : own.NoProgress is { } still && seen.Step is { } step && seen.Still >= still * seen.Patience ? Standstill(seen, still, step) : null;

    private static void Restart(Decision decision, RunRecord run, string why)
    {
        var current = decision.State.Runs[run.Id.Value];
        if (current.State.Held is { } held) Arbiter.Restart(decision, current, held.Attempt, Acting.NoProgress, new(Acting.NoProgress, FailureCause.Hang, NodeBlame.None, []), "job.restart", why);
    }

    private static ImmutableSortedDictionary<string, string> Fields(TimeSpan quiet, TimeSpan most) =>
        ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal).Add("stall_seconds", Text((long)quiet.TotalSeconds)).Add("stall_threshold_seconds", Text((long)most.TotalSeconds));

    /// <param name="threshold">As it is written; it counts <see cref="Observation.QuietSeen.Patience"/> times.</param>
    private static string Silence(Observation.QuietSeen seen, TimeSpan threshold) =>
        $"its log has been silent for {Whole(seen.Silent)} ({Threshold(seen, threshold)}){(seen.Step is { } step ? $", at step {Text(step)}" : "")}";

    private static string Standstill(Observation.QuietSeen seen, TimeSpan threshold, long step)
    {
        var stands = $"step {Text(step)} has stood for {Whole(seen.Still)} ({Threshold(seen, threshold)})";
        // A log that grew in the later half of that time goes on.
        return seen.Silent < seen.Still / 2 ? $"its log goes on, and {stands}" : $"{stands}, and its log has been silent for {Whole(seen.Silent)}";
    }

    private static string Threshold(Observation.QuietSeen seen, TimeSpan threshold) => seen.Patience == 1 ? $"threshold {Duration.Text(threshold)}"
        : $"threshold {Duration.Text(threshold * seen.Patience)}: {Text(seen.Patience)} × {Duration.Text(threshold)}, since it is in a phase that takes long";

    private static string Whole(TimeSpan span) => Duration.Text(TimeSpan.FromSeconds(Math.Floor(span.TotalSeconds)));

    private static string Mark(string kind, long at) => $"{kind}:{Text(at)}";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
