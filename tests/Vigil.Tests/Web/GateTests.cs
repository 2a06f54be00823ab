using System.Net;
using System.Net.WebSockets;
using System.Text;
using Vigil.Tests.Cli;
using Vigil.Tests.House;

namespace Vigil.Tests.Web;

/// <summary>Who is let in, and what is opened for nobody.</summary>
public sealed class GateTests(ServedLine served) : IClassFixture<ServedLine>
{
    private readonly CommandLine _vigil = served.Vigil;
    private readonly ServedPage _page = served.Page;

    [Theory]
    [InlineData("/"), InlineData("/run/a/b"), InlineData("/app.js"), InlineData("/api/runs"), InlineData("/api/session"), InlineData("/sse?topic=overview"), InlineData("/poll?topic=overview"), InlineData("/healthz"), InlineData("/metrics"), InlineData("/?token=0000"), InlineData("/ws")]
    public async Task Nobody_without_a_token_sees_anything(string path)
    {
        using var answer = await _page.StrangerAsync(path);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.DoesNotContain("exp", await ServedPage.TextAsync(answer), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task The_link_becomes_a_cookie_that_scripts_and_other_sites_cannot_use_and_leaves_the_address()
    {
        using var answer = await _page.StrangerAsync($"/run/x?token={_page.Tokens.View}");

        Assert.Equal((HttpStatusCode.Redirect, "/run/x"), (answer.StatusCode, answer.Headers.Location!.ToString()));
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(_page.Tokens.View, cookie, StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/session");
        request.Headers.Add("Cookie", cookie.Split(';')[0]);
        using var session = await _page.SendAsync(request);
        Assert.Contains("\"role\":\"view\"", await ServedPage.TextAsync(session), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_leads_to_no_other_host()
    {
        using var answer = await _page.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri($"{_page.Address}//evil.example/x?token={_page.Tokens.View}")));

        Assert.Equal("/evil.example/x", answer.Headers.Location!.ToString());
    }

    [Theory]
    [InlineData("localhost:1234", HttpStatusCode.OK), InlineData("127.0.0.1", HttpStatusCode.OK), InlineData("[::1]:8787", HttpStatusCode.OK), InlineData("evil.example", HttpStatusCode.MisdirectedRequest), InlineData("127.0.0.1.evil.example:8787", HttpStatusCode.MisdirectedRequest)]
    public async Task A_name_that_was_made_to_lead_here_is_not_ours(string host, HttpStatusCode status)
    {
        using var request = _page.Request(HttpMethod.Get, "/api/session");
        request.Headers.Host = host;

        using var answer = await _page.SendAsync(request);

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Everything_that_is_answered_says_what_it_may_load_and_that_it_is_kept_nowhere()
    {
        foreach (var path in (string[])["/", "/api/runs", "/api/nothing", "/metrics"])
        {
            using var answer = await _page.SendAsync(_page.Request(HttpMethod.Get, path));
            Assert.StartsWith("default-src 'none'; script-src 'self'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal(("nosniff", "no-referrer", "no-store"), (answer.Headers.GetValues("X-Content-Type-Options").Single(), answer.Headers.GetValues("Referrer-Policy").Single(), answer.Headers.CacheControl!.ToString()));
        }
    }

    [Fact]
    public async Task To_act_takes_the_acting_link_the_pages_own_word_and_its_own_origin()
    {
        var csrf = (await Act("/api/session", HttpMethod.Get, null, null)).Body.Split("\"csrf\":\"")[1].Split('"')[0];
        const string body = """{"action":"cancel","runs":[],"key":"k","preview":true}""";

        Assert.Equal(HttpStatusCode.Forbidden, (await Act("/api/actions", HttpMethod.Post, body, csrf, token: _page.Tokens.View)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await Act("/api/actions", HttpMethod.Post, body, csrf: null)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await Act("/api/actions", HttpMethod.Post, body, csrf, origin: "http://evil.example")).Status);
        var right = await Act("/api/actions", HttpMethod.Post, body, csrf, origin: _page.Address);
        Assert.Equal(HttpStatusCode.BadRequest, right.Status);
        Assert.Contains("no run is named", right.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_sites_page_gets_no_live_stream()
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {_page.Tokens.View}");
        socket.Options.SetRequestHeader("Origin", "http://evil.example");

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"{_page.Address.Replace("http:", "ws:", StringComparison.Ordinal)}/ws"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("/api/runs/../../../etc/passwd"), InlineData("/api/runs/%2e%2e/%2e%2e/etc/passwd"), InlineData("/api/runs/%252e%252e%252f/x/log"), InlineData("/api/runs/x/..%2f..%2fetc%2fpasswd/log"), InlineData("/api/runs/a/b/samples/..%2f..%2fexp.yaml"), InlineData("/..%5c..%5cetc/passwd"), InlineData("/api/runs/a/b/log?attempt=../../../etc/passwd")]
    public async Task No_address_is_ever_a_path(string path)
    {
        using var answer = await _page.SendAsync(_page.Request(HttpMethod.Get, path));

        var body = await ServedPage.TextAsync(answer);
        Assert.DoesNotContain("root:", body, StringComparison.Ordinal);
        Assert.True(answer.StatusCode is HttpStatusCode.NotFound || body.Contains("<div id=\"app\">", StringComparison.Ordinal), $"{answer.StatusCode}: {body}");
    }

    [Fact]
    public async Task A_link_or_a_pipe_where_a_log_was_is_not_opened()
    {
        var run = await _page.RunAsync("exp");
        var log = _vigil.State("outputs/exp").Runs["exp"].LastAttempt!.Log!;
        Assert.Contains("a line", Encoding.UTF8.GetString(await _page.BytesAsync($"{run}/log")), StringComparison.Ordinal);

        File.Delete(log);
        File.CreateSymbolicLink(log, "/etc/passwd");
        Assert.Equal(HttpStatusCode.NotFound, await _page.StatusAsync($"{run}/log"));
        File.Delete(log);
        Shell.Run("/", "mkfifo", log);
        Assert.Equal(HttpStatusCode.NotFound, await _page.StatusAsync($"{run}/log/tail"));
    }

    [Fact]
    public async Task With_read_only_the_acting_link_only_looks()
    {
        await using var page = await ServedPage.StartAsync(_vigil, static o => o with { ReadOnly = true });
        using var answer = await page.SendAsync(page.Request(HttpMethod.Get, "/api/session", page.Tokens.Act));

        Assert.Contains("\"role\":\"view\",\"read_only\":true,\"csrf\":null", await ServedPage.TextAsync(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Below_a_base_path_the_page_and_its_cookie_know_it_whether_a_proxy_takes_it_away_or_not()
    {
        await using var page = await ServedPage.StartAsync(_vigil, static o => o with { BasePath = "/user/ada/" });

        Assert.Contains("<meta name=\"vigil-base\" content=\"/user/ada/\">", await page.GetAsync("/user/ada/"), StringComparison.Ordinal);
        Assert.Contains("\"total\":1", await page.GetAsync("/user/ada/api/runs"), StringComparison.Ordinal);
        Assert.Contains("\"total\":1", await page.GetAsync("/api/runs"), StringComparison.Ordinal);
        using var answer = await page.StrangerAsync($"/run?token={page.Tokens.View}");
        Assert.Equal("/user/ada/run", answer.Headers.Location!.ToString());
        Assert.Contains("path=/user/ada/", answer.Headers.GetValues("Set-Cookie").Single(), StringComparison.OrdinalIgnoreCase);
    }

    private async Task<(HttpStatusCode Status, string Body)> Act(string path, HttpMethod method, string? body, string? csrf, string? origin = null, string? token = null)
    {
        using var request = _page.Request(method, path, token ?? _page.Tokens.Act);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (csrf is not null) request.Headers.Add("X-Vigil-Csrf", csrf);
        if (origin is not null) request.Headers.Add("Origin", origin);
        using var answer = await _page.SendAsync(request);
        return (answer.StatusCode, await ServedPage.TextAsync(answer));
    }
}
