using System.Collections.Immutable;
using System.Text;
using Vigil.Cli;
using Vigil.Evaluations;
using Vigil.Journaling;
using Vigil.Logs;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;

namespace Vigil.Reports;

/// <summary>Looks at everything that a report tells of an experiment; changes nothing, and may look while runs go on.</summary>
internal sealed class ReportGathering
{
    /// <summary>Of more failures the table tells, and the logs.</summary>
    private const int MostExcerpts = 100, LinesOfAnExcerpt = 8;

    private const long MostGpuBytes = 64 << 20;

    private readonly Glance _glance;
    private readonly MetricStore _metrics;
    private readonly IReadOnlyDictionary<RunId, JobUse> _uses;
    private readonly ZstdSupport _zstd = Zstd.Find(Zstd.Library);
    private readonly Dictionary<RunId, string> _folders;
    private readonly HashSet<string> _others;
    private readonly List<string> _notes = [];
    private int _excerpts;

    private ReportGathering(Glance glance, IReadOnlyDictionary<RunId, JobUse> uses)
    {
        _uses = uses;
        _glance = glance;
        _metrics = new(glance.Folder.Views);
        var state = glance.Follower.State;
        _folders = state.AllRuns.ToDictionary(static r => r.Id, r => Path.TrimEndingDirectorySeparator(glance.Folder.Here(r.Plan, r.Plan.OutputDir)));
        _others = new(_folders.Values, StringComparer.Ordinal);
    }

    public static async Task<ReportFacts> GatherAsync(Glance glance, TimeProvider time, CancellationToken stop)
    {
        var (uses, unknown) = await new JobUseLook(glance.Folder, time).AskAsync(glance.Follower.State.InPlanOrder, stop);
        var gathering = new ReportGathering(glance, uses);
        var state = glance.Follower.State;
        var runs = state.InPlanOrder.Select(gathering.Of).ToImmutableArray();
        return new(state.Experiment?.Name, glance.Folder.Root, glance.Now, runs, [.. gathering._notes, .. gathering.General(), .. unknown.Select(SafeText.Line)]);
    }

    private IEnumerable<string> General()
    {
        foreach (var remark in _glance.Follower.Remarks) yield return SafeText.Line(remark);
        if (!_glance.Monitor.Alive && !_glance.Follower.State.AllFinished) yield return $"Nobody watches the experiment: what its runs do is not taken up. To do so: vigil watch {_glance.Folder.Root}";
    }

    private RunFacts Of(RunRecord run)
    {
        var folder = _folders[run.Id];
        var walk = RunFolderWalk.Of(folder, _others);
        return new(run)
        {
            Folder = folder,
            Logs = run.Attempts.Where(static a => a.Log is not null).GroupBy(static a => a.Id.Folder).ToImmutableSortedDictionary(static g => g.Key, static g => g.Last().Log!, StringComparer.Ordinal),
            Progress = _glance.Progress.Of(run),
            LastOutput = _glance.Progress.LastOutput(run),
            Series = Series(run),
            Checkpoints = _glance.Checkpoints(run),
            Size = walk.Size,
            Evaluations = Evaluations(run, folder),
            Gpus = [.. walk.GpuFiles.Select(Samples).OfType<GpuUseAt>()],
            Use = _uses.GetValueOrDefault(run.Id),
            LastLines = LastLines(run),
        };
    }

    /// <summary>From the file of points, which is derived: where it is not there, the logs are read again.</summary>
    private RunSeries Series(RunRecord run)
    {
        try
        {
            return RunSeries.Of(File.ReadAllBytes(_metrics.FileOf(run.Id)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return OfLogs(run);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _notes.Add(SafeText.Line($"The values of {run.Id} could not be read: {e.Message}"));
            return RunSeries.None;
        }
    }

    private RunSeries OfLogs(RunRecord run)
    {
        var writer = new SeriesWriter();
        foreach (var attempt in run.Attempts.Where(static a => a.Log is not null && a.Id.Requeue == 0))
        {
            var tail = new LogTail(attempt.Log!, _glance.Progress.Packs.Value, 0);
            tail.Progress.Points = writer.From($"log {attempt.Id.Folder}");
            while (tail.Read(_glance.Now).More) { }
        }
        return RunSeries.Of(writer.Pending);
    }

    private ImmutableArray<EvalLogAt> Evaluations(RunRecord run, string folder)
    {
        string[] places = run.Plan.Evaluation is null ? ["eval", "logs"] : ["logs"];
        List<EvalLogAt> found = [];
        foreach (var place in places)
        {
            // A run may have its folder below another one's 'eval': then its logs are its own.
            if (_others.Contains(Path.Join(folder, place))) continue;
            var logs = (EvalLogFolder.Whole with { Others = _others }).Find(Path.Join(folder, place), _zstd);
            found.AddRange(logs.Logs.Select(static l => new EvalLogAt(l.Path, l.Reading)));
            if (logs.LeftOut is { } leftOut) _notes.Add(SafeText.Line(leftOut));
        }
        return [.. found];
    }

    private GpuUseAt? Samples(string path)
    {
        try
        {
            using var file = RegularFile.Open(path);
            if (RandomAccess.GetLength(file) > MostGpuBytes)
            {
                _notes.Add(SafeText.Line($"{path} is larger than {MostGpuBytes >> 20} MB and was not read."));
                return null;
            }
            using var reader = new StreamReader(new FileStream(file, FileAccess.Read), Encoding.UTF8);
            if (GpuUse.Read(Lines(reader)) is { } use) return new(path, use);
            _notes.Add(SafeText.Line($"{path} holds no sample of a GPU."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _notes.Add(SafeText.Line($"{path} cannot be read: {e.Message}"));
        }
        return null;
    }

    private static IEnumerable<string> Lines(StreamReader reader)
    {
        while (reader.ReadLine() is { } line) yield return line;
    }

    private ImmutableArray<string> LastLines(RunRecord run) =>
        run.State is RunState.Finished { Outcome: Outcome.Failed or Outcome.Lost or Outcome.NeedsPerson } && _excerpts++ < MostExcerpts
            ? [.. SafeText.Excerpt(LogExcerpt.Of(_glance.Follower.State, run.Id), run.Plan.Secrets()).TakeLast(LinesOfAnExcerpt)] : [];
}
