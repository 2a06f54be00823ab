using System.Collections.Immutable;
using System.Text;
using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary>From what a user typed to a plan: finds the experiment file, reads it, and hands everything to the planner.</summary>
internal static class ExperimentLoader
{
    private const string DefaultName = "experiment.yaml";

    /// <summary>Splits <c>[EXPERIMENT] [OVERRIDES]</c>: an experiment is left out when the first word is an override.</summary>
    public static (string? Experiment, ImmutableArray<string> Overrides) Split(IReadOnlyList<string> words) =>
        words is [var first, ..] && !IsOverride(first) ? (first, [.. words.Skip(1)]) : (null, [.. words]);

    public static PlanRequest? Request(CliContext context, ExperimentWords words, DiagnosticBag report)
    {
        var (experiment, overrides) = Split(words.Words);
        if (Find(context, experiment, words, report) is not { } path) return null;
        try
        {
            var shown = Path.IsPathRooted(experiment ?? "") ? path : Path.GetRelativePath(context.CurrentFolder, path);
            return new PlanRequest(new SourceFile(shown, path, StrictText.Read(path)), overrides, context.CurrentFolder, new ConfigWorld(context.Environment, context.Time.GetLocalNow()));
        }
        catch (DecoderFallbackException e)
        {
            report.Error("RUN005", StrictText.PlaceOf(path, e.Index), "is not UTF-8 here", "save the file as UTF-8; a byte that is guessed could name another file");
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            report.Error("RUN001", new SourceSpan(path, 0, 0), $"cannot be read: {e.Message}");
            return null;
        }
    }

    private static bool IsOverride(string word) => word.Contains('=', StringComparison.Ordinal) || word.StartsWith('~');

    private static string? Find(CliContext context, string? experiment, ExperimentWords words, DiagnosticBag report)
    {
        var configs = context.FullPath(words.ConfigDir ?? "config");
        foreach (var candidate in Candidates(context, experiment, words.ConfigName, configs))
            if (File.Exists(candidate)) return candidate;
        var named = experiment ?? words.ConfigName;
        report.Error("RUN002", SourceSpan.None, named is null ? $"no experiment was named and there is no {DefaultName} here" : $"there is no experiment '{named}'",
            named is not null && Directory.Exists(context.FullPath(named))
                ? $"the folder {named} has no {DefaultName}; 'vigil init NAME' writes a first one"
                : "name a YAML file, or a folder that holds an experiment.yaml; 'vigil init NAME' writes a first one");
        return null;
    }

    private static IEnumerable<string> Candidates(CliContext context, string? experiment, string? configName, string configs)
    {
        if (experiment is not null)
        {
            var path = context.FullPath(experiment);
            return [path, Path.Combine(path, DefaultName), Path.Combine(configs, $"{experiment}.yaml")];
        }
        return configName is not null
            ? [Path.Combine(configs, $"{configName}.yaml"), context.FullPath(configName)]
            : [Path.Combine(configs, "autoexp.yaml"), Path.Combine(context.CurrentFolder, DefaultName)];
    }
}

/// <summary>What the command line says about the experiment.</summary>
internal sealed record ExperimentWords(IReadOnlyList<string> Words, string? ConfigDir, string? ConfigName);
