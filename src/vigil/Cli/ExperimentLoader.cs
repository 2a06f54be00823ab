using System.Collections.Immutable;
using System.Text;
using Vigil.Configuration;
using Vigil.Documents;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary>From what a user typed to what a plan is made of: finds the experiment file, reads it, and says where config groups are looked for.</summary>
internal static class ExperimentLoader
{
    private const string DefaultName = "experiment.yaml";

    /// <summary>Splits <c>[EXPERIMENT] [OVERRIDES]</c>: an experiment is left out when the first word is an override.</summary>
    public static (string? Experiment, ImmutableArray<string> Overrides) Split(IReadOnlyList<string> words) =>
        words is [var first, ..] && !IsOverride(first) ? (first, [.. words.Skip(1)]) : (null, [.. words]);

    public static LoadedExperiment Load(CliContext context, ExperimentWords words)
    {
        var (experiment, overrides) = Split(words.Words);
        var report = new DiagnosticBag();
        var sources = new SourceTexts { Overrides = overrides };
        if (Find(context, experiment, words, report) is not { } path) return new(null, report, sources);
        WarnOfOthers(path, report);
        var shown = Path.IsPathRooted(experiment ?? "") ? path : Path.GetRelativePath(context.CurrentFolder, path);
        if (TextFile.Read(shown, path, sources, report) is not { } file) return new(null, report, sources);
        if (SavedPlan.Claims(file.Text)) return Saved(context, file, words, overrides, report);
        var world = new ConfigWorld(context.Environment, context.Time.GetLocalNow()) { ReadText = TextFile.Try, ListFolder = ConfigFolders.NamesOf };
        return new(new PlanRequest(file, overrides, context.CurrentFolder, world) { ConfigName = ConfigName(context, path, words), Library = ConfigFolders.Library(context, path, words.ConfigDir, sources, report) }, report, sources);
    }

    /// <summary>A saved plan is everything that it needs; nothing beside it changes it.</summary>
    private static LoadedExperiment Saved(CliContext context, SourceFile file, ExperimentWords words, ImmutableArray<string> overrides, DiagnosticBag report)
    {
        var saved = SavedPlan.Read(file, report);
        var sources = new SourceTexts { Overrides = saved?.Inputs.Overrides ?? [] };
        foreach (var word in overrides) report.Error("RUN062", new(file.Name, 0, 0), $"a saved plan is used unchanged, and '{word}' would change it", SavedPlan.Unchanged);
        if (words.ConfigDir is not null) report.Error("RUN062", new(file.Name, 0, 0), "a saved plan holds its own config files, and --config-dir would change them", SavedPlan.Unchanged);
        if (saved is null) return new(null, report, sources);
        sources.Keep(saved.Inputs.Experiment);
        foreach (var config in saved.Inputs.Folders.SelectMany(static f => f.Files)) sources.Keep(config.File);
        return new(saved.Inputs.Request(context.Environment), report, sources) { Saved = saved, File = file };
    }

    /// <summary>A file of the config folder has its name there, from which its groups are counted, when it was asked for by that name.</summary>
    private static string? ConfigName(CliContext context, string path, ExperimentWords words)
    {
        var name = Split(words.Words).Experiment ?? words.ConfigName;
        return name is not null && path == Path.GetFullPath(Path.Combine(NamedFolder(context, words.ConfigDir), $"{name}.yaml")) ? name : null;
    }

    /// <summary>Where experiments are looked up by name.</summary>
    public static string NamedFolder(CliContext context, string? configDir) => context.FullPath(configDir ?? "config");

    private static bool IsOverride(string word) => word.Contains('=', StringComparison.Ordinal) || word.StartsWith('~');

    private static string? Find(CliContext context, string? experiment, ExperimentWords words, DiagnosticBag report)
    {
        var configs = NamedFolder(context, words.ConfigDir);
        foreach (var candidate in Candidates(context, experiment, words.ConfigName, configs))
            if (File.Exists(candidate)) return candidate;
        var named = experiment ?? words.ConfigName;
        report.Error("RUN002", SourceSpan.None, named is null ? $"no experiment was named and there is no {DefaultName} here" : $"there is no experiment '{named}'", Remedy(context, named, configs));
        return null;
    }

    private static string Remedy(CliContext context, string? named, string configs)
    {
        if (named is not null && Directory.Exists(context.FullPath(named))) return $"the folder {named} has no {DefaultName} and no plan document ({string.Join(", ", PlanDocuments.Names)}); 'vigil init NAME' writes a first one";
        var near = named is null ? null : Suggestion.Nearest(named, ConfigFolders.NamesIn(configs).Concat(ConfigFolders.NamesIn(context.CurrentFolder).Select(static n => $"{n}.yaml")));
        return (near is null ? "" : $"did you mean '{near}'? ") + "Name a YAML file, or a folder that holds an experiment.yaml; 'vigil init NAME' writes a first one";
    }

    private static IEnumerable<string> Candidates(CliContext context, string? experiment, string? configName, string configs)
    {
        if (experiment is not null)
        {
            var path = context.FullPath(experiment);
            return [path, .. InFolder(path), Path.Combine(configs, $"{experiment}.yaml"), Path.Combine(configs, experiment)];
        }
        return configName is not null
            ? [Path.Combine(configs, $"{configName}.yaml"), Path.Combine(configs, configName), context.FullPath(configName)]
            : [Path.Combine(configs, "autoexp.yaml"), .. InFolder(context.CurrentFolder)];
    }

    /// <summary>Nothing says which of several plans beside each other is meant.</summary>
    private static void WarnOfOthers(string path, DiagnosticBag report)
    {
        var folder = Path.GetDirectoryName(path) ?? "/";
        if (!PlanDocuments.Names.Contains(Path.GetFileName(path))) return;
        var others = InFolder(folder).Where(other => other != path && File.Exists(other)).Select(Path.GetFileName).ToList();
        if (others.Count > 0) report.Warning("RUN072", SourceSpan.None, $"{folder} also holds {string.Join(" and ", others)}; {Path.GetFileName(path)} is taken", "name the file that is meant, and move the others away");
    }

    private static IEnumerable<string> InFolder(string folder) => [Path.Combine(folder, DefaultName), .. PlanDocuments.Names.Select(name => Path.Combine(folder, name))];
}

/// <summary>What the command line says about the experiment.</summary>
internal sealed record ExperimentWords(IReadOnlyList<string> Words, string? ConfigDir, string? ConfigName);

/// <summary>An experiment as it was read, and everything that is to be said of it.</summary>
/// <param name="Request">Null: there was nothing to read.</param>
internal sealed record LoadedExperiment(PlanRequest? Request, DiagnosticBag Report, SourceTexts Sources)
{
    /// <summary>The plan that was saved; null where it is an experiment that is to be planned.</summary>
    public SavedPlan? Saved { get; init; }

    /// <summary>The saved plan's file.</summary>
    public SourceFile? File { get; init; }

    public void Print(CliContext context) => Reporting.Print(context, Report.All, Sources);
}
