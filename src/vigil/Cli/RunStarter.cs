using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary>
/// Plans a run of a running experiment from a frozen configuration: what a rule's action asks for, and <c>vigil branch</c> by hand.
/// The run belongs to this experiment's journal; where its own folder is elsewhere, that folder says so.
/// </summary>
internal sealed class RunStarter(CliContext context, ExperimentFolder folder) : IRunStarter
{
    private const int MostTold = 5;

    public EffectResult Start(ExperimentState state, Effect.StartRun ask)
    {
        if (!state.Runs.TryGetValue(ask.Run.Value, out var parent)) return Refused($"there is no run {ask.Run}");
        var config = folder.Here(parent.Plan, ask.Config);
        if (!File.Exists(config)) return new EffectResult.Refused($"there is no configuration {config}", Retryable: true);
        if (Plan(config, ask.Overrides, out var mistakes) is not { } plan) return Refused(mistakes);
        if (ask.InPlaceOf is { } same) return plan.Runs is [var only] ? Replaced(state.Runs[same.Value], plan, only, ask.Overrides) : Refused($"it plans {plan.Runs.Length} runs in place of one");
        if (Named(state, parent, plan, config, ask.Overrides) is not { } named) return Refused("no name and folder of its own can be found for the run");
        if (Overwritten(state, named) is { } kept) return Refused($"it would save where another run keeps its checkpoints: {kept}");
        return Join(parent, named, new(parent.Id, ask.Checkpoint, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{ask.Firing}#{ask.Action}")));
    }

    /// <summary>The plan of a configuration with overrides, for one run that joins this experiment; null where there is nothing to read.</summary>
    public (Plan? Plan, LoadedExperiment Loaded) Read(string config, ImmutableArray<string> overrides)
    {
        var loaded = ExperimentLoader.Load(context with { CurrentFolder = folder.Root }, new([config, .. overrides], null, null));
        return (loaded.Request is { } request ? Planner.Plan(request with { Naming = SingleRun.AfterTheExperiment }) : null, loaded);
    }

    /// <summary>The plan of a configuration with overrides; null, with what is wrong in a sentence.</summary>
    private Plan? Plan(string config, ImmutableArray<string> overrides, out string mistakes)
    {
        var (plan, loaded) = Read(config, overrides);
        var all = loaded.Report.All.Concat(plan?.Diagnostics ?? []).Where(static d => d.Severity is Severity.Error).ToList();
        mistakes = string.Join("; ", all.Take(MostTold).Select(static d => $"{d.Code}: {d.Message}"));
        if (all.Count == 0 && plan is { Runs.IsEmpty: true }) mistakes = "it plans no run";
        return all.Count == 0 && plan is { Runs.IsEmpty: false } ? plan : null;
    }

    /// <summary>The plan under names and folders that no other run has: as written, else with the parent's name, else with a number.</summary>
    private Plan? Named(ExperimentState state, RunRecord parent, Plan plan, string config, ImmutableArray<string> overrides)
    {
        var name = plan.Experiment.Name;
        for (var n = 0; n < 100 && IsTaken(state, plan); n++)
        {
            var other = n == 0 ? $"{name}_{parent.Id}" : $"{name}_{parent.Id}_{n + 1}";
            if (Plan(config, overrides.Add($"project.name='{other.Replace("'", "\\'", StringComparison.Ordinal)}'"), out _) is not { } next) return null;
            plan = next;
        }
        return IsTaken(state, plan) ? null : plan;
    }

    public static bool IsTaken(ExperimentState state, Plan plan) =>
        plan.Runs.Any(run => state.Runs.ContainsKey(run.Id.Value) || state.Runs.Values.Any(known => known.Plan.OutputDir == run.OutputDir));

    /// <summary>A checkpoint that the plan and a run here both mean to leave; null: there is none.</summary>
    public static string? Overwritten(ExperimentState state, Plan plan)
    {
        var kept = state.Runs.Values.SelectMany(static r => Weights(r.Plan)).ToHashSet(StringComparer.Ordinal);
        return plan.Runs.SelectMany(Weights).FirstOrDefault(kept.Contains);
    }

    private static IEnumerable<string> Weights(PlannedRun run) => (run.Artifacts ?? []).OfType<Artifact.Weights>().Select(static w => w.Path);

    /// <summary>Freezes the configurations of a plan's runs, which then may join this experiment: <see cref="EffectResult.Planned"/>, or a refusal.</summary>
    public EffectResult Join(RunRecord parent, Plan plan, Lineage lineage)
    {
        ImmutableArray<PlannedRun> planned = [.. plan.Runs.Select(run => run with { Lineage = lineage })];
        if (planned.Any(run => run.Slurm is null != parent.Plan.Slurm is null)) return Refused("it would run on another scheduler than the run that it comes from");
        try
        {
            if (ExperimentLink.Write(plan.Experiment.Dir, folder) is { } taken) return Refused(taken);
            FrozenConfigs.Write(folder, Inbox.NewId(context.Time.GetUtcNow()), planned, planned.Select(run => plan.Configs.Find(run.Id)!));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new EffectResult.Refused(e.Message, Retryable: true);
        }
        return new EffectResult.Planned(planned, plan.RuleSets);
    }

    /// <summary>The same run with another configuration: name, folder and log are not to be changed under its attempts.</summary>
    private EffectResult Replaced(RunRecord known, Plan plan, PlannedRun changed, ImmutableArray<string> overrides)
    {
        var old = known.Plan;
        var config = plan.Configs.Find(changed.Id)! with { Run = old.Id };
        if (Frozen(old) is not { } before) return Refused($"its frozen configuration is missing from {folder.Provenance}");
        if (changed.ConfigHash == old.ConfigHash) return Refused("the overrides change nothing: the same would happen again");
        var deviations = Deviations.Between(before.ResolvedJson, config.ResolvedJson, overrides.Select(OverrideText.KeyOf).Where(IsOfTheWork), old.Deviations ?? []);
        var run = changed with
        {
            Id = old.Id,
            Point = old.Point,
            Stage = old.Stage,
            Index = old.Index,
            OutputDir = old.OutputDir,
            LogPath = old.LogPath,
            LogPathCurrent = old.LogPathCurrent,
            DependsOn = old.DependsOn,
            Watches = old.Watches,
            Overrides = old.Overrides,
            Lineage = old.Lineage,
            Deviations = deviations.IsEmpty ? null : deviations,
        };
        try
        {
            FrozenConfigs.Write(folder, Inbox.NewId(context.Time.GetUtcNow()), [run], [config]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new EffectResult.Refused(e.Message, Retryable: true);
        }
        return new EffectResult.Planned([run], plan.RuleSets);
    }

    private FrozenConfig? Frozen(PlannedRun run) => new FrozenConfigs(folder).Find(run);

    /// <summary>Who watches over a run, and how, may change: that is no other work than planned.</summary>
    private static bool IsOfTheWork(string key) => key != "monitoring" && !key.StartsWith("monitoring.", StringComparison.Ordinal);

    private static EffectResult.Refused Refused(string why) => new(why, Retryable: false);
}
