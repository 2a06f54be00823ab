using System.Collections.Immutable;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;
using Vigil.Reports;

namespace Vigil.Cli;

/// <summary>
/// Finds completed runs that are like those of a plan: in the experiments that this user has launched, and in those beside the plan's own folder, the newest first.
/// What a plan is made of costs no more than a moment, however many experiments there are: so many of them, journals of such a size, so many runs in all.
/// </summary>
internal sealed class PastRuns
{
    private const int MostNeighbours = 2000, MostExperiments = 20;

    /// <summary>In all experiments together: configurations of trainings, and of evaluations, that are read; and of runs that are alike those that are measured.</summary>
    private const int MostRead = 120, MostAlike = 40;

    private const long MostJournal = 32 << 20, MostJournals = 96 << 20, MostPoints = 4 << 20, MostConfig = 1 << 20;

    private static readonly HashSet<string> NoOthers = [];

    private readonly CliContext _context;
    private readonly HashSet<string> _wanted;
    private readonly ImmutableArray<PastRun>.Builder _found = ImmutableArray.CreateBuilder<PastRun>();
    private readonly Dictionary<bool, int> _runsRead = [];
    private readonly Dictionary<string, int> _runsFound = new(StringComparer.Ordinal);
    private long _read;
    private bool _isCut;

    private PastRuns(CliContext context, IEnumerable<PlannedTraining> wanted) => (_context, _wanted) = (context, wanted.Select(Key).ToHashSet(StringComparer.Ordinal));

    /// <summary>The runs, and what is to be said when not all were looked at; null: all were.</summary>
    public static (ImmutableArray<PastRun> Runs, string? Note) Find(CliContext context, Plan plan)
    {
        var past = new PastRuns(context, plan.Trainings.Select(static t => t.Training));
        var folders = Folders(context, plan).ToList();
        foreach (var folder in folders.Take(MostExperiments)) past.Take(folder);
        var isCut = past._isCut || folders.Count > MostExperiments;
        return (past._found.DrainToImmutable(), isCut ? $"estimates are from the newest runs; not all of {Quantity.Of(folders.Count, "earlier experiment")} were looked at" : null);
    }

    private static string Key(PlannedTraining of) => string.Join('\n', of.Alike.Select(static a => $"{a.Key}={a.Value}"));

    private static IEnumerable<ExperimentFolder> Folders(CliContext context, Plan plan) =>
        KnownExperiments.All(context).Select(static f => f.Root).Concat(Neighbours(plan.Experiment.Dir)).Distinct(StringComparer.Ordinal)
            .Select(static root => new ExperimentFolder(root)).Where(static f => f.HoldsAnExperiment).OrderByDescending(static f => Directory.GetLastWriteTimeUtc(f.Journal));

    /// <summary>The plan's own folder, and those beside it.</summary>
    private static IEnumerable<string> Neighbours(string dir)
    {
        try
        {
            return Path.GetDirectoryName(dir) is { } parent && Directory.Exists(parent) ? [.. Directory.EnumerateDirectories(parent).Take(MostNeighbours)] : [dir];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [dir];
        }
    }

    private void Take(ExperimentFolder folder)
    {
        try
        {
            var size = new DirectoryInfo(folder.Journal).EnumerateFiles("*.jsonl").Sum(static f => f.Length);
            if (size > MostJournal || _read + size > MostJournals)
            {
                _isCut = true;
                return;
            }
            _read += size;
            var glance = Glance.At(_context, folder);
            if (glance.Follower is { Damage: null, State: { Experiment: { } experiment } state }) Take(glance, experiment.Name, state);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody else's folder, or one that goes away just now: nothing is known of it.
        }
    }

    private void Take(Glance glance, string experiment, ExperimentState state)
    {
        var completed = state.AllRuns.Where(static r => r.State is RunState.Finished { Outcome: Outcome.Completed }).OrderByDescending(static r => r.Changed).ToList();
        var folders = state.AllRuns.Select(r => glance.Folder.Here(r.Plan, r.Plan.OutputDir)).ToHashSet(StringComparer.Ordinal);
        // Evaluations are many, and must not crowd out the trainings.
        foreach (var alike in completed.GroupBy(static r => r.Plan.Evaluation is not null))
            foreach (var run in alike)
            {
                if (!MayRead(alike.Key)) break;
                if (run.LastAttempt is { From: null, Started: { } from, Ended: { } to } && to > from && Like(glance, run) is { } like && IsWanted(Key(like)))
                    _found.Add(Measured(glance, run, new(experiment, like, Estimating.Gpus(run.Plan), to - from), folders));
            }
    }

    /// <summary>Whether one more of its kind is looked at.</summary>
    private bool MayRead(bool isEvaluation)
    {
        var read = _runsRead.GetValueOrDefault(isEvaluation);
        _isCut |= read == MostRead;
        _runsRead[isEvaluation] = Math.Min(read + 1, MostRead);
        return read < MostRead;
    }

    /// <summary>Whether a run of the plan is like it, and few others are so far: more would tell nothing new.</summary>
    private bool IsWanted(string key)
    {
        if (!_wanted.Contains(key)) return false;
        var found = _runsFound[key] = _runsFound.GetValueOrDefault(key) + 1;
        return found <= MostAlike;
    }

    private static PlannedTraining? Like(Glance glance, RunRecord run)
    {
        var path = Path.Join(glance.Folder.Here(run.Plan, run.Plan.OutputDir), "provenance", "resolved_config.json");
        return FileStatus.Of(path) is { IsRegular: true, Size: < MostConfig } ? PlannedTraining.OfFrozen(run.Id, File.ReadAllBytes(path)) : null;
    }

    private static PastRun Measured(Glance glance, RunRecord run, PastRun past, HashSet<string> folders)
    {
        var folder = glance.Folder.Here(run.Plan, run.Plan.OutputDir);
        var size = RunFolderWalk.Of(folder, folders).Size.Bytes;
        var checkpoints = (run.Plan.Artifacts ?? []).OfType<Artifact.Weights>().Select(w => (w.Path, RunFolderWalk.Of(w.Path, NoOthers).Size.Bytes)).ToList();
        var inside = checkpoints.Where(c => c.Path.StartsWith($"{folder}/", StringComparison.Ordinal)).Sum(static c => c.Bytes);
        return past with
        {
            Samples = past.Like.Data is not null && glance.Progress.Of(run)?.Step is { } step ? past.Like.SamplesPerStep * step : null,
            CheckpointBytes = checkpoints.Count > 0 ? checkpoints.Max(static c => c.Bytes) : null,
            OtherBytes = Math.Max(0, size - inside),
            PeakMemory = past.Like.Data is null ? null : PeakMemory(glance, run),
        };
    }

    private static double? PeakMemory(Glance glance, RunRecord run)
    {
        var points = new MetricStore(glance.Folder.Views).FileOf(run.Id);
        return FileStatus.Of(points) is { IsRegular: true, Size: < MostPoints } && RunSeries.Of(File.ReadAllBytes(points)).First(MetricNames.PeakMemory) is { } memory && MetricNames.UnitOfMemory(memory.Name).Contains("GiB", StringComparison.Ordinal) ? memory.Highest()?.Value : null;
    }
}
