using System.Collections.Immutable;
using System.Globalization;
using Vigil.Planning;
using Vigil.Rendering;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>Fills the placeholders of a rule's texts: from the event's fields, the run's plan and its attempts. What is filled in is never read again.</summary>
/// <param name="fields">Null: there is no event, as in a start condition.</param>
internal sealed class EventTexts(ExperimentState state, RunRecord run, ImmutableSortedDictionary<string, string>? fields)
{
    public ExperimentState State => state;

    public string? Field(string name) => fields?.GetValueOrDefault(name);

    public string Text(string text) => PlaceholderText.Fill(text, Value);

    /// <summary>The line is the user's shell; what is filled in stands in variables and never becomes part of it.</summary>
    public string Shell(string line)
    {
        var last = run.LastAttempt;
        var known = run.Plan with
        {
            LogPath = LogPattern.Escape(last?.Log ?? run.Plan.LogPathCurrent ?? run.Plan.LogPath),
            Placeholders = run.Plan.Placeholders.SetItems(fields ?? ImmutableSortedDictionary<string, string>.Empty).SetItem("job_id", last?.Job?.Value ?? ""),
        };
        return ShellLine.Render(line, known, new AttemptStart(last?.Id ?? new(run.Id, 1), Resuming.Load(run)) { LastCheckpointStep = Resuming.Step(run), BestCheckpoint = Resuming.LoadBest(run) });
    }

    /// <summary>An absolute path. What the event brings into it must not lead out of the folders that the run knows.</summary>
    public string Path(string text)
    {
        var written = PlaceholderText.Parse(text);
        var path = System.IO.Path.GetFullPath(written.Filled(Value).Replace("\0", "", StringComparison.Ordinal), run.Plan.WorkDir);
        var captured = fields is not null && written.Names.Any(fields.ContainsKey);
        return !captured || Roots().Any(root => path == root || path.StartsWith(root.EndsWith('/') ? root : root + "/", StringComparison.Ordinal)) ? path : Evidence.Nowhere;
    }

    public string? Value(string name) => Field(name) ?? name switch
    {
        "name" or "run" or "job_name" => run.Id.Value,
        "stage" => run.Plan.Stage ?? "",
        "index" => run.Plan.Index.ToString(CultureInfo.InvariantCulture),
        "output_dir" => run.Plan.OutputDir,
        "log_path" or "source_path" => run.LastAttempt?.Log ?? run.Plan.LogPath,
        "log_path_current" => run.Plan.LogPathCurrent ?? run.LastAttempt?.Log ?? run.Plan.LogPath,
        "base_output_dir" => state.Experiment?.Dir,
        // As it was written it may be relative to a folder that nobody is in any more.
        "project.base_output_dir" => run.Plan.Placeholders.GetValueOrDefault(name) is ['/', ..] absolute ? absolute : state.Experiment?.Dir,
        "experiment" => state.Experiment?.Name,
        "attempt" => run.LastAttempt?.Id.Number.ToString(CultureInfo.InvariantCulture) ?? "0",
        "job_id" => run.LastAttempt?.Job?.Value ?? "",
        "host" or "nodes" => run.LastAttempt?.Host ?? "",
        "last_checkpoint" => Resuming.Load(run) ?? "",
        Placeholders.LastCheckpointStep => Resuming.Step(run)?.ToString(CultureInfo.InvariantCulture) ?? "",
        "best_checkpoint" => Resuming.LoadBest(run) ?? Resuming.Load(run) ?? "",
        _ => run.Plan.Placeholders.GetValueOrDefault(name),
    };

    private IEnumerable<string> Roots()
    {
        if (state.Experiment is { } experiment) yield return experiment.Dir;
        yield return run.Plan.OutputDir;
        yield return run.Plan.WorkDir;
        foreach (var value in run.Plan.Placeholders.Values)
            if (value is ['/', _, ..]) yield return value;
    }
}
