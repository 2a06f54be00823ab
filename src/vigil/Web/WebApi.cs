using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Vigil.Web.Actions;
using Vigil.Web.Live;
using Vigil.Web.Logs;
using Vigil.Web.Runs;

namespace Vigil.Web;

/// <summary>All addresses of the API, as <c>docs/api.md</c> lists them.</summary>
internal sealed class WebApi(Catalogue catalogue, RunApi runs, LogApi logs, ActionApi actions, LiveApi live, SessionApi session)
{
    private const string Run = "/api/runs/{experiment}/{run}";

    public void Map(IEndpointRouteBuilder at)
    {
        at.MapGet("/healthz", SessionApi.HealthAsync);
        at.MapGet("/metrics", session.PrometheusAsync);
        at.MapGet("/api/session", session.SessionAsync);
        at.MapGet("/api/experiments", runs.ExperimentsAsync);
        at.MapGet("/api/runs", runs.RunsAsync);
        at.MapGet("/api/events", runs.AllEventsAsync);
        at.MapGet("/api/compare", runs.CompareAsync);
        at.MapGet(Run, OfRun(runs.RunAsync));
        at.MapGet($"{Run}/events", OfRun(RunApi.EventsAsync));
        at.MapGet($"{Run}/checkpoints", OfRun(runs.CheckpointsAsync));
        at.MapGet($"{Run}/config", OfRun(RunApi.ConfigAsync));
        at.MapGet($"{Run}/samples", OfRun(RunApi.SamplesAsync));
        at.MapGet($"{Run}/samples/{{name}}", OfRun(RunApi.SampleAsync));
        at.MapGet($"{Run}/monitor-log", OfRun(RunApi.MonitorLogAsync));
        at.MapGet($"{Run}/metrics", OfRun(MetricApi.MetricsAsync));
        at.MapGet($"{Run}/log", OfRun(LogApi.BytesAsync));
        at.MapGet($"{Run}/log/info", OfRun(LogApi.InfoAsync));
        at.MapGet($"{Run}/log/lines", OfRun(logs.LinesAsync));
        at.MapGet($"{Run}/log/tail", OfRun(logs.TailAsync));
        at.MapGet($"{Run}/log/line", OfRun(logs.LineAsync));
        at.MapGet($"{Run}/log/search", OfRun(logs.SearchAsync));
        at.MapGet($"{Run}/log/marks", OfRun(logs.MarksAsync));
        at.MapGet($"{Run}/log/download", OfRun(LogApi.DownloadAsync));
        at.MapPost("/api/actions", actions.ActAsync);
        at.MapGet("/ws", live.SocketAsync);
        at.MapGet("/sse", live.EventsAsync);
        at.MapGet("/poll", live.PollAsync);
        at.MapGet("/api/{**unknown}", static http => Answer.NotFoundAsync(http, "there is no such address; docs/api.md lists them"));
    }

    /// <summary>Looks the run up: what comes from outside is a key in a table, never a path.</summary>
    private RequestDelegate OfRun(Func<HttpContext, FoundRun, Task> answer) => http =>
        catalogue.Find((string)http.Request.RouteValues["experiment"]!, (string)http.Request.RouteValues["run"]!) is var (experiment, run, row)
            ? answer(http, new(experiment, run, row))
            : Answer.NotFoundAsync(http, "there is no such run here (any more)");
}

/// <summary>A run that somebody asks about.</summary>
internal sealed record FoundRun(ExperimentSight Experiment, Monitoring.RunRecord Run, RunRow Row);
