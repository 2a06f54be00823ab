using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Cli;

/// <summary>What the same command again means for an experiment that is there already.</summary>
internal sealed record Growth(ImmutableArray<PlannedRun> Added, ImmutableArray<PlannedRun> Replaced, ImmutableArray<string> Notes, ImmutableArray<string> Conflicts, bool RepeatsWork)
{
    /// <summary>Runs over which other rules and conditions watch from now on; what they run is as it was.</summary>
    public ImmutableArray<PlannedRun> Rewatched { get; init; } = [];

    /// <summary>Whether the plan changes nothing.</summary>
    public bool IsEqual => Added.IsEmpty && Replaced.IsEmpty && Rewatched.IsEmpty && Channels is null;

    /// <summary>Where notifications go from now on; null: as before.</summary>
    public ChannelSet? Channels { get; init; }

    public string Question => $"{Quantity.Of(Replaced.Length, "run")} would start again, as the plan is now; what was done so far stays on disk. Do it?";

    public const string Remedy = "Nothing was changed. Choose: --changed keep (go on with the old plan), --changed retry (run them again as the plan says now), or another project.base_output_dir.";

    /// <param name="choice"><c>retry</c>, <c>keep</c>, or null.</param>
    public static Growth Of(Plan plan, ExperimentState state, string? choice, string dir)
    {
        if (state.Experiment is null) return new(plan.Runs, [], [], [], RepeatsWork: false) { Channels = plan.Channels };
        var comparison = PlanComparison.Of([.. state.InPlanOrder.Select(static r => r.AsPlanned)], plan.Runs);
        List<string> notes = [];
        if (comparison.Vanished.Length > 0) notes.Add($"{Quantity.Are(comparison.Vanished.Length, "run")} no longer in the plan and kept: {Names(comparison.Vanished.Select(static r => r.Id))}");
        if (comparison.Added.Length > 0) notes.Add($"{Quantity.Are(comparison.Added.Length, "run")} new: {Names(comparison.Added.Select(static r => r.Id))}");
        // Who keeps the old plan keeps its rules.
        var rewatched = choice == "keep" ? [] : comparison.Rewatched;
        if (rewatched.Length > 0) notes.Add($"the rules over {Quantity.Of(rewatched.Length, "run")} changed, and hold from now on: {Names(rewatched.Select(static r => r.Id))}");
        var channels = choice != "keep" && plan.Channels.Id != (state.Channels ?? ChannelSet.None).Id ? plan.Channels : null;
        if (channels is not null) notes.Add("notifications go elsewhere from now on");
        var next = state.Runs.Count;
        ImmutableArray<PlannedRun> added = [.. comparison.Added.Select(r => r with { Index = next++ })];
        return (choice switch
        {
            "keep" => new(added, [], [.. notes], [], RepeatsWork: false),
            "retry" => Retry(state, comparison.Changed, added, notes, dir),
            _ => new(added, [], [.. notes], [.. Differences(comparison.Changed)], RepeatsWork: false),
        }) with
        { Rewatched = rewatched, Channels = channels };
    }

    private static Growth Retry(ExperimentState state, ImmutableArray<RunChange> changed, ImmutableArray<PlannedRun> added, List<string> notes, string dir)
    {
        var busy = changed.Where(c => state.Runs[c.After.Id.Value].State is not (RunState.Waiting or RunState.Finished)).Select(static c => c.After.Id).ToList();
        if (busy.Count > 0)
            return new(added, [], [.. notes], [$"error RUN023: {Names(busy)} cannot be changed while the scheduler has it; cancel it first: vigil cancel {dir} {busy[0]}"], RepeatsWork: false);
        return new(added, [.. changed.Select(c => c.After with { Index = state.Runs[c.After.Id.Value].Plan.Index })], [.. notes], [],
            changed.Any(c => !state.Runs[c.After.Id.Value].Attempts.IsEmpty));
    }

    private static IEnumerable<string> Differences(ImmutableArray<RunChange> changed)
    {
        foreach (var run in changed.Take(10))
        {
            yield return $"error RUN021: {run.After.Id} differs from what was planned:";
            foreach (var difference in run.Differences) yield return $"    {difference}";
        }
        if (changed.Length > 10) yield return $"… and {Quantity.Of(changed.Length - 10, "more run")}";
    }

    private static string Names(IEnumerable<RunId> runs) => TextRules.Names([.. runs.Select(static r => r.Value)], 5);
}
