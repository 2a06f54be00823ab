using System.Collections.Immutable;
using System.Globalization;
using Vigil.Configuration;
using Vigil.Journaling;
using Vigil.Logs.Checkpoints;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Cli;

/// <summary>From a run and one of its checkpoints to a new run of the same experiment: planned here, then handed to the monitor, or started by this command where none lives.</summary>
internal sealed class Branching(CliContext context, BranchWords words)
{
    /// <summary>In which no rule starts a run: a branch grows no branches by itself.</summary>
    private const string Calm = "megatron_basic";

    private static readonly string[] CheckpointNames = ["last_checkpoint", "best_checkpoint", "checkpoint_path"];

    public async Task<int> RunAsync(string dir)
    {
        if (ExperimentDirs.Find(context, [dir], out var problem) is not [var folder]) return WatchCommand.Problem(context, problem!);
        var follower = new JournalFollower(folder);
        follower.Read();
        if (follower.Damage is { } damage) return Talk.Damaged(context, folder, damage);
        var state = follower.State;
        if (!state.Runs.TryGetValue(words.Run, out var parent) || state.Experiment is not { } experiment) return WatchCommand.Problem(context, Unknown(state));
        if (BranchCheckpoint.Find(context, folder, parent, words.From, out problem) is not { } checkpoint) return Refused(problem!, "vigil status lists the checkpoints; --from takes a step, 'last', 'best', or the path of one");
        var config = folder.Here(parent.Plan, Path.Combine(parent.Plan.OutputDir, "provenance", "unresolved_config.yaml"));
        if (!File.Exists(config)) return Refused($"{parent.Id} has no frozen configuration yet ({config}): it never started", "start it first, or give the experiment file another point");
        var starter = new RunStarter(context, folder);
        if (Plan(state, parent, checkpoint, starter, config) is not { } plan) return ExitCode.UserMistake;
        if (RunStarter.IsTaken(state, plan)) return Refused($"there is a run {plan.Runs[0].Id} in {plan.Runs[0].OutputDir} already", "set project.name and project.base_output_dir to others");
        if (RunStarter.Overwritten(state, plan) is { } kept) return Refused($"the new run would save where another one keeps its checkpoints: {kept}", "set the folder that it saves to, and job.artifacts, to others");
        if (words.DryRun) return PlanPrinter.Print(context, plan);
        if (plan.GpuHours > experiment.MaxGpuHours && !words.Yes && !Talk.Ask(context, string.Create(CultureInfo.InvariantCulture, $"This run takes up to {plan.GpuHours:0.#} GPU-hours, more than project.max_gpu_hours ({experiment.MaxGpuHours:0.#}). Start it?"))) return ExitCode.UserMistake;
        return starter.Join(parent, plan, new Lineage(parent.Id, checkpoint.Path, context.User)) switch
        {
            EffectResult.Planned planned => await GrowAsync(folder, state, experiment, planned, checkpoint),
            EffectResult.Refused refused => Refused(refused.Reason, null),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private Task<int> GrowAsync(ExperimentFolder folder, ExperimentState state, ExperimentHeader experiment, EffectResult.Planned planned, BranchCheckpoint checkpoint)
    {
        var next = state.Runs.Values.Max(static r => r.Plan.Index) + 1;
        ImmutableArray<PlannedRun> runs = [.. planned.Runs.Select(run => run with { Index = next++ })];
        var now = context.Time.GetLocalNow();
        var wish = new Wish(Inbox.NewId(now), context.User, now, new WishContent.Grow(experiment, runs, []) { Rules = planned.Rules.IsEmpty ? null : planned.Rules });
        return Wishing.GrantAsync(context, folder, [.. runs.Select(static r => r.Id)], [wish], $"start {string.Join(", ", runs.Select(static r => r.Id))} from {words.Run} at {checkpoint.Path}");
    }

    /// <summary>Null where something is wrong with it, which has been printed.</summary>
    private Plan? Plan(ExperimentState state, RunRecord parent, BranchCheckpoint checkpoint, RunStarter starter, string config)
    {
        var time = ActionOverride.TimeOf(context.Time.GetLocalNow());
        var report = new DiagnosticBag();
        ImmutableArray<string> typed = [.. words.Overrides.Select(o => ActionOverride.Fill(o, name => Value(name, checkpoint), time, SourceSpan.None, report)).OfType<string>()];
        if (report.HasErrors)
        {
            Reporting.Print(context, report.All, new SourceTexts { Overrides = words.Overrides });
            return null;
        }
        var starts = state.RulesOf(parent).Rules.Any(static r => r.Do.Any(static b => b.Action is RuleAction.StartRun));
        ImmutableArray<string> calm = starts && !Sets("monitoring") ? [$"monitoring={Calm}"] : [];
        if (Read([.. calm, .. typed]) is not { } first) return null;
        if (Pinned(first, checkpoint) is not { } pins) return null;
        var suffix = $"_cooldown_{checkpoint.Mark}_{time}";
        ImmutableArray<string> places =
        [
            .. Sets("project.name") ? [] : (ImmutableArray<string>)[Literal("project.name", $"{parent.Id}{suffix}")],
            .. HasNameOfItsOwn(first.Loaded) ? OfDocument($"{parent.Id}{suffix}") : [],
            .. Sets("project.base_output_dir") ? [] : (ImmutableArray<string>)[Literal("project.base_output_dir", PlaceholderText.Escaped($"{first.Plan.Experiment.Dir.TrimEnd('/')}{suffix}"))],
        ];
        return Read([.. calm, .. pins, .. places, .. typed])?.Plan;

        (Plan Plan, LoadedExperiment Loaded)? Read(ImmutableArray<string> overrides)
        {
            var (plan, loaded) = starter.Read(config, overrides);
            if (plan is { HasErrors: false, Runs.IsEmpty: false }) return (plan, loaded);
            foreach (var diagnostic in plan?.Diagnostics ?? []) loaded.Report.Add(diagnostic);
            loaded.Print(context);
            return null;
        }
    }

    /// <summary>What makes the new run begin with the checkpoint; null, and said, where only the user can know that.</summary>
    private ImmutableArray<string>? Pinned((Plan Plan, LoadedExperiment Loaded) first, BranchCheckpoint checkpoint)
    {
        var backend = Tree(first.Loaded)?["backend"] as ConfigNode.Mapping;
        if (IsMegatron(backend))
        {
            var section = ArgumentsOf(backend!);
            ImmutableArray<string> load = Sets($"{section}.load") ? [] : [Literal($"++{section}.load", checkpoint.Load)];
            var isNamed = load.Length > 0 || words.Overrides.Any(o => OverrideText.KeyOf(o) == $"{section}.load" && o.EndsWith("={checkpoint_path}", StringComparison.Ordinal));
            return isNamed && checkpoint is { Kind: CheckpointKind.Megatron, Step: { } step } && !Sets($"{section}.ckpt_step") ? [.. load, string.Create(CultureInfo.InvariantCulture, $"++{section}.ckpt_step={step}")] : load;
        }
        // Where the command takes a checkpoint, the run's lineage says which; in a folder of several it must take the step as well.
        if (first.Plan.Runs.All(TakesACheckpoint))
        {
            if (checkpoint.Load == checkpoint.Path || words.From == "last" || first.Plan.Runs.All(TakesItsStep) || NamesItsStep(checkpoint)) return [];
            Refused($"the command of {words.Run} takes the folder {checkpoint.Load} and no step, so that it would load the newest of its checkpoints", "add the setting that names the step, such as: ckpt_step={checkpoint_iteration}; or use {last_checkpoint_step} in backend.command");
            return null;
        }
        if (words.Overrides.Any(static o => OverrideText.KeyOf(o) is not ("project.name" or "project.run_name" or "project.base_output_dir" or "monitoring"))) return [];
        Refused($"nothing in the command of {words.Run} takes a checkpoint, so that only you can say where it goes", $"add the setting that loads it, such as: resume={{checkpoint_path}}; or use {{last_checkpoint}} in backend.command");
        return null;
    }

    /// <summary>A run of a plan document is called as that says, whatever the experiment is called, and saves where it says: the new one does so in a folder of its own, and as many epochs as it likes.</summary>
    private ImmutableArray<string> OfDocument(string name) =>
    [
        .. Sets("project.run_name") ? [] : (ImmutableArray<string>)[Literal("project.run_name", name)],
        .. Sets("backend.finetune.output_dir") ? [] : (ImmutableArray<string>)["++backend.finetune.output_dir='{output_dir}'"],
        .. Sets("job.artifacts") ? [] : (ImmutableArray<string>)["++job.artifacts=null"],
    ];

    private static ConfigNode.Mapping? Tree(LoadedExperiment loaded) => Planner.Compose(loaded.Request!, Interpolations.AsWritten).Tree;

    private static bool HasNameOfItsOwn(LoadedExperiment loaded) => Tree(loaded) is { } tree && Merging.Find(tree, ["project", "run_name"]) is { } name && !ScalarValue.IsNull(name);

    private static bool IsMegatron(ConfigNode.Mapping? backend) =>
        (backend?["class_name"] ?? backend?["type"]) is ConfigNode.Scalar { Text: var text } && text.Contains("megatron", StringComparison.OrdinalIgnoreCase);

    /// <summary>The mapping of Megatron's settings has two names; the one that is used is kept.</summary>
    private static string ArgumentsOf(ConfigNode.Mapping backend) =>
        backend["megatron"] is ConfigNode.Mapping { Entries.IsEmpty: false } megatron && (megatron["load"] is not null || backend["args"] is not ConfigNode.Mapping { Entries.IsEmpty: false }) ? "backend.megatron" : "backend.args";

    private static bool TakesACheckpoint(PlannedRun run) => run.Command.Names().Any(CheckpointNames.Contains);

    /// <summary>Whether an override does, by the placeholder or by itself.</summary>
    private bool NamesItsStep(BranchCheckpoint checkpoint) =>
        words.Overrides.Any(o => o.Contains("iteration}", StringComparison.Ordinal) || o.Contains("{checkpoint_path}/", StringComparison.Ordinal) || o.EndsWith($"={checkpoint.Mark}", StringComparison.Ordinal));

    private static bool TakesItsStep(PlannedRun run) => run.Command.TellsStep();

    /// <summary>The same names as in rules, where a trainer's line says which folder it saved to: what a trainer is given to load.</summary>
    private static string? Value(string name, BranchCheckpoint checkpoint) => name switch
    {
        "checkpoint_path" => checkpoint.Load,
        "iteration" or "checkpoint_iteration" => checkpoint.Mark,
        _ => null,
    };

    /// <summary>An override whose value is read as it is.</summary>
    private static string Literal(string key, string value) => ActionOverride.Fill($"{key}={{value}}", _ => value, "", SourceSpan.None, new DiagnosticBag())!;

    private bool Sets(string key) => words.Overrides.Any(o => OverrideText.KeyOf(o) == key);


    private string Unknown(ExperimentState state)
    {
        var near = Suggestion.Nearest(words.Run, state.Runs.Keys);
        return $"there is no run '{words.Run}' here{(near is null ? ";" : $"; did you mean '{near}'?")} the runs are {string.Join(", ", state.InPlanOrder.Take(8).Select(static r => r.Id))}{(state.Runs.Count > 8 ? " …" : "")}";
    }

    private int Refused(string reason, string? remedy)
    {
        context.Talk.WriteLine($"error RUN066: {reason}");
        if (remedy is not null) context.Talk.WriteLine($"    {remedy}");
        return ExitCode.UserMistake;
    }
}
