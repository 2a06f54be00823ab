using System.Collections.Immutable;
using System.Text;
using Vigil.Logs;
using Vigil.Logs.Checkpoints;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Monitor;

/// <summary>
/// Looks at the checkpoints of runs, and writes nothing. Whoever keeps it and looks again has files noticed that changed in between;
/// a first look goes by their age.
/// </summary>
internal sealed class CheckpointScan
{
    /// <summary>So many of a run, the furthest first, are looked into.</summary>
    public const int Most = 10;

    private const int MostDated = 2_000, MostKept = 3;

    /// <summary>What is known of a run's losses on held-out data; null: nobody keeps them.</summary>
    public Func<RunRecord, HeldOutLosses>? Losses { get; init; }

    /// <summary>How the experiment's trainers call their checkpoints.</summary>
    public Lazy<ProgressPacks> Packs { get; init; } = new(static () => ProgressPacks.BuiltIn);

    private readonly Dictionary<string, ImmutableArray<CheckpointPart>> _before = new(StringComparer.Ordinal);

    /// <summary>The furthest first.</summary>
    public ImmutableArray<CheckpointSeen> Look(RunRecord run, DateTimeOffset now) => run.Attempts.IsEmpty ? [] : Look(PlacesOf(run), now, run.State.Held is null ? CheckpointWriters.Gone : CheckpointWriters.Possible);

    /// <summary>
    /// What a run whose attempt has ended can go on from. Null: there is nothing to judge, and the trainer's own word counts.
    /// </summary>
    public Observation.CheckpointsLookedAt? LookAfter(RunRecord run, DateTimeOffset now)
    {
        var all = Look(PlacesOf(run), now, CheckpointWriters.Gone);
        var seen = all.Where(static c => c.IsResumable).ToList();
        // Weights whose state is gone are known to be no beginning, whatever the trainer said of them.
        if (seen.Count == 0 && !all.Any(static c => c.IsWithoutState)) return null;
        var usable = seen.Where(static c => c.Validity is CheckpointValidity.Valid).Take(MostKept).Select(static c => Usable(c));
        var best = Losses is { } losses ? ValidCheckpoints.BestJudged(seen, losses(run)) : null;
        return new(now, run.Id, [.. usable]) { Best = best is null ? null : Usable(best) };
    }

    private static UsableCheckpoint Usable(CheckpointSeen seen) => new(seen.Path, seen.Step, seen.Load) { ByStep = seen.IsLoadedByStep };

    /// <summary>The one of this path, whatever else lies beside it; null where nothing is there, or its name is no checkpoint's.</summary>
    public CheckpointSeen? LookAt(string path, DateTimeOffset now, CheckpointWriters writers = CheckpointWriters.Possible) => PlaceOf(path) is { } place ? Judge(place, now, writers) : null;

    public ImmutableArray<CheckpointSeen> Look(IEnumerable<string> roots, DateTimeOffset now, CheckpointWriters writers = CheckpointWriters.Possible) => Look(roots.SelectMany(Find), now, writers);

    private ImmutableArray<CheckpointSeen> Look(IEnumerable<CheckpointPlace> found, DateTimeOffset now, CheckpointWriters writers)
    {
        var places = found.DistinctBy(static p => p.Path).ToList();
        // A file within reach of a folder's form is that folder's: x-000004.safetensors beside x-000004-state is a model, not what a run goes on from.
        if (places.Exists(static p => p.Name.Kind is not CheckpointKind.File)) places.RemoveAll(static p => p.Name.Kind is CheckpointKind.File);
        return ValidCheckpoints.InOrder(Furthest(places).Select(place => Judge(place, now, writers)));
    }

    /// <summary>Below its folders, and what its plan says that it leaves elsewhere: by name, since others may save beside it.</summary>
    private IEnumerable<CheckpointPlace> PlacesOf(RunRecord run) => Roots(run).SelectMany(Find).Concat((run.Plan.Artifacts ?? []).OfType<Artifact.Weights>().Select(w => PlaceOf(w.Path)).OfType<CheckpointPlace>());

    /// <summary>Null: nothing is there, or its name is no checkpoint's.</summary>
    private CheckpointPlace? PlaceOf(string path)
    {
        var (isFolder, forms) = (Directory.Exists(path), Packs.Value.Checkpoints);
        if (!isFolder && !File.Exists(path) || Path.GetDirectoryName(path) is not { } root) return null;
        return (isFolder ? forms.OfFolder(Path.GetFileName(path)) : forms.OfFile(Path.GetFileName(path))) is { } name ? new(path, name, root) : null;
    }

    /// <summary>Every name below a folder that may be a checkpoint's.</summary>
    public List<CheckpointPlace> Find(string root) => CheckpointFolders.Find(root, Packs.Value.Checkpoints);

    /// <summary>
    /// The run's folder, and where its log says that checkpoints are. What a log says is a hint, not a permission: a place that neither
    /// lies in the run's own folders nor stands in its command is not looked at.
    /// </summary>
    private static IEnumerable<string> Roots(RunRecord run)
    {
        yield return run.Plan.OutputDir;
        if (run.Checkpoint?.Path is not { } told || IsBelow(told, run.Plan.OutputDir)) yield break;
        var command = run.Plan.Command switch { Planning.CommandTemplate.Line line => line.Text, Planning.CommandTemplate.Words words => string.Join(' ', words.Items), _ => "" };
        if (IsBelow(told, run.Plan.WorkDir) || command.Contains(told, StringComparison.Ordinal)) yield return told;
    }

    private static bool IsBelow(string path, string folder) => path.StartsWith(folder + "/", StringComparison.Ordinal) && !path.Contains("/../", StringComparison.Ordinal);

    /// <summary>By their names: of a hundred thousand only these are looked into. Names without a number are dated, so many of them as is cheap.</summary>
    private static IEnumerable<CheckpointPlace> Furthest(List<CheckpointPlace> places)
    {
        var numbered = places.Where(static p => Number(p) is not null).OrderByDescending(Number).ThenBy(static p => p.Path, StringComparer.Ordinal).Take(Most);
        var others = places.Where(static p => Number(p) is null).Take(MostDated).OrderByDescending(static p => Modified(p.Path)).Take(Most);
        return numbered.Concat(others).Take(Most);
    }

    /// <summary>Long ago where the file system does not say: it is looked into last.</summary>
    private static DateTime Modified(string path)
    {
        try
        {
            return File.GetLastWriteTimeUtc(path);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException) { return DateTime.MinValue; }
    }

    private static long? Number(CheckpointPlace place) => place.Name.Step ?? place.Name.Epoch;

    private CheckpointSeen Judge(CheckpointPlace place, DateTimeOffset now, CheckpointWriters writers)
    {
        ImmutableArray<CheckpointPart> parts = [.. CheckpointFolders.Parts(place)];
        var tracker = Tracker(place);
        var evidence = new CheckpointEvidence(place.Name, parts, tracker, _before.TryGetValue(place.Path, out var before) ? before : null, now) { Open = part => Open(place, part), Writers = writers };
        var (validity, reason) = CheckpointVerdict.Judge(evidence);
        // What nobody writes to any more is judged without a look before it.
        if (writers is CheckpointWriters.Gone) _before.Remove(place.Path);
        else _before[place.Path] = parts;
        var (step, epoch) = place.Name.Kind is CheckpointKind.State && CheckpointFile.Small($"{place.Path}/{TrainState.FileName}", place.Root) is { } state ? TrainState.Read(state) : default;
        return new(place.Path, place.Name.Kind, place.Name.Step ?? step, place.Name.Epoch ?? epoch, parts.Sum(static p => p.Bytes), parts.IsEmpty ? default : parts.Max(static p => p.Modified), validity, reason)
        {
            IsLoadedByStep = CheckpointVerdict.IsLoadedByStep(place.Name, tracker),
            IsWithoutState = RecipeState.IsMissing(place, parts, now),
        };
    }

    private static ReadAt? Open(CheckpointPlace place, CheckpointPart part) =>
        CheckpointFile.Open(place.Name.IsFile ? place.Path : $"{place.Path}/{part.Name}", place.Root);

    /// <summary>The file beside the checkpoint's folder that names the newest.</summary>
    private static string? Tracker(CheckpointPlace place)
    {
        var name = place.Name.Kind switch { CheckpointKind.Megatron => "latest_checkpointed_iteration.txt", CheckpointKind.DeepSpeed => "latest", _ => null };
        return name is not null && CheckpointFile.Small($"{Path.GetDirectoryName(place.Path)}/{name}", place.Root) is { } text ? Encoding.UTF8.GetString(text) : null;
    }
}
