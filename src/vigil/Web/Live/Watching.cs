using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Vigil.Web.Runs;

namespace Vigil.Web.Live;

/// <summary>Sends what is shown of runs whenever it has changed, at most once a second.</summary>
internal sealed class Watching(Catalogue catalogue, RunApi runs)
{
    public async Task PageAsync(int id, string query, Func<Frame, CancellationToken, Task> send, CancellationToken stop)
    {
        var asked = RunQuery.Of(new QueryCollection(QueryHelpers.ParseQuery(query)));
        byte[] sent = [], told = [];
        for (var turn = -1L; ; turn = await catalogue.AfterAsync(turn, stop))
        {
            var experiments = runs.Experiments();
            // Ages move with every look, and are no news.
            var news = JsonSerializer.SerializeToUtf8Bytes([.. experiments.Select(static e => e with { Monitor = e.Monitor with { BeatAge = null }, Witnesses = [] })], WebJson.Plain.ImmutableArrayExperimentRow);
            if (!news.AsSpan().SequenceEqual(told) || turn % 5 == 0) await send(new Frame.Experiments(experiments), stop);
            var page = runs.Page(asked);
            var bytes = JsonSerializer.SerializeToUtf8Bytes(page with { Now = default }, WebJson.Plain.RunsPage);
            if (!bytes.AsSpan().SequenceEqual(sent)) await send(new Frame.Page(id, page), stop);
            (sent, told) = (bytes, news);
        }
    }

    public async Task RunAsync(int id, string run, Func<Frame, CancellationToken, Task> send, CancellationToken stop)
    {
        byte[] sent = [];
        for (var turn = -1L; ; turn = await catalogue.AfterAsync(turn, stop))
        {
            if (runs.Find(run) is not { } found)
            {
                await send(new Frame.Trouble(id, "there is no such run here (any more)"), stop);
                return;
            }
            var detail = runs.Detail(found);
            var bytes = JsonSerializer.SerializeToUtf8Bytes(detail, WebJson.Plain.RunDetail);
            if (!bytes.AsSpan().SequenceEqual(sent)) await send(new Frame.Run(id, detail), stop);
            sent = bytes;
        }
    }
}
