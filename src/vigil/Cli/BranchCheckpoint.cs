using System.Globalization;
using Vigil.Journaling;
using Vigil.Logs.Checkpoints;
using Vigil.Monitor;
using Vigil.Monitoring;

namespace Vigil.Cli;

/// <summary>The checkpoint that a person names: looked at, and found whole.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Load">What a trainer is given to go on from it.</param>
/// <param name="Kind">Null: its form is not known here, and nobody has looked into it.</param>
internal sealed record BranchCheckpoint(string Path, string Load, CheckpointKind? Kind, long? Step, long? Epoch)
{
    /// <summary>In names: its step, else its epoch, else how it is called.</summary>
    public string Mark => (Step ?? Epoch)?.ToString(CultureInfo.InvariantCulture) ?? string.Concat(System.IO.Path.GetFileNameWithoutExtension(Path).Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '-'));

    /// <summary>Null, with the reason and what helps, where there is none that can be used.</summary>
    public static BranchCheckpoint? Find(CliContext context, ExperimentFolder folder, RunRecord run, string asked, out string? problem)
    {
        var (scan, now) = (new CheckpointScan(), context.Time.GetLocalNow());
        problem = null;
        if (asked is "last" or "best")
        {
            var seen = scan.Look(run, now);
            if ((asked == "last" ? ValidCheckpoints.Newest(seen) : ValidCheckpoints.Best(seen, new MetricStore(folder.Views).Evaluations(run.Id))) is { } chosen) return Of(chosen);
            problem = $"{run.Id} has no whole checkpoint{(seen is [var first, ..] ? $": {first.Path}: {first.Reason}" : $" below {run.Plan.OutputDir}; if they lie elsewhere, give --from the path of one")}";
            return null;
        }
        if (long.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var step)) return AtStep(scan, run, step, now, out problem);
        var path = Place(context, run, asked);
        if (path is null) problem = $"there is no checkpoint {asked}, neither here nor in {run.Plan.OutputDir}{Known(scan, run, now)}";
        return path is null ? null : At(scan, run, path, now, out problem);
    }

    private static BranchCheckpoint? AtStep(CheckpointScan scan, RunRecord run, long step, DateTimeOffset now, out string? problem)
    {
        // The furthest are looked into by themselves; an older one is found by its name.
        var seen = scan.Look(run, now).FirstOrDefault(c => c.Step == step)
            ?? CheckpointFolders.Find(run.Plan.OutputDir).Where(p => p.Name.Step == step).Select(p => scan.LookAt(p.Path, now)).FirstOrDefault();
        problem = seen is null ? string.Create(CultureInfo.InvariantCulture, $"{run.Id} has no checkpoint of step {step}{Known(scan, run, now)}") : Refusal(seen);
        return problem is null ? Of(seen!) : null;
    }

    private static BranchCheckpoint? At(CheckpointScan scan, RunRecord run, string path, DateTimeOffset now, out string? problem)
    {
        problem = null;
        var seen = scan.Look(run, now).FirstOrDefault(c => c.Path == path) ?? scan.LookAt(path, now);
        if (seen is null && Directory.Exists(path) && scan.Look([path], now) is { IsEmpty: false } below)
        {
            // A folder of checkpoints: the newest whole one in it.
            seen = ValidCheckpoints.Newest(below) ?? below[0];
        }
        if (seen is null) return new(path, path, null, null, null);
        problem = Refusal(seen);
        return problem is null ? Of(seen) : null;
    }

    private static string? Place(CliContext context, RunRecord run, string asked) =>
        ((string[])[context.FullPath(asked), System.IO.Path.GetFullPath(asked, run.Plan.OutputDir)]).Select(static p => p.Length > 1 ? p.TrimEnd('/') : p).FirstOrDefault(static p => Directory.Exists(p) || File.Exists(p));

    private static string? Refusal(CheckpointSeen seen) => seen.Validity switch
    {
        CheckpointValidity.Valid => null,
        CheckpointValidity.Unsettled => $"{seen.Path} may still be written to ({seen.Reason}); try again in a while",
        _ => $"{seen.Path} is not whole ({seen.Reason}); take another one: vigil status lists them",
    };

    private static string Known(CheckpointScan scan, RunRecord run, DateTimeOffset now) =>
        scan.Look(run, now) is { IsEmpty: false } seen ? $"; there are {string.Join(", ", seen.Take(5).Select(static c => c.Step is { } step ? step.ToString(CultureInfo.InvariantCulture) : c.Path))}" : "";

    private static BranchCheckpoint Of(CheckpointSeen seen) => new(seen.Path, seen.Load, seen.Kind, seen.Step, seen.Epoch);
}
