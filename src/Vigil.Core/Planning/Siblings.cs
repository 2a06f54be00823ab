using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>Finds the runs that a run's configuration names, and says what is wrong where it is not exactly one.</summary>
internal sealed class Siblings(ImmutableArray<NamedRun> runs, DiagnosticBag report)
{
    public const string Prefix = "sibling.";

    private readonly SiblingIndex _index = new(runs);
    private readonly Dictionary<string, NamedRun> _byName = runs.DistinctBy(static r => r.Name).ToDictionary(static r => r.Name);
    private readonly HashSet<(SourceSpan, string, string)> _said = [];

    /// <summary>Reads an entry of <c>job.depends_on</c>: a stage of this point, else the name of a run.</summary>
    public NamedRun? Named(ConfigNode.Scalar entry, NamedRun asking)
    {
        if (_index.Stages.Contains(entry.Text)) return InStage(entry.Text, asking, entry.At, $"'job.depends_on: {entry.Text}'");
        if (_byName.TryGetValue(entry.Text, out var run)) return run;
        Once("PLN023", entry.At, entry.Text, $"'{asking.Name}' depends on '{entry.Text}', which is neither a stage nor a run", Suggestion.Hint(entry.Text, [.. _index.Stages, .. _byName.Keys]));
        return null;
    }

    public bool HasStage(string stage) => _index.Stages.Contains(stage);

    /// <summary>The one run of a stage that belongs to the same point; null with a diagnostic when it is not one.</summary>
    /// <param name="what">Who asks, for the message: <c>{sibling.stable.output_dir}</c>.</param>
    public NamedRun? InStage(string stage, NamedRun asking, SourceSpan at, string what)
    {
        if (!_index.Stages.Contains(stage))
        {
            Once("PLN023", at, stage, $"{what} of '{asking.Name}' names the stage '{stage}', which does not exist", Suggestion.Hint(stage, _index.Stages) ?? "the sweep sets no 'stage'");
            return null;
        }
        var found = _index.Siblings(asking, stage);
        if (found is [var one]) return one;
        if (found.Contains(asking)) return asking;
        if (found.Count == 0) Once("PLN024", at, stage, $"{what} of '{asking.Name}' finds no run of the stage '{stage}' with equal coordinates", $"runs of that stage: {Names(_index.InStage(stage))}");
        else Once("PLN024", at, stage, $"{what} of '{asking.Name}' is not unique: {Names(found)}", "the stages of one point must differ in the stage only");
        return null;
    }

    /// <summary>One text serves many points: what is wrong with it is told of the first of them.</summary>
    private void Once(string code, SourceSpan at, string what, string message, string? hint)
    {
        if (_said.Add((at, code, what))) report.Error(code, at, message, hint);
    }

    private static string Names(IEnumerable<NamedRun> runs)
    {
        var names = runs.Select(static r => r.Name).Take(9).ToList();
        return string.Join(", ", names.Take(8)) + (names.Count > 8 ? ", …" : "");
    }
}
