using System.Collections.Immutable;
using System.Globalization;
using Vigil.Planning;

namespace Vigil.Rendering;

/// <summary>The tasks of an array job: 0 to <c>Tasks</c> − 1.</summary>
/// <param name="AtOnce">Most that run at a time; null: as many as fit.</param>
public readonly record struct ArrayRange(int Tasks, int? AtOnce = null)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0-{Tasks - 1}") + (AtOnce is { } most ? string.Create(CultureInfo.InvariantCulture, $"%{most}") : "");
}

/// <summary>What one submission adds to what the run asks for.</summary>
/// <param name="Array">Null: a single job.</param>
/// <param name="Dependency">As <c>sbatch --dependency</c> takes it: <c>afterok:17:18</c>. Null: none.</param>
/// <param name="ExcludedNodes">A list as Slurm writes it, beside the user's own. Null: none.</param>
/// <param name="TimeLimit">Instead of the run's own. Null: the run's own.</param>
public readonly record struct SbatchExtras(ArrayRange? Array = null, string? Dependency = null, string? ExcludedNodes = null, TimeSpan? TimeLimit = null)
{
    public static SbatchExtras Of(AttemptStart start) => new(ExcludedNodes: start.ExcludedNodes, TimeLimit: start.TimeLimit);
}

/// <summary>
/// The words of one <c>sbatch</c> command. Everything that Vigil relies on stands there: the command line wins over the user's
/// <c>SBATCH_*</c> variables, and those win over the lines of the script.
/// </summary>
public static class SbatchWords
{
    /// <summary>Variables of the environment that would change what a submission is, and that no option takes back: they must not reach <c>sbatch</c>.</summary>
    public static ImmutableArray<string> VariablesToDrop { get; } =
        ["SBATCH_ARRAY_INX", "SBATCH_DEPENDENCY", "SBATCH_GET_USER_ENV", "SBATCH_INPUT", "SBATCH_WAIT", "SBATCH_WAIT_ALL_NODES"];

    /// <param name="output">Absolute, with the patterns that Slurm itself fills; see <see cref="LogPattern"/>.</param>
    /// <param name="workDir">Absolute: the job starts there.</param>
    public static ImmutableArray<string> Of(SlurmJob job, string jobName, string token, string output, SbatchExtras extras, string workDir, string scriptPath) =>
        ["sbatch", "--parsable", .. SbatchOptions.Of(job, jobName, token, output, extras, workDir).Select(static o => o.Value is null ? $"--{o.Name}" : $"--{o.Name}={o.Value}"), scriptPath];
}

/// <summary>All options of one submission, for the command line and for the <c>#SBATCH</c> lines alike.</summary>
internal static class SbatchOptions
{
    public static IEnumerable<SlurmOption> Of(SlurmJob job, string jobName, string? token, string output, SbatchExtras extras, string workDir)
    {
        yield return new("job-name", jobName);
        // The token first: accounting may cut the comment, and nobody looks for the user's part.
        if (string.Join(' ', new[] { token, job.Option("comment") }.Where(static t => t is { Length: > 0 })) is { Length: > 0 } comment) yield return new("comment", comment);
        yield return new("output", output);
        yield return new("error", output);
        yield return new("open-mode", "append");
        yield return new(job.Has("requeue") ? "requeue" : "no-requeue", null);
        yield return new("chdir", workDir);
        if (job.Cluster is { } cluster) yield return new("clusters", cluster);
        if (extras.Array is { } array) yield return new("array", array.ToString());
        if (extras.Dependency is { } dependency)
        {
            yield return new("dependency", dependency);
            // What can never start any more is ended by Slurm, instead of waiting for ever.
            yield return new(EndsIfInvalid, "yes");
        }
        if (Join(job.Option("exclude"), extras.ExcludedNodes) is { } exclude) yield return new("exclude", exclude);
        if (extras.TimeLimit is { } time) yield return new("time", Spec.WallTime.Text(time));
        foreach (var option in job.Sbatch)
            if (!IsSaid(option.Name, extras)) yield return option;
    }

    private const string EndsIfInvalid = "kill-on-invalid-dep";

    /// <summary>Whether the user's option stands already in what came before.</summary>
    private static bool IsSaid(string option, SbatchExtras extras) => option switch
    {
        "comment" or "requeue" or "no-requeue" or "exclude" => true,
        "time" => extras.TimeLimit is not null,
        EndsIfInvalid => extras.Dependency is not null,
        _ => false,
    };

    private static string? Join(string? user, string? ours) => user is { Length: > 0 } && ours is { Length: > 0 } ? $"{user},{ours}" : ours ?? user;
}
