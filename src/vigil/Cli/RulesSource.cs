using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Logs;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Cli;

/// <summary>The rules that somebody wants to try, found by what they typed: a file of rules, an experiment, or the name of a group.</summary>
/// <param name="Tried">Null when a mistake left nothing to try.</param>
internal sealed record RulesSource(TriedRules? Tried, DiagnosticBag Report, SourceTexts Sources)
{
    /// <summary>The name under which a file of rules is read as if it were an option of the group <c>monitoring</c>.</summary>
    private const string FileGroup = "the_rules_under_test";

    private static readonly ImmutableArray<string> RuleKeys = ["log_events", "state_events", "rules"];

    public void Print(CliContext context) => Reporting.Print(context, Report.All, Sources);

    public static RulesSource Load(CliContext context, ExperimentWords words)
    {
        if (words.Words.Count == 0) return new(null, new(), new());
        var (named, overrides) = (words.Words[0], words.Words.Skip(1).ToImmutableArray());
        var (report, sources) = (new DiagnosticBag(), new SourceTexts { Overrides = overrides });
        if (Find(context, named, words.ConfigDir) is not { } path)
            return Directory.Exists(context.FullPath(named)) ? Experiment(context, words) : Group(context, named, null, words.ConfigDir, sources, report);
        // What it holds decides; its mistakes are told where it is read for good.
        var tree = TextFile.Try(path) is { } text ? YamlReader.Read(new SourceFile(named, path, text), new DiagnosticBag()) as ConfigNode.Mapping : null;
        if (tree is not null && RuleKeys.Any(k => tree[k] is not null)) return Group(context, FileGroup, Read(context, named, path, sources, report), words.ConfigDir, sources, report);
        // A piece of an experiment that holds nothing to run.
        return Experiment(context, tree?["monitoring"] is not null && tree["backend"] is null && tree["defaults"] is null ? words with { Words = [named, "backend.command='true'", .. overrides] } : words);
    }

    private static SourceFile? Read(CliContext context, string named, string path, SourceTexts sources, DiagnosticBag report) =>
        TextFile.Read(Path.IsPathRooted(named) ? path : Path.GetRelativePath(context.CurrentFolder, path), path, sources, report);

    private static string? Find(CliContext context, string named, string? configDir)
    {
        var configs = ExperimentLoader.NamedFolder(context, configDir);
        string[] places = [context.FullPath(named), Path.Combine(configs, $"{named}.yaml"), Path.Combine(configs, named)];
        return places.FirstOrDefault(File.Exists);
    }

    private static RulesSource Experiment(CliContext context, ExperimentWords words)
    {
        var loaded = ExperimentLoader.Load(context, words);
        return loaded.Request is { } request ? Planned(request, loaded.Report, loaded.Sources) : new(null, loaded.Report, loaded.Sources);
    }

    /// <summary>Rules without an experiment are read as those of one that does nothing, so that all that an experiment's rules may hold means the same.</summary>
    /// <param name="file">Null: the group is looked up by its name.</param>
    private static RulesSource Group(CliContext context, string name, SourceFile? file, string? configDir, SourceTexts sources, DiagnosticBag report)
    {
        if (report.HasErrors) return new(null, report, sources);
        name = name.StartsWith("monitoring/", StringComparison.Ordinal) ? name["monitoring/".Length..] : name;
        var folder = file is null ? context.CurrentFolder : Path.GetDirectoryName(file.FullPath) ?? "/";
        var experiment = Path.Combine(folder, "rules-test.yaml");
        var library = ConfigFolders.Library(context, experiment, configDir, sources, report);
        if (file is not null) library = new([Holding(file), .. library.Folders]);
        else if (!library.Options("monitoring").Contains(name))
        {
            report.Error("RUN067", SourceSpan.None, $"there is no file, experiment or group of rules '{RulesWords.Short(name)}'", Suggestion.Hint(name, library.Options("monitoring")));
            return new(null, report, sources);
        }
        var text = $"project: {{name: rules-test}}\nbackend: {{command: \"true\"}}\nmonitoring: \"{name}\"\n";
        var world = new ConfigWorld(context.Environment, context.Time.GetLocalNow()) { ReadText = TextFile.Try, ListFolder = ConfigFolders.NamesOf };
        return Planned(new PlanRequest(new SourceFile("rules-test.yaml", experiment, text), sources.Overrides, context.CurrentFolder, world) { Library = library }, report, sources);
    }

    private static ConfigFolder Holding(SourceFile file) => new(file.Name, null,
        relative => relative == $"monitoring/{FileGroup}.yaml" ? file : null,
        static relative => relative == "monitoring" ? [$"{FileGroup}.yaml"] : relative.Length == 0 ? ["monitoring/"] : []);

    private static RulesSource Planned(PlanRequest request, DiagnosticBag report, SourceTexts sources)
    {
        var plan = Planner.Plan(request);
        foreach (var diagnostic in plan.Diagnostics) report.Add(diagnostic);
        if (plan.HasErrors) return new(null, report, sources);
        RuleChecks.Check(plan, report);
        var own = ProgressPacks.Own(request.Library).ToImmutableArray();
        ProgressPacks.Check(own, report);
        var run = plan.Runs.FirstOrDefault(static r => r.Rules is not null) ?? plan.Runs[0];
        return new(new(plan, run, plan.RuleSets.FirstOrDefault(s => s.Id == run.Rules) ?? RuleSet.None, own, [request.Experiment, .. request.Library.Taken]), report, sources);
    }
}

/// <summary>The rules of one run of a plan.</summary>
internal sealed record TriedRules(Plan Plan, PlannedRun Run, RuleSet Rules, ImmutableArray<SourceFile> OwnPacks, ImmutableArray<SourceFile> Sources)
{
    /// <summary>What should be known about the choice; null: nothing.</summary>
    public string? Note => Rules.Rules.IsEmpty ? "There are no rules here."
        : Plan.RuleSets.Length > 1 ? $"These are the rules of {Run.Id}; other runs of {Plan.Experiment.Name} have others." : null;

    public RuleTrial Trial(CliContext context)
    {
        var own = new Lazy<EchoLines>(Printed);
        return new(Plan.Experiment, Run, Rules, context.Time.GetLocalNow(), line => EchoLines.IsOurs(line) || own.Value.Contains(line), () => ProgressPacks.With(OwnPacks, new DiagnosticBag()));
    }

    private EchoLines Printed()
    {
        var lines = new EchoLines();
        foreach (var line in RuleChecks.Printed(Plan, Run).Concat(Plan.Configs.Find(Run.Id)?.ResolvedYaml.Split('\n') ?? []).Concat(Sources.SelectMany(static s => s.Text.Split('\n')))) lines.Add(line);
        return lines;
    }
}
