using System.IO.Compression;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Vigil.Tests.Cli;

namespace Vigil.Tests.Web;

/// <summary>A log by its bytes: what the page gets is what stands in the file.</summary>
public sealed class LogPageTests : IAsyncLifetime
{
    private readonly CommandLine _vigil = new();
    private ServedPage _page = null!;
    private string _run = "", _log = "";

    public async ValueTask InitializeAsync()
    {
        _vigil.Write("exp.yaml", "project: {name: exp}\nbackend: {command: \"true\"}\n");
        Assert.Equal(0, _vigil.Run("run", "exp.yaml").ExitCode);
        _log = _vigil.State("outputs/exp").Runs["exp"].LastAttempt!.Log!;
        _page = await ServedPage.StartAsync(_vigil);
        _run = await _page.RunAsync("exp");
    }

    public async ValueTask DisposeAsync()
    {
        await _page.DisposeAsync();
        _vigil.Dispose();
    }

    [Fact]
    public async Task Lines_are_found_from_any_byte_forwards_backwards_at_the_end_and_by_number()
    {
        Log(string.Concat(Enumerable.Range(1, 5000).Select(static i => $"line {i}\n")));
        var place = Encoding.UTF8.GetByteCount(string.Concat(Enumerable.Range(1, 2999).Select(static i => $"line {i}\n")));

        Assert.Equal(["line 4999", "line 5000"], Texts(await _page.JsonAsync($"{_run}/log/tail?lines=2")));
        Assert.Equal(["line 3000", "line 3001"], Texts(await _page.JsonAsync($"{_run}/log/lines?offset={place + 3}&after=2")));
        Assert.Equal(["line 2998", "line 2999"], Texts(await _page.JsonAsync($"{_run}/log/lines?offset={place}&before=2")));
        var byNumber = await _page.JsonAsync($"{_run}/log/line?number=3000&after=1");
        Assert.Equal(("line 3000", place, 3000), (Texts(byNumber)[0], byNumber.GetProperty("from").GetInt32(), byNumber.GetProperty("first_number").GetInt32()));
    }

    [Fact]
    public async Task A_progress_bar_is_one_line_with_its_newest_state_and_each_state_when_it_is_asked_raw()
    {
        Log("begin\nsteps: 1/3\rsteps: 2/3\rsteps: 3/3\nend\n");

        var folded = (await _page.JsonAsync($"{_run}/log/tail")).GetProperty("lines");
        Assert.Equal(("steps: 3/3", 3), (folded[1].GetProperty("text").GetString(), folded[1].GetProperty("states").GetInt32()));
        Assert.Equal(["begin", "steps: 1/3", "steps: 2/3", "steps: 3/3", "end"], Texts(await _page.JsonAsync($"{_run}/log/tail?raw=1")));
    }

    [Fact]
    public async Task A_line_of_a_megabyte_is_cut_and_one_of_a_million_states_shows_its_last()
    {
        Log($"{new string('x', 1 << 20)}\n{string.Concat(Enumerable.Range(1, 100_000).Select(static i => $"step {i}\r"))}\nend\n");

        var lines = (await _page.JsonAsync($"{_run}/log/tail")).GetProperty("lines");

        Assert.Equal((4096, (1 << 20) + 1), (lines[0].GetProperty("text").GetString()!.Length, lines[0].GetProperty("length").GetInt32()));
        Assert.True(lines[0].GetProperty("cut").GetInt32() >= (1 << 20) - 4096);
        Assert.Equal(("step 100000", 100_000), (lines[1].GetProperty("text").GetString(), lines[1].GetProperty("states").GetInt32()));
        Assert.Equal("end", lines[2].GetProperty("text").GetString());
    }

    [Fact]
    public async Task What_is_no_text_is_shown_and_drives_nothing()
    {
        File.WriteAllBytes(_log, [.. "<script>alert(1)</script> "u8, 0xFF, 0xFE, 0, .. " \x1b]52;c;aGk=\a end\n"u8]);

        var text = Texts(await _page.JsonAsync($"{_run}/log/tail"))[0];

        Assert.Equal("<script>alert(1)</script> \\xFF\\xFE \x1b]52;c;aGk=\a end", text);
        using var answer = await _page.SendAsync(_page.Request(HttpMethod.Get, $"{_run}/log/tail"));
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_search_finds_literals_and_patterns_with_the_lines_around_and_says_where()
    {
        Log(string.Concat(Enumerable.Range(1, 1000).Select(static i => i == 500 ? "RuntimeError: CUDA out of memory\n" : $"loss={i}.5\n")));

        var hits = Hits(await _page.GetAsync($"{_run}/log/search?q=CUDA&context=1"));
        Assert.Equal("RuntimeError: CUDA out of memory", hits[0].GetProperty("hit").GetProperty("line").GetProperty("text").GetString());
        Assert.Equal("loss=499.5", hits[0].GetProperty("hit").GetProperty("before")[0].GetProperty("text").GetString());
        Assert.Equal("loss=501.5", hits[0].GetProperty("hit").GetProperty("after")[0].GetProperty("text").GetString());
        Assert.Equal((1, false), (hits[^1].GetProperty("done").GetProperty("hits").GetInt32(), hits[^1].GetProperty("done").GetProperty("cut").GetBoolean()));
        Assert.Equal(10, Hits(await _page.GetAsync($"{_run}/log/search?regex=1&q={Uri.EscapeDataString("^loss=1[0-9]\\.")}"))[^1].GetProperty("done").GetProperty("hits").GetInt32());
        Assert.Equal(1, Hits(await _page.GetAsync($"{_run}/log/search?ignore_case=1&q=cuda"))[^1].GetProperty("done").GetProperty("hits").GetInt32());
        Assert.Equal(0, Hits(await _page.GetAsync($"{_run}/log/search?q=cuda"))[^1].GetProperty("done").GetProperty("hits").GetInt32());
    }

    [Theory]
    [InlineData("q=", "nothing to look for"), InlineData("regex=1&q=(a%2B)%5C1", "q")]
    public async Task What_cannot_be_looked_for_is_a_message_for_the_field(string query, string says)
    {
        using var answer = await _page.SendAsync(_page.Request(HttpMethod.Get, $"{_run}/log/search?{query}"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var body = await ServedPage.TextAsync(answer);
        Assert.Contains("\"field\":\"q\"", body, StringComparison.Ordinal);
        Assert.Contains(says, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_and_warnings_are_marked_where_they_stand()
    {
        Log("fine\nWARNING: slow disk\nerror_rate=0.1\nTraceback (most recent call last):\n  File x\nValueError: bad\n0 errors\n");

        var marks = (await _page.JsonAsync($"{_run}/log/marks")).GetProperty("marks").EnumerateArray().Select(static m => (m.GetProperty("offset").GetInt32(), m.GetProperty("kind").GetString()!)).ToArray();

        Assert.Equal([(5, "warning"), (39, "error"), (83, "error")], marks);
    }

    [Fact]
    public async Task A_download_is_the_file_itself_a_range_of_it_what_matches_or_compressed()
    {
        Log("one\ntwo\nthree\n");

        Assert.Equal("one\ntwo\nthree\n", Encoding.UTF8.GetString(await _page.BytesAsync($"{_run}/log/download")));
        Assert.Equal("two\n", Encoding.UTF8.GetString(await _page.BytesAsync($"{_run}/log/download?from=4&to=8")));
        Assert.Equal("two\nthree\n", Encoding.UTF8.GetString(await _page.BytesAsync($"{_run}/log/download?q=t")));
        using var gzip = new GZipStream(new MemoryStream(await _page.BytesAsync($"{_run}/log/download?gzip=1")), CompressionMode.Decompress);
        using var text = new StreamReader(gzip);
        Assert.Equal("one\ntwo\nthree\n", await text.ReadToEndAsync(TestContext.Current.CancellationToken));
        using var answer = await _page.SendAsync(_page.Request(HttpMethod.Get, $"{_run}/log/download"));
        Assert.Equal("attachment; filename=\"exp.1.log\"", answer.Content.Headers.ContentDisposition!.ToString());
    }

    [Fact]
    public async Task A_place_in_a_file_that_was_written_anew_is_said_to_be_gone()
    {
        Log("the first file\n");
        var before = (await _page.JsonAsync($"{_run}/log/tail")).GetProperty("generation").GetString();
        Assert.Equal(JsonValueKind.Null, (await _page.JsonAsync($"{_run}/log/tail?generation={before}")).GetProperty("moved").ValueKind);

        Log("another one, written over it\n");

        var after = await _page.JsonAsync($"{_run}/log/tail?generation={before}");
        Assert.Contains("written anew", after.GetProperty("moved").GetString(), StringComparison.Ordinal);
        Assert.NotEqual(before, after.GetProperty("generation").GetString());
    }

    [Fact]
    public async Task By_the_socket_come_all_bytes_once_from_where_the_page_stands_and_then_the_end()
    {
        var content = string.Concat(Enumerable.Range(1, 30_000).Select(static i => $"línea {i} ▌▌▌\r{i}\n"));
        Log(content);
        var (bytes, first) = (Encoding.UTF8.GetBytes(content), 12_345);

        using var received = new MemoryStream();
        using var socket = await ConnectAsync();
        await SayAsync(socket, $$"""{"op":"sub","id":7,"topic":"log","run":"{{_run["/api/runs/".Length..]}}","attempt":"","generation":"","offset":{{first}}}""");
        var state = "";
        while (state == "")
        {
            var frame = await HearAsync(socket);
            if (frame.GetProperty("t").GetString() == "end") state = frame.GetProperty("state").GetString()!;
            if (frame.GetProperty("t").GetString() != "data") continue;
            Assert.Equal(first + received.Length, frame.GetProperty("offset").GetInt64());
            received.Write(frame.GetProperty("text") is { ValueKind: JsonValueKind.String } text ? Encoding.UTF8.GetBytes(text.GetString()!) : frame.GetProperty("base64").GetBytesFromBase64());
            await SayAsync(socket, $$"""{"op":"ack","id":7,"offset":{{first + received.Length}}}""");
        }

        Assert.Equal("completed", state);
        Assert.True(bytes.AsSpan(first).SequenceEqual(received.ToArray()));
    }

    [Fact]
    public async Task A_page_that_takes_nothing_is_told_what_it_misses_and_goes_on_at_the_end()
    {
        Log(string.Concat(Enumerable.Range(1, 400_000).Select(static i => $"line {i}\n")));

        using var socket = await ConnectAsync();
        await SayAsync(socket, $$"""{"op":"sub","id":1,"topic":"log","run":"{{_run["/api/runs/".Length..]}}","attempt":"","generation":"","offset":0}""");
        var (position, gap) = (0L, false);
        for (var frame = await HearAsync(socket); frame.GetProperty("t").GetString() != "end"; frame = await HearAsync(socket))
        {
            if (frame.GetProperty("t").GetString() == "gap")
            {
                Assert.Equal((position, "slow"), (frame.GetProperty("from").GetInt64(), frame.GetProperty("why").GetString()));
                (position, gap) = (frame.GetProperty("to").GetInt64(), true);
            }
            if (frame.GetProperty("t").GetString() != "data") continue;
            Assert.Equal(position, frame.GetProperty("offset").GetInt64());
            position += frame.GetProperty("length").GetInt64();
        }

        Assert.True(gap);
        Assert.Equal(new FileInfo(_log).Length, position);
    }

    [Fact]
    public async Task The_same_bytes_come_as_server_sent_events_that_go_on_where_a_browser_stopped_and_by_asking()
    {
        Log("one\rtwo\nthree\n");
        var run = _run["/api/runs/".Length..];

        var events = await _page.GetAsync($"/sse?topic=log&run={run}&id=3");
        Assert.Contains("\"offset\":0,\"length\":14,\"text\":\"one\\rtwo\\nthree\\n\"", events, StringComparison.Ordinal);
        var id = events.Split('\n').Single(static l => l.StartsWith("id: ", StringComparison.Ordinal))["id: ".Length..];
        await File.AppendAllTextAsync(_log, "four\n", TestContext.Current.CancellationToken);
        using var again = _page.Request(HttpMethod.Get, $"/sse?topic=log&run={run}&id=3");
        again.Headers.Add("Last-Event-ID", id);
        using var answer = await _page.SendAsync(again);
        Assert.Contains("\"offset\":14,\"length\":5,\"text\":\"four\\n\"", await ServedPage.TextAsync(answer), StringComparison.Ordinal);

        var frames = (await _page.JsonAsync($"/poll?topic=log&run={run}&offset=8&id=3")).GetProperty("frames").EnumerateArray().ToList();
        Assert.Contains(frames, static f => f.GetProperty("t").GetString() == "data" && f.GetProperty("text").GetString() == "three\nfour\n");
    }

    private void Log(string text) => File.WriteAllText(_log, text);

    private async Task<ClientWebSocket> ConnectAsync()
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {_page.Tokens.View}");
        socket.Options.AddSubProtocol("vigil.v1");
        await socket.ConnectAsync(new Uri($"{_page.Address.Replace("http:", "ws:", StringComparison.Ordinal)}/ws"), TestContext.Current.CancellationToken);
        return socket;
    }

    private static Task SayAsync(ClientWebSocket socket, string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    private static async Task<JsonElement> HearAsync(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var (buffer, length) = (new byte[1 << 20], 0);
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(length), patience.Token);
            length += received.Count;
            if (received.EndOfMessage) return JsonDocument.Parse(buffer.AsMemory(0, length).ToArray()).RootElement;
        }
    }

    private static string[] Texts(JsonElement answer) => [.. answer.GetProperty("lines").EnumerateArray().Select(static l => l.GetProperty("text").GetString()!)];

    private static JsonElement[] Hits(string lines) => [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static l => JsonDocument.Parse(l).RootElement)];
}
