using System.Net;
using System.Text;
using System.Text.Json;
using Vigil.Tests.Cli;

namespace Vigil.Tests.Web;

/// <summary>Runs as the page shows them: the truth of the journal, found again by a filter, acted on by the command that is shown.</summary>
public sealed class RunPageTests(ServedSweep served) : IClassFixture<ServedSweep>
{
    private readonly ServedPage _page = served.Page;

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

    private static string[] Names(JsonElement page) => [.. page.GetProperty("rows").EnumerateArray().Select(static r => r.GetProperty("name").GetString()!)];
}
