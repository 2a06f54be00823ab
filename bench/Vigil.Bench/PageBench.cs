using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Vigil.Cli;
using Vigil.Web;
using Vigil.Web.Runs;

namespace Vigil.Bench;

/// <summary>The page over ten thousand runs, a log of 1 GB, and many who look at one log: all by HTTP on the loopback, as a browser asks.</summary>
internal static class PageBench
{
    private const int Runs = 10_000, Viewers = 200, LinesPerSecond = 100;
    private const long LargeLog = 1L << 30;

    private static readonly CompositeFormat Line = CompositeFormat.Parse(" iteration {0,8}/ 1000000 | consumed samples: {1,12} | elapsed time per iteration (ms): 812.3 | learning rate: 3.000000E-04 | lm loss: 2.{2:000000}E+00 | grad norm: 0.{3:000} |\n");

    public static async Task RunAsync(string scratch)
    {
        var root = Path.Combine(scratch, "page");
        string[] logs = [.. Enumerable.Range(0, Runs).Select(i => Path.Combine(root, "logs", string.Create(CultureInfo.InvariantCulture, $"{i}.log")))];
        Directory.CreateDirectory(Path.Combine(root, "logs"));
        for (var i = 1; i < Runs; i++) await File.WriteAllTextAsync(logs[i], Lines(1, 5));
        WriteLarge(logs[0]);
        WatchedRuns.Create(root, logs, []);
        await MeasureAsync(root, logs);
        Directory.Delete(root, recursive: true);
    }

    private static async Task MeasureAsync(string root, string[] logs)
    {
        var context = new CliContext { Out = TextWriter.Null, OutBytes = Stream.Null, Talk = TextWriter.Null, IsTerminal = false, CanAsk = false, CurrentFolder = root, Environment = static _ => null, Time = TimeProvider.System };
        var (began, options, tokens) = (Stopwatch.GetTimestamp(), new ServeOptions { Port = 0 }, WebTokens.OpenOrMake(null));
        var catalogue = new Catalogue(context, root);
        var gate = new Gatekeeper(tokens, "vigil-bench", options);
        await using var server = await WebServer.StartAsync(options, gate, ServeCommand.Api(context, catalogue, gate, options, ""), CancellationToken.None);
        Row.Print("serve: listening", Row.Text(Stopwatch.GetElapsedTime(began)), "", "", "reach: <= 1 s");
        catalogue.Read();
        Row.Print(string.Create(CultureInfo.InvariantCulture, $"serve: {Runs} runs catalogued"), Row.Text(Stopwatch.GetElapsedTime(began)), "", "", "reach: <= 5 s");
        using var client = new HttpClient { BaseAddress = new(server.Address) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", tokens.View);
        client.DefaultRequestHeaders.AcceptEncoding.Add(new("gzip"));
        Row.Print("a further look at all of them", Row.Text(Row.Median(5, catalogue.Read)), "", "", "every second");
        var bytes = (await client.GetByteArrayAsync(new Uri("/api/runs?limit=200", UriKind.Relative))).Length;
        Row.Print("overview of them", Row.Text(Row.Median(7, () => Get(client, "/api/runs?limit=200"))), string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0} KB gzip"), "", "reach: <= 200 ms, <= 100 KB");
        Row.Print("filter of them", Row.Text(Row.Median(7, () => Get(client, "/api/runs?limit=200&q=state:running+step%3E3"))), "", "", "reach: <= 100 ms");
        var run = $"/api/runs/{catalogue.Experiments[0].Rows[0].Id}";
        Row.Print("tail of a log of 1 GB", Row.Text(Row.Median(5, () => Get(client, $"{run}/log/tail?lines=100"))), "", "", "reach: <= 300 ms");
        Row.Print("jump to its middle", Row.Text(Row.Median(5, () => Get(client, string.Create(CultureInfo.InvariantCulture, $"{run}/log/lines?offset={LargeLog / 2}&after=100")))), "", "", "reach: <= 200 ms");
        await SearchAsync(client, $"{run}/log/search?regex=1&q={Uri.EscapeDataString("lm loss: 2\\.00000[1-3]E")}", "regex with a literal over 1 GB", "reach: <= 2 s, first <= 300 ms");
        await SearchAsync(client, $"{run}/log/search?regex=1&q={Uri.EscapeDataString("[3-9]{7}/ [0-9]+ \\| .* 0\\.99[0-9] ")}", "regex without one over 1 GB", "reach: <= 6 s, first <= 300 ms");
        await WatchersAsync(server.Address, tokens.View, catalogue, logs[1]);
    }

    private static void Get(HttpClient client, string path)
    {
        using var answer = client.Send(new HttpRequestMessage(HttpMethod.Get, path));
        answer.EnsureSuccessStatusCode();
        using var body = answer.Content.ReadAsStream();
        body.CopyTo(Stream.Null);
    }

    private static async Task SearchAsync(HttpClient client, string path, string measure, string reach)
    {
        var began = Stopwatch.GetTimestamp();
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        TimeSpan? first = null;
        var hits = 0;
        while (await lines.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("{\"hit\"", StringComparison.Ordinal)) continue;
            first ??= Stopwatch.GetElapsedTime(began);
            hits++;
        }
        Row.Print(measure, Row.Text(Stopwatch.GetElapsedTime(began)), string.Create(CultureInfo.InvariantCulture, $"{hits} hits, the first after {(first is { } f ? Row.Text(f) : "-")}"), "", reach);
    }

    /// <summary>Many pages follow one log; each line says when it was written.</summary>
    private static async Task WatchersAsync(string address, string token, Catalogue catalogue, string log)
    {
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(() => catalogue.RunAsync(stop.Token));
        var ages = new List<double>();
        var run = catalogue.Experiments[0].Rows[1].Id;
        var pages = Enumerable.Range(0, Viewers).Select(i => FollowAsync(address, token, run, i == 0 ? ages : null, stop.Token)).ToArray();
        await Task.Delay(TimeSpan.FromSeconds(3));
        var (cpu, began) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        await using (var file = new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
            for (var i = 0; i < 15 * LinesPerSecond; i++)
            {
                await file.WriteAsync(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"at={Stopwatch.GetTimestamp()} iteration {i}\n")));
                await file.FlushAsync();
                await Task.Delay(1000 / LinesPerSecond);
            }
        var share = (Environment.CpuUsage.TotalTime - cpu) / Stopwatch.GetElapsedTime(began);
        await Task.Delay(TimeSpan.FromSeconds(1));
        await stop.CancelAsync();
        await Task.WhenAll([.. pages, reading]);
        ages.Sort();
        Row.Print("line printed, in the page", string.Create(CultureInfo.InvariantCulture, $"p50 {ages[ages.Count / 2]:0} ms, p95 {ages[ages.Count * 95 / 100]:0} ms"), string.Create(CultureInfo.InvariantCulture, $"{ages.Count} lines"), "", "reach: p95 <= 500 ms");
        Row.Print(string.Create(CultureInfo.InvariantCulture, $"{Viewers} pages on one log, both ends"), string.Create(CultureInfo.InvariantCulture, $"{share * 100:0} % of a core"), string.Create(CultureInfo.InvariantCulture, $"{Environment.WorkingSet >> 20} MB"), "", "reach: < 100 %, < 150 MB");
    }

    private static async Task FollowAsync(string address, string token, string run, List<double>? ages, CancellationToken stop)
    {
        try
        {
            using var socket = new ClientWebSocket();
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
            await socket.ConnectAsync(new Uri($"{address.Replace("http:", "ws:", StringComparison.Ordinal)}/ws"), stop);
            await socket.SendAsync(Encoding.UTF8.GetBytes($$"""{"op":"sub","id":1,"topic":"log","run":"{{run}}","attempt":"","generation":"","offset":0}"""), WebSocketMessageType.Text, endOfMessage: true, stop);
            var (buffer, length) = (new byte[256 << 10], 0);
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(length), stop);
                length += received.Count;
                if (!received.EndOfMessage) continue;
                if (Data(buffer.AsSpan(0, length)) is var (text, end))
                {
                    if (ages is not null) Take(text, ages);
                    await socket.SendAsync(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"op":"ack","id":1,"offset":{{end}}}""")), WebSocketMessageType.Text, endOfMessage: true, stop);
                }
                length = 0;
            }
        }
        catch (OperationCanceledException)
        {
            // The measure is over.
        }
    }

    private static (string Text, long End)? Data(ReadOnlySpan<byte> frame)
    {
        using var json = JsonDocument.Parse(frame.ToArray());
        return json.RootElement.GetProperty("t").GetString() == "data" ? (json.RootElement.GetProperty("text").GetString() ?? "", json.RootElement.GetProperty("offset").GetInt64() + json.RootElement.GetProperty("length").GetInt64()) : null;
    }

    private static void Take(string text, List<double> ages)
    {
        foreach (var line in text.Split('\n'))
            if (line.StartsWith("at=", StringComparison.Ordinal) && line.IndexOf(' ', StringComparison.Ordinal) is > 0 and var end && long.TryParse(line.AsSpan(3, end - 3), NumberStyles.None, CultureInfo.InvariantCulture, out var written))
                ages.Add(Stopwatch.GetElapsedTime(written).TotalMilliseconds);
    }

    private static string Lines(int from, int count) => string.Concat(Enumerable.Range(from, count).Select(static i => string.Format(CultureInfo.InvariantCulture, Line, i, i * 512L, i % 999_983, i % 1000)));

    private static void WriteLarge(string path)
    {
        using var file = File.Create(path);
        for (var i = 1; file.Length < LargeLog; i += 1000) file.Write(Encoding.UTF8.GetBytes(Lines(i, 1000)));
    }
}
