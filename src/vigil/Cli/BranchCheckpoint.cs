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
    /// <summary>So many beyond those of a usual look are judged for a list.</summary>
    private const int MostFar = 200;

    /// <summary>In names: its step, else its epoch, else how it is called.</summary>
    public string Mark => (Step ?? Epoch)?.ToString(CultureInfo.InvariantCulture) ?? string.Concat(System.IO.Path.GetFileNameWithoutExtension(Path).Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '-'));

    /// <summary>Null, with the reason and what helps, where there is none that can be used.</summary>
    public static BranchCheckpoint? Find(CliContext context, ExperimentFolder folder, RunRecord run, string asked, out string? problem)
    {
        var (scan, now) = (new CheckpointScan { Packs = new(() => FrozenPacks.Read(folder)) }, context.Time.GetLocalNow());
        problem = null;
        if (asked is "last" or "best")
        {
            var seen = scan.Look(run, now);
            var chosen = asked == "last" ? ValidCheckpoints.Newest(seen.Where(static c => !c.IsWithoutState)) ?? ValidCheckpoints.Newest(seen) : ValidCheckpoints.Best(seen, new RunLosses(new MetricStore(folder.Views), new ProgressBoard(context.Time)).Of(run));
            if (chosen is not null) return (problem = Refusal(chosen)) is null ? Of(chosen) : null;
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
        var seen = scan.Look(run, now).FirstOrDefault(c => (c.Step ?? c.Epoch) == step)
            ?? scan.Find(run.Plan.OutputDir).Where(p => (p.Name.Step ?? p.Name.Epoch) == step).Select(p => scan.LookAt(p.Path, now)).FirstOrDefault();
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
        if (seen is null)
        {
            if (LoadableFile.IsAt(path)) return new(path, path, null, null, null);
            problem = $"{path} is no checkpoint, and holds none{Known(scan, run, now)}";
            return null;
        }
        problem = Refusal(seen);
        return problem is null ? Of(seen) : null;
    }

    private static string? Place(CliContext context, RunRecord run, string asked) =>
        ((string[])[context.FullPath(asked), System.IO.Path.GetFullPath(asked, run.Plan.OutputDir)]).Select(static p => p.Length > 1 ? p.TrimEnd('/') : p).FirstOrDefault(static p => Directory.Exists(p) || File.Exists(p));

    private static string? Refusal(CheckpointSeen seen) => seen.Validity switch
    {
        CheckpointValidity.Valid => seen.IsWithoutState ? $"{seen.Path} has weights alone: the state of the trainer that belongs to them is gone; take another one: vigil status lists them" : null,
        CheckpointValidity.Unsettled => $"{seen.Path} may still be written to ({seen.Reason}); try again in a while",
        _ => $"{seen.Path} is not whole ({seen.Reason}); take another one: vigil status lists them",
    };

    /// <summary>All that are whole, also those that are too far back to be looked into by themselves.</summary>
    private static string Known(CheckpointScan scan, RunRecord run, DateTimeOffset now)
    {
        var near = scan.Look(run, now);
        var known = near.Select(static c => c.Path).ToHashSet(StringComparer.Ordinal);
        var far = scan.Find(run.Plan.OutputDir).Where(p => !known.Contains(p.Path) && (p.Name.Step ?? p.Name.Epoch) is not null && (near.IsEmpty || p.Name.Kind == near[0].Kind))
            .OrderByDescending(static p => p.Name.Step ?? p.Name.Epoch).ToList();
        var whole = near.Concat(far.Take(MostFar).Select(p => scan.LookAt(p.Path, now)).OfType<CheckpointSeen>()).Where(static c => Refusal(c) is null)
            .Select(static c => (c.Step ?? c.Epoch)?.ToString(CultureInfo.InvariantCulture) ?? c.Path).ToList();
        var more = far.Count > MostFar ? string.Create(CultureInfo.InvariantCulture, $" and {far.Count - MostFar} older") : "";
        return whole.Count > 0 ? $"; there {(whole.Count == 1 ? "is" : "are")} {string.Join(", ", whole)}{more}" : "";
    }

    private static BranchCheckpoint Of(CheckpointSeen seen) => new(seen.Path, seen.Load, seen.Kind, seen.Step, seen.Epoch);
}
