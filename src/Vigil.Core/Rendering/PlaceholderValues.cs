using System.Globalization;
using Vigil.Planning;

namespace Vigil.Rendering;

/// <summary>A placeholder's value: text that is known now, or pieces around something that only the job knows.</summary>
/// <param name="Text">Null when a part of it is known only where the job runs.</param>
/// <param name="Word">One word of bash.</param>
internal readonly record struct PlaceholderValue(string? Text, string Word)
{
    public static PlaceholderValue Known(string text) => new(text, Bash.Quote(text));
}

/// <summary>What the placeholders of one attempt's command stand for.</summary>
internal sealed class PlaceholderValues(PlannedRun run, AttemptStart start)
{
    public const string JobVariable = "VIGIL_JOB_ID";

    /// <summary>The planner has refused unknown names, so one that is unknown here is a bug.</summary>
    public PlaceholderValue this[string name] => name switch
    {
        // First what holds the job's id, which no plan can know; then what the planner found, which may be the user's own key of any name.
        "log_path" => WithJob(run.LogPath),
        "log_path_current" => WithJob(run.LogPathCurrent ?? ""),
        _ when run.Placeholders.TryGetValue(name, out var value) => PlaceholderValue.Known(value),
        "job_id" => new(null, $"\"${JobVariable}\""),
        "timestamp" => new(null, "\"$vigil_timestamp\""),
        "name" or "run" => PlaceholderValue.Known(run.Id.Value),
        "point" => PlaceholderValue.Known(run.Point),
        "stage" => PlaceholderValue.Known(run.Stage ?? ""),
        "index" => PlaceholderValue.Known(run.Index.ToString(CultureInfo.InvariantCulture)),
        "attempt" => PlaceholderValue.Known(start.Attempt.Number.ToString(CultureInfo.InvariantCulture)),
        "output_dir" => PlaceholderValue.Known(run.OutputDir),
        "work_dir" => PlaceholderValue.Known(run.WorkDir),
        "last_checkpoint" or "checkpoint_path" => PlaceholderValue.Known(start.LastCheckpoint ?? ""),
        "best_checkpoint" => PlaceholderValue.Known(""),
        _ => throw new KeyNotFoundException($"the command of {run.Id} holds the unknown placeholder {{{name}}}"),
    };

    /// <summary>A path with <c>%j</c> as one word of bash that names the job's own id.</summary>
    public static PlaceholderValue WithJob(string path)
    {
        var pieces = path.Split("%j");
        return pieces.Length == 1
            ? PlaceholderValue.Known(path)
            : new(null, string.Join($"\"${JobVariable}\"", pieces.Select(static p => p.Length == 0 ? "" : Bash.Quote(p))));
    }
}
