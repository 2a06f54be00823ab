using System.Collections.Immutable;
using Vigil.Cli;
using Vigil.Configuration;
using Vigil.Evaluations;
using Vigil.Logs.Checkpoints;
using Vigil.Monitor;
using Vigil.Platform;

namespace Vigil.Tracking;

/// <summary>Looks on disk for what completed jobs left: the checkpoint of the last epoch, the log of an evaluation.</summary>
internal sealed class OutputSearch(TrackedFolder folder, DateTimeOffset now)
{
    private readonly Dictionary<string, FineTuneSetup> _setups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<EvaluationLog>> _logs = new(StringComparer.Ordinal);
    private readonly CheckpointScan _scan = new();
    private readonly Lazy<ZstdSupport> _zstd = new(static () => Zstd.Find(Zstd.Library));

    /// <summary>What the run's own configuration calls its training; null: it does not say.</summary>
    public string? TrainingName(string run) => Setup(run).RunName;

    public OutputFound Of(TrackedSubject subject) => subject.Key.IsEvaluation
        ? EvaluationChoice.Of(subject.Evaluations, folder.Plan[subject.Point]?.Evaluations ?? subject.Evaluations, RunFolder(subject.Point), Logs(subject.Point))
        : Checkpoint(subject.Point);

    private OutputFound Checkpoint(string run)
    {
        string? problem = null;
        var folders = Setup(run).Folders(RunFolder(run), run, folder.Plan.Group).Select(Path.GetFullPath).Distinct(StringComparer.Ordinal).ToImmutableArray();
        foreach (var place in folders.Where(Directory.Exists))
        {
            var epochs = Epochs(place).ToList();
            var valid = epochs.Find(static c => c.Validity is CheckpointValidity.Valid);
            var broken = epochs.Find(c => c.Validity is not CheckpointValidity.Valid && (valid is null || c.Epoch > valid.Epoch));
            if (broken is not null) problem ??= $"{broken.Path} is no whole checkpoint: {broken.Reason}";
            if (valid is not null) return new(valid.Path, problem is null ? null : $"{problem}; {valid.Path} is taken");
        }
        return new(null, problem ?? $"completed, and there is no epoch_N in {string.Join(" or ", folders.Take(3))}");
    }

    /// <summary>The highest number first, down to the first that is whole.</summary>
    private IEnumerable<CheckpointSeen> Epochs(string place)
    {
        var folders = Directory.EnumerateDirectories(place, "epoch*").Select(path => (Path: path, Name: CheckpointName.OfFolder(Path.GetFileName(path)))).Where(static f => f.Name is { Kind: CheckpointKind.Epoch, Epoch: not null });
        foreach (var (path, _) in folders.OrderByDescending(static f => f.Name!.Epoch))
        {
            if (_scan.LookAt(path, now, CheckpointWriters.Gone) is not { } seen) continue;
            yield return seen;
            if (seen.Validity is CheckpointValidity.Valid) yield break;
        }
    }

    private ImmutableArray<EvaluationLog> Logs(string run)
    {
        if (_logs.TryGetValue(run, out var known)) return known;
        return _logs[run] = Directory.Exists(RunFolder(run)) ? [.. EvalLogFolder.Whole.Find(RunFolder(run), _zstd.Value).Logs.Select(static l => new EvaluationLog(l.Path, l.Reading))] : [];
    }

    private FineTuneSetup Setup(string run)
    {
        if (_setups.TryGetValue(run, out var known)) return known;
        var path = Path.Combine(RunFolder(run), FineTuneSetup.FileName);
        return _setups[run] = TextFile.Try(path) is { } text ? FineTuneSetup.Read(new(path, path, text), new DiagnosticBag()) : FineTuneSetup.None;
    }

    /// <summary>A run is called after a folder of the plan's, and by nothing that leads out of it.</summary>
    private string RunFolder(string run) => Path.Combine(folder.Root, run.Replace('/', '_') is "." or ".." ? "_" : run.Replace('/', '_'));
}
