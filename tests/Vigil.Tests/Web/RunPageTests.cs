using System.Net;
using System.Text;
using System.Text.Json;
using Vigil.Tests.Cli;

namespace Vigil.Tests.Web;

/// <summary>Runs as the page shows them: the truth of the journal, found again by a filter, acted on by the command that is shown.</summary>
public sealed class RunPageTests : IAsyncLifetime
{
    private readonly CommandLine _vigil = new();
    private ServedPage _page = null!;

    public async ValueTask InitializeAsync()
    {
        _vigil.Write("train.sh", "for i in 1 2 3 4 5; do echo \"iteration $i/ 5 | lm loss: 0.$((9 - i)) |\"; done\nif [ \"$1\" = 2 ]; then echo 'Traceback (most recent call last):'; echo 'RuntimeError: CUDA out of memory. Tried to allocate 2 GiB'; exit 1; fi\n");
        _vigil.Write("exp.yaml", "project: {name: exp}\nbackend: {command: \"bash train.sh {lr}\"}\nlr: 1\nsweep: {params: {lr: [1, 2]}}\njob: {restart: {max_attempts: 1}}\n");
        var run = _vigil.Run("run", "exp.yaml");
        Assert.True(run.ExitCode == 1, run.ToString());
        _page = await ServedPage.StartAsync(_vigil);
    }

    public async ValueTask DisposeAsync()
    {
        await _page.DisposeAsync();
        _vigil.Dispose();
    }

    [Theory]
    [InlineData("", 2), InlineData("state:failed", 1), InlineData("-state:failed", 1), InlineData("lr:2", 1), InlineData("lr>1", 1), InlineData("/lr[12]/", 2), InlineData("exp state:completed", 1), InlineData("name:lr*", 2), InlineData("step:5", 2)]
    public async Task A_filter_finds_runs_by_words_keys_numbers_and_patterns(string filter, int matching) =>
        Assert.Equal(matching, (await _page.JsonAsync($"/api/runs?q={Uri.EscapeDataString(filter)}")).GetProperty("matching").GetInt32());

    [Theory]
    [InlineData("state:failed lr<x", 13, "no number"), InlineData("/(/", 0, "no pattern")]
    public async Task A_filter_that_is_none_says_where_and_why(string filter, int at, string says)
    {
        var problem = (await _page.JsonAsync($"/api/runs?q={Uri.EscapeDataString(filter)}")).GetProperty("problem");

        Assert.Equal(at, problem.GetProperty("at").GetInt32());
        Assert.Contains(says, problem.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_needs_somebody_comes_first_and_an_order_is_kept()
    {
        Assert.Equal(["lr2", "lr1"], Names(await _page.JsonAsync("/api/runs")));
        Assert.Equal(["lr1", "lr2"], Names(await _page.JsonAsync("/api/runs?sort=name")));
        Assert.Equal(["lr2", "lr1"], Names(await _page.JsonAsync("/api/runs?sort=-name")));
        Assert.Equal(["lr1"], Names(await _page.JsonAsync("/api/runs?sort=name&limit=1")));
        Assert.Equal("bd", (await _page.JsonAsync("/api/runs")).GetProperty("heat").GetString());
    }

    [Fact]
    public async Task A_run_that_failed_shows_why_its_first_error_and_what_stands_before_it()
    {
        var run = await _page.JsonAsync(await _page.RunAsync("lr2"));

        Assert.StartsWith("Failed: ", run.GetProperty("why").GetString(), StringComparison.Ordinal);
        var diagnosis = run.GetProperty("diagnosis");
        Assert.Equal("Traceback (most recent call last):", diagnosis.GetProperty("lines")[0].GetProperty("text").GetString());
        Assert.Contains("lm loss: 0.4", diagnosis.GetProperty("before").EnumerateArray().Last().GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains("oom", diagnosis.GetProperty("cause").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, (await _page.JsonAsync(await _page.RunAsync("lr1"))).GetProperty("diagnosis").ValueKind);
    }

    [Fact]
    public async Task Curves_events_and_the_configuration_of_a_run_are_there()
    {
        var run = await _page.RunAsync("lr1");

        var loss = (await _page.JsonAsync($"{run}/metrics")).GetProperty("series").EnumerateArray().Single(static s => s.GetProperty("name").GetString() == "lm loss");
        Assert.Equal(5, loss.GetProperty("x").EnumerateArray().Last().GetInt32());
        Assert.Equal(0.4, loss.GetProperty("last").EnumerateArray().Last().GetDouble());
        var events = (await _page.JsonAsync($"{run}/events")).GetProperty("events").EnumerateArray().Select(static e => e.GetProperty("kind").GetString()).ToList();
        Assert.Equal(["run-planned", "attempt-started", "attempt-ended", "run-finished"], events.Where(static k => k is "run-planned" or "attempt-started" or "attempt-ended" or "run-finished"));
        var leaf = (await _page.JsonAsync($"{run}/config")).EnumerateArray().Single(static l => l.GetProperty("key").GetString() == "lr");
        Assert.Equal(("1", "sweep"), (leaf.GetProperty("value").GetString(), leaf.GetProperty("origin").GetString()));
        Assert.NotEmpty((await _page.JsonAsync($"{run}/monitor-log")).GetProperty("lines").EnumerateArray());
    }

    [Fact]
    public async Task A_comparison_names_the_keys_that_differ_and_counts_the_others()
    {
        string[] ids = [.. (await _page.JsonAsync("/api/runs")).GetProperty("rows").EnumerateArray().Select(static r => r.GetProperty("id").GetString()!)];

        var compared = await _page.JsonAsync($"/api/compare?runs={string.Join(',', ids)}");

        Assert.Contains(compared.GetProperty("differing").EnumerateArray(), static d => d.GetProperty("key").GetString() == "lr");
        Assert.True(compared.GetProperty("same").GetInt32() > 0);
    }

    [Theory]
    [InlineData("/api/nothing"), InlineData("/api/runs/none/none"), InlineData("/api/runs/none/none/log/tail")]
    public async Task What_is_not_there_is_said_to_be_not_there(string path)
    {
        using var answer = await _page.SendAsync(_page.Request(HttpMethod.Get, path));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.NotEqual("", JsonDocument.Parse(await ServedPage.TextAsync(answer)).RootElement.GetProperty("problem").GetString());
    }

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

    private static string[] Names(JsonElement page) => [.. page.GetProperty("rows").EnumerateArray().Select(static r => r.GetProperty("name").GetString()!)];
}
