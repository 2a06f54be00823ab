using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>Finds the runs of the same point in other stages: equal coordinates but for the stage, and exactly one must match.</summary>
internal sealed class Siblings(ImmutableArray<NamedRun> runs, DiagnosticBag report)
{
    public const string Prefix = "sibling.";

    private readonly ILookup<(string Stage, string Point), NamedRun> _byStage = runs.Where(static r => r.Draft.Stage is not null).ToLookup(static r => (r.Draft.Stage!, KeyOf(r)));
    private readonly Dictionary<string, NamedRun> _byName = runs.DistinctBy(static r => r.Name).ToDictionary(static r => r.Name);
    private readonly ImmutableArray<string> _stages = [.. runs.Select(static r => r.Draft.Stage).OfType<string>().Distinct()];

    /// <summary>Reads <c>sibling.STAGE.FIELD</c>; null with a diagnostic when no single run answers.</summary>
    public (NamedRun Run, string Value)? Find(string placeholder, NamedRun asking, SourceSpan at)
    {
        var parts = placeholder.Split('.');
        if (parts is not [_, var stage, "output_dir" or "name" or "log_path" or "log_path_current"])
        {
            report.Error("PLN022", at, $"{{{placeholder}}} asks a sibling for something it does not tell", "{sibling.STAGE.output_dir}, .name, .log_path or .log_path_current");
            return null;
        }
        if (InStage(stage, asking, at, $"{{{placeholder}}}") is not { } run) return null;
        return (run, parts[2] switch { "output_dir" => run.OutputDir, "name" => run.Name, "log_path" => run.LogPath, _ => run.LogPathCurrent ?? "" });
    }

    /// <summary>Reads an entry of <c>job.depends_on</c>: a stage of this point, else the name of a run.</summary>
    public NamedRun? Named(ConfigNode.Scalar entry, NamedRun asking)
    {
        if (_stages.Contains(entry.Text)) return InStage(entry.Text, asking, entry.At, $"'job.depends_on: {entry.Text}'");
        if (_byName.TryGetValue(entry.Text, out var run)) return run;
        report.Error("PLN023", entry.At, $"'{asking.Name}' depends on '{entry.Text}', which is neither a stage nor a run", Suggestion.Hint(entry.Text, [.. _stages, .. _byName.Keys]));
        return null;
    }

    private NamedRun? InStage(string stage, NamedRun asking, SourceSpan at, string what)
    {
        var found = _byStage[(stage, KeyOf(asking))].ToList();
        if (found is [var one]) return one;
        if (!_stages.Contains(stage)) report.Error("PLN023", at, $"{what} of '{asking.Name}' names the stage '{stage}', which does not exist", Suggestion.Hint(stage, _stages) ?? "the sweep sets no 'stage'");
        else if (found.Count == 0) report.Error("PLN024", at, $"{what} of '{asking.Name}' finds no run of the stage '{stage}' with equal coordinates", $"runs of that stage: {Names(runs.Where(r => r.Draft.Stage == stage))}");
        else report.Error("PLN024", at, $"{what} of '{asking.Name}' is not unique: {Names(found)}", "the stages of one point must differ in the stage only");
        return null;
    }

    /// <summary>What siblings share: every axis but the stage and those within a stage.</summary>
    private static string KeyOf(NamedRun run) => string.Join('\u0001', run.Draft.Coordinates
        .Where(static c => c.Role is SettingRole.Axis && c.Key != "stage").OrderBy(static c => c.Key, StringComparer.Ordinal).Select(static c => $"{c.Key}={c.Setting.Canonical}"));

    private static string Names(IEnumerable<NamedRun> runs)
    {
        var names = runs.Select(static r => r.Name).Take(9).ToList();
        return string.Join(", ", names.Take(8)) + (names.Count > 8 ? ", …" : "");
    }
}
