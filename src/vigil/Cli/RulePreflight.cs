using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Rendering;
using Vigil.Spec;

namespace Vigil.Cli;

/// <summary>What the actions of rules need of this machine and of the configuration, looked at before anything is written: once a set of rules.</summary>
internal static class RulePreflight
{
    private const int MostTold = 5;

    public static void Check(Plan plan, CliContext context, LoadedExperiment loaded)
    {
        RuleChecks.Check(plan, loaded.Report);
        foreach (var (set, run) in RuleChecks.FirstRuns(plan))
            foreach (var rule in set.Rules)
                foreach (var binding in rule.Do)
                {
                    foreach (var words in Commands(binding)) CheckCommand(rule, run, words, context, loaded.Report);
                    if (binding.Action is RuleAction.StartRun start) CheckConfig(rule, run, start.Config, loaded.Report);
                    if (Overrides(binding.Action) is { } overrides && !RuleChecks.IsRuledOut(rule, binding)) CheckOverrides(rule, plan, run, overrides, context, loaded);
                }
    }

    /// <summary>The commands that an action starts, its conditions' included, each with the folder that it starts in; null where only the firing knows.</summary>
    private static IEnumerable<(ImmutableArray<string> Words, string? Dir)> Commands(Binding binding)
    {
        foreach (var words in binding.If.SelectMany(Commands)) yield return (words, null);
        if (binding.Action is RuleAction.RunCommand command) yield return (command.Words, command.Dir);
    }

    private static IEnumerable<ImmutableArray<string>> Commands(Condition condition) => condition switch
    {
        Condition.Command command => [command.Words],
        Condition.All all => all.Of.SelectMany(Commands),
        Condition.Any any => any.Of.SelectMany(Commands),
        Condition.Negated negated => Commands(negated.Of),
        Condition.Patient patient => Commands(patient.Of),
        _ => [],
    };

    private static void CheckCommand(Rule rule, PlannedRun run, (ImmutableArray<string> Words, string? Dir) command, CliContext context, DiagnosticBag report)
    {
        if (command.Words is not [var program, ..] || IsOpen(program) || command.Dir is { } dir && IsOpen(dir) && program is not ['/', ..]) return;
        var folder = command.Dir is null ? run.WorkDir : Path.GetFullPath(command.Dir, run.WorkDir);
        if (!Preflight.Exists(program, folder, context.Environment("PATH")))
            report.Error("RUL016", rule.Place, $"the rule '{rule.Name}' starts '{program}', which does not exist here", program.Contains('/', StringComparison.Ordinal)
                ? $"a relative path starts at {folder}" : "install it, put it on PATH, or name its path; a line of shell is written [bash, -c, 'LINE']");
        else if (CommandWords.Script(command.Words) is { } script && !IsOpen(script) && (command.Dir is not { } at || !IsOpen(at) || script is ['/', ..]) && !Path.Exists(Path.GetFullPath(script, folder)) && !Preflight.Exists(script, folder, context.Environment("PATH")))
            report.Error("RUL016", rule.Place, $"the rule '{rule.Name}' starts '{program} {script}', and there is no such script", $"a relative path starts at {folder}");
    }

    private static void CheckConfig(Rule rule, PlannedRun run, string config, DiagnosticBag report)
    {
        if (IsOpen(config) || File.Exists(Path.GetFullPath(config, run.WorkDir))) return;
        report.Error("RUL017", rule.Place, $"the rule '{rule.Name}' starts a run from '{config}', and there is no such file",
            $"a relative path starts at {run.WorkDir}; left out, it is the run's own {RuleAction.StartRun.OwnConfig}");
    }

    /// <summary>The overrides of a run that is to be made of this run's own frozen configuration; null for any other action.</summary>
    private static ImmutableArray<string>? Overrides(RuleAction action) => action switch
    {
        RuleAction.StartRun { Overrides.IsEmpty: false } start when start.Config.EndsWith(RuleAction.StartRun.OwnConfig, StringComparison.Ordinal) => start.Overrides,
        RuleAction.Restart { Overrides.IsEmpty: false } restart => restart.Overrides,
        _ => null,
    };

    private static void CheckOverrides(Rule rule, Plan plan, PlannedRun run, ImmutableArray<string> overrides, CliContext context, LoadedExperiment loaded)
    {
        if (loaded.Request is not { } request || plan.Configs.Find(run.Id) is not { } frozen) return;
        var path = Path.Combine(run.OutputDir, "provenance", "unresolved_config.yaml");
        var filled = RuleChecks.Filled(run, plan.Experiment, overrides, context.Time.GetLocalNow());
        var next = Planned(filled);
        foreach (var wrong in next.Diagnostics.Where(static d => d.Severity is Severity.Error).Take(MostTold))
            loaded.Report.Error("RUL018", rule.Place, $"the run that the rule '{rule.Name}' starts would not plan: {wrong.Message} ({wrong.Code})", wrong.Hint);
        ImmutableArray<string> ofTheBackend = [.. filled.Where(static o => OverrideText.KeyOf(o).StartsWith("backend.", StringComparison.Ordinal))];
        if (next.HasErrors || ofTheBackend.IsEmpty || !SameWork(next, Planned([.. filled.Except(ofTheBackend)])) || Files(next) != Files(Planned([.. filled.Except(ofTheBackend)]))) return;
        loaded.Report.Warning("RUL022", rule.Place, $"nothing in the command, the files or the environment of the run that the rule '{rule.Name}' starts reads {string.Join(", ", ofTheBackend.Select(OverrideText.KeyOf).Take(MostTold))}: it would do the same without",
            "let backend.command hold what is to change, such as: train.py --lr ${backend.args.lr}");

        Plan Planned(ImmutableArray<string> with) => Planner.Plan(request with { Experiment = new SourceFile(path, path, frozen.UnresolvedYaml), ConfigName = null, Overrides = with });
    }

    /// <summary>Whether both plan jobs that are told the same. One that reads the frozen configuration itself is told all of it.</summary>
    private static bool SameWork(Plan one, Plan other) => !one.Runs.IsEmpty && one.Runs.Length == other.Runs.Length && one.Runs.Zip(other.Runs).All(static both => IsSame(both.First, both.Second));

    private static bool IsSame(PlannedRun one, PlannedRun other)
    {
        var command = CommandPreview.Of(one);
        return command == CommandPreview.Of(other) && !command.Contains("provenance/", StringComparison.Ordinal) && one.Env.SequenceEqual(other.Env) && one.Placeholders.SequenceEqual(other.Placeholders)
            && (one.Slurm?.Script is not { } script || other.Slurm?.Script is { } others && script.Env.SequenceEqual(others.Env) && script.Setup == others.Setup);
    }

    /// <summary>What is written into the runs' folders for their programs.</summary>
    private static string Files(Plan plan) => string.Join('\0', plan.Runs.SelectMany(run => plan.Configs.Find(run.Id)?.Files ?? []).Select(static f => $"{f.Path}\0{f.Text}"));

    private static bool IsOpen(string text) => text.Contains('{', StringComparison.Ordinal);
}
