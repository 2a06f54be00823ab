using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Rendering;
using Vigil.Spec;
using Vigil.Views;

namespace Vigil.Web.Runs;

/// <summary>Answers about experiments and runs.</summary>
internal sealed class RunApi(Catalogue catalogue, RunDetails details, SparkLines sparks, TimeProvider time)
{
    private const int MostCompared = 200, MostEvents = 2000, MostLines = 1000;

    public Task ExperimentsAsync(HttpContext http) => Answer.JsonAsync(http, Experiments(), WebJson.Plain.ImmutableArrayExperimentRow);

    public ImmutableArray<ExperimentRow> Experiments() => [.. catalogue.Experiments.Select(static e => e.Row)];

    public Task RunsAsync(HttpContext http) => Answer.JsonAsync(http, Page(RunQuery.Of(http.Request.Query)), WebJson.Plain.RunsPage);

    /// <summary>What is in the window is what somebody looks at.</summary>
    public RunsPage Page(RunQuery query)
    {
        var page = query.On(catalogue.Experiments, time.GetLocalNow());
        catalogue.Want(page.Rows.Select(static r => r.Id));
        return page with { Rows = [.. page.Rows.Select(sparks.With)] };
    }

    public Task RunAsync(HttpContext http, FoundRun run) => Answer.JsonAsync(http, Detail(run), WebJson.Plain.RunDetail);

    public RunDetail Detail(FoundRun run)
    {
        catalogue.Want([run.Row.Id]);
        return details.Of(run with { Row = sparks.With(run.Row) });
    }

    public static Task EventsAsync(HttpContext http, FoundRun run) => Answer.JsonAsync(http, JournalCells.After(run.Experiment, Number(http, "after") ?? 0, run.Run.Id.Value, Limit(http, MostEvents)), WebJson.Plain.EventsPage);

    public Task AllEventsAsync(HttpContext http)
    {
        var asked = (string?)http.Request.Query["experiment"];
        var events = catalogue.Experiments.Where(e => asked is null || e.Row.Id == asked).SelectMany(e => JournalCells.After(e, asked is null ? 0 : Number(http, "after") ?? 0, null, Limit(http, MostEvents)).Events
            .Select(cell => cell with { Run = cell.Run is { } name ? RunKeys.Id(e.Row.Id, new(name)) : null }));
        ImmutableArray<EventCell> newest = [.. events.OrderBy(static e => e.At).TakeLast(Limit(http, MostEvents))];
        return Answer.JsonAsync(http, new EventsPage(newest, newest.IsEmpty ? 0 : newest.Max(static e => e.Seq)), WebJson.Plain.EventsPage);
    }

    public Task CheckpointsAsync(HttpContext http, FoundRun run)
    {
        var now = time.GetLocalNow();
        var scan = new CheckpointScan { Packs = new(() => FrozenPacks.Read(run.Experiment.Folder)) };
        return Answer.JsonAsync(http, [.. scan.Look(run.Run, now).Select(c => new CheckpointCell(
            c.Path, Path.GetFileName(c.Path), c.Step, c.Epoch, c.Bytes, c.Modified == default ? null : Math.Max(0, Math.Round((now - c.Modified).TotalSeconds)), CheckpointSeenStatus.IsValid(c), c.Reason,
            $"vigil branch {Bash.Quote(run.Experiment.Folder.Root)} {Bash.Quote(run.Run.Id.Value)} --from {Bash.Quote(c.Path)}"))], WebJson.Plain.ImmutableArrayCheckpointCell);
    }

    public static Task ConfigAsync(HttpContext http, FoundRun run) => Answer.JsonAsync(http, FrozenLeaves.Of(run.Experiment, run.Run), WebJson.Plain.ImmutableArrayConfigLeaf);

    public static Task SamplesAsync(HttpContext http, FoundRun run) => Answer.JsonAsync(http, Samples.Of(run.Run, $"api/runs/{run.Row.Id}"), WebJson.Plain.ImmutableArraySampleCell);

    public static Task SampleAsync(HttpContext http, FoundRun run)
    {
        if (Samples.Read(run.Run, (string)http.Request.RouteValues["name"]!) is not var (bytes, type)) return Answer.NotFoundAsync(http, "there is no such image (any more)");
        http.Response.Headers.CacheControl = "private, max-age=86400";
        return Answer.BytesAsync(http, bytes, type);
    }

    public static Task MonitorLogAsync(HttpContext http, FoundRun run)
    {
        var log = new MonitorLog();
        var lines = new Queue<string>();
        var most = (int)Math.Clamp(Number(http, "lines") ?? 10, 1, MostLines);
        JournalFollower.ReadEntries(run.Experiment.Folder, 0, entry =>
        {
            foreach (var (of, line) in log.Apply(entry))
                if (of == run.Run.Id)
                {
                    lines.Enqueue(Secrets.MaskText(line.TrimEnd('\n')));
                    if (lines.Count > most) lines.Dequeue();
                }
        });
        return Answer.JsonAsync(http, new MonitorLines([.. lines]), WebJson.Plain.MonitorLines);
    }

    public Task CompareAsync(HttpContext http)
    {
        var asked = ((string?)http.Request.Query["runs"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (asked.Length is 0 or > MostCompared) return Answer.ProblemAsync(http, StatusCodes.Status400BadRequest, asked.Length == 0 ? "no runs are named" : $"{asked.Length} runs are too many to compare: {MostCompared} at most", "runs", "runs=EXPERIMENT/RUN,EXPERIMENT/RUN");
        var found = asked.Select(Find).OfType<FoundRun>().ToList();
        if (found.Count == 0) return Answer.NotFoundAsync(http, "none of these runs is here (any more)");
        var leaves = found.Select(r => FrozenLeaves.Of(r.Experiment, r.Run).ToDictionary(static l => l.Key, static l => l.Value)).ToList();
        var keys = leaves.SelectMany(static l => l.Keys).Distinct().ToList();
        var differing = keys.Where(k => leaves.Select(l => l.GetValueOrDefault(k)).Distinct().Skip(1).Any()).Select(k => new DifferingKey(k, [.. leaves.Select(l => l.GetValueOrDefault(k))])).ToImmutableArray();
        ImmutableArray<RunRow> rows = [.. found.Select(r => sparks.With(r.Row))];
        ImmutableArray<ComparedMetric> metrics = [.. rows.Select(static r => r.Metric?.Name).OfType<string>().Distinct().Select(n => new ComparedMetric(n, [.. rows.Select(r => r.Metric?.Name == n ? r.Metric.Last : null)], [.. rows.Select(r => r.Metric?.Name == n ? r.Metric.Best : null)]))];
        return Answer.JsonAsync(http, new Comparison(rows, differing, keys.Count - differing.Length, metrics), WebJson.Plain.Comparison);
    }

    /// <param name="id"><c>EXPERIMENT/RUN</c>.</param>
    public FoundRun? Find(string id) => id.Split('/') is [var experiment, var run] && catalogue.Find(experiment, run) is var (sight, record, row) ? new(sight, record, row) : null;

    private static long? Number(HttpContext http, string name) => long.TryParse(http.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static int Limit(HttpContext http, int most) => (int)Math.Clamp(Number(http, "limit") ?? 500, 1, most);
}
