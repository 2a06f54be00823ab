using System.Text;
using System.Text.Json;
using Vigil.Tests.Cli;

namespace Vigil.Tests.Web;

/// <summary>What is done by the page, and what it says when something is gone.</summary>
public sealed class RunActionTests(ServedSweep served) : IClassFixture<ServedSweep>
{
    private readonly CommandLine _vigil = served.Vigil;
    private readonly ServedPage _page = served.Page;

    [Fact]
    public async Task A_vanished_log_is_explained()
    {
        var run = await _page.RunAsync("lr1");
        File.Delete(_vigil.State("outputs/exp").Runs["lr1"].LastAttempt!.Log!);

        Assert.Contains("its file is not there (any more)", await _page.GetAsync($"{run}/log/tail"), StringComparison.Ordinal);
        Assert.Contains("its file is not there (any more)", (await _page.JsonAsync($"{run}/log/info")).GetProperty("problem").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_action_is_previewed_and_then_done_once_however_often_it_is_sent()
    {
        string[] ids = [.. (await _page.JsonAsync("/api/runs?sort=name")).GetProperty("rows").EnumerateArray().Select(static r => r.GetProperty("id").GetString()!)];

        var preview = await PostAsync(ids, preview: true);
        Assert.Equal([(false, "it has completed"), (true, "retry lr2, which is failed")], preview.Select(static r => (r.GetProperty("accepted").GetBoolean(), r.GetProperty("text").GetString()!)));
        Assert.Contains("vigil retry ", preview[1].GetProperty("command").GetString(), StringComparison.Ordinal);
        Assert.Empty(_vigil.Events<Vigil.Monitoring.RunEvent.RunReopened>("outputs/exp"));

        Assert.True((await PostAsync(ids[1..], preview: false))[0].GetProperty("accepted").GetBoolean());
        Assert.True((await PostAsync(ids[1..], preview: false))[0].GetProperty("accepted").GetBoolean());
        Assert.Single(_vigil.Events<Vigil.Monitoring.RunEvent.RunReopened>("outputs/exp"));
    }

    private async Task<List<JsonElement>> PostAsync(string[] runs, bool preview)
    {
        using var session = await _page.SendAsync(_page.Request(HttpMethod.Get, "/api/session", _page.Tokens.Act));
        using var request = _page.Request(HttpMethod.Post, "/api/actions", _page.Tokens.Act);
        request.Headers.Add("X-Vigil-Csrf", JsonDocument.Parse(await ServedPage.TextAsync(session)).RootElement.GetProperty("csrf").GetString());
        request.Content = new StringContent($$"""{"action":"retry","runs":["{{string.Join("\",\"", runs)}}"],"key":"once","preview":{{(preview ? "true" : "false")}}}""", Encoding.UTF8, "application/json");
        using var answer = await _page.SendAsync(request);
        return [.. JsonDocument.Parse(await ServedPage.TextAsync(answer)).RootElement.GetProperty("results").EnumerateArray()];
    }
}
