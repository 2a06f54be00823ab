using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Vigil.Planning;
using Vigil.Spec;

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
    private const string JobVariable = "VIGIL_JOB_ID";

    /// <summary>The assignment that the word of <c>{timestamp}</c> refers to.</summary>
    public const string Timestamp = "printf -v vigil_timestamp '%(%Y%m%d_%H%M%S)T' -1\n";

    /// <summary>With Slurm's patterns.</summary>
    public string LogPath => run.LogPath;

    /// <summary>The attempt's command.</summary>
    public CommandTemplate Command => StepOption.Left(OptionalWords.Left(run.Command, IsEmpty), start);

    /// <summary>The planner has refused unknown names, so one that is unknown here is a bug.</summary>
    public PlaceholderValue this[string name] => name switch
    {
        // First what holds the job's id, which no plan can know; then what the planner found, which may be the user's own key of any name.
        "log_path" => Log(run.LogPath),
        "log_path_current" => PlaceholderValue.Known(run.LogPathCurrent ?? ""),
        _ when run.Placeholders.TryGetValue(name, out var value) => PlaceholderValue.Known(value),
        "job_id" => new(null, $"\"${JobVariable}\""),
        "timestamp" => new(null, "\"$vigil_timestamp\""),
        _ when Placeholders.IsOfANode(name) => OfANode(name),
        "name" or "run" or "job_name" => PlaceholderValue.Known(run.Id.Value),
        "point" => PlaceholderValue.Known(run.Point),
        "stage" => PlaceholderValue.Known(run.Stage ?? ""),
        "index" => PlaceholderValue.Known(run.Index.ToString(CultureInfo.InvariantCulture)),
        "attempt" => PlaceholderValue.Known(start.Attempt.Number.ToString(CultureInfo.InvariantCulture)),
        "output_dir" => PlaceholderValue.Known(run.OutputDir),
        "work_dir" => PlaceholderValue.Known(run.WorkDir),
        "last_checkpoint" or "checkpoint_path" => PlaceholderValue.Known(start.LastCheckpoint ?? ""),
        Placeholders.LastCheckpointStep => PlaceholderValue.Known(start.LastCheckpointStep?.ToString(CultureInfo.InvariantCulture) ?? ""),
        "best_checkpoint" => PlaceholderValue.Known(start.BestCheckpoint ?? start.LastCheckpoint ?? ""),
        _ => throw new KeyNotFoundException($"the command of {run.Id} holds the unknown placeholder {{{name}}}"),
    };

    /// <summary>This machine is the first node and the only one. In a job of Slurm a shell on the node fills it: see <see cref="JobCommand"/>.</summary>
    private PlaceholderValue OfANode(string name) => (name, run.Slurm) switch
    {
        (Placeholders.NodeRank, null) => PlaceholderValue.Known("0"),
        ("master_port", null) => run.Env.TryGetValue("MASTER_PORT", out var port) ? PlaceholderValue.Known(port) : new(null, $"\"$((10000 + {JobVariable} % 20000))\""),
        ("master_addr", null) => PlaceholderValue.Known(run.Env.GetValueOrDefault("MASTER_ADDR") ?? "127.0.0.1"),
        ("local_addr", null) => PlaceholderValue.Known(run.Env.GetValueOrDefault("LOCAL_ADDR") ?? "127.0.0.1"),
        (Placeholders.NodeRank, _) => new(null, "\"${SLURM_NODEID:-0}\""),
        ("master_port", _) => new(null, "\"$MASTER_PORT\""),
        ("master_addr", _) => new(null, "\"$MASTER_ADDR\""),
        _ => new(null, "\"${LOCAL_ADDR:-${SLURMD_NODENAME:-$HOSTNAME}}\""),
    };

    private bool IsEmpty(string name) => this[name].Text is "";

    /// <summary>A text with placeholders as one word of bash.</summary>
    /// <param name="usesTime">It needs <see cref="Timestamp"/> before it.</param>
    public string Word(ImmutableArray<PlaceholderPart> parts, out bool usesTime)
    {
        usesTime = false;
        if (parts.IsEmpty) return "''";
        if (parts is [PlaceholderPart.Literal only]) return Bash.Quote(only.Text);
        var word = new StringBuilder();
        foreach (var part in parts)
        {
            usesTime |= part is PlaceholderPart.Name { Key: "timestamp" };
            word.Append(part is PlaceholderPart.Name hole ? this[hole.Key].Word : Bash.Quote(((PlaceholderPart.Literal)part).Text));
        }
        return word.ToString();
    }

    /// <summary>A log's path as one word of bash in which the job fills its own id and node.</summary>
    public PlaceholderValue Log(string path) => Log(path, static text => text);

    /// <param name="write">How the known parts are written.</param>
    public PlaceholderValue Log(string path, Func<string, string> write)
    {
        var pieces = LogPattern.Parse(path);
        return pieces is [LogPiece.Literal { Text: var known }]
            ? PlaceholderValue.Known(write(known))
            : new(null, string.Concat(pieces.Select(piece => piece is LogPiece.Literal literal ? Bash.Quote(write(literal.Text)) : Filled(((LogPiece.Code)piece).Letter))));
    }

    /// <summary>What Slurm, or the local scheduler, writes for a pattern.</summary>
    private string Filled(char letter) => (letter, run.Slurm) switch
    {
        ('j' or 'A', null) => $"\"${JobVariable}\"",
        ('j', _) => "\"$SLURM_JOB_ID\"",
        ('A', _) => "\"${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}\"",
        ('a', not null) => "\"${SLURM_ARRAY_TASK_ID:-0}\"",
        ('N', _) => "\"${HOSTNAME%%.*}\"",
        _ => "0",
    };
}
