using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Vigil.Web.Runs;

namespace Vigil.Web.Live;

/// <summary>The live stream by three ways: one WebSocket for everything, server-sent events for one topic, and asking again and again.</summary>
internal sealed class LiveApi(Catalogue catalogue, RunApi runs, Tails tails, TimeProvider time)
{
    private const int MostSockets = 300, MostSubscriptions = 50, MostMessage = 16 << 10, Waiting = 32;
    private const string Protocol = "vigil.v1";
    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(5);

    private int _sockets;

    public int Sockets => _sockets;

    public async Task SocketAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            await Answer.ProblemAsync(http, StatusCodes.Status426UpgradeRequired, "this address is for WebSockets");
            return;
        }
        if (Interlocked.Increment(ref _sockets) > MostSockets)
        {
            Interlocked.Decrement(ref _sockets);
            await Answer.ProblemAsync(http, StatusCodes.Status429TooManyRequests, $"{MostSockets} pages are open already", remedy: "close some");
            return;
        }
        try
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync(http.WebSockets.WebSocketRequestedProtocols.Contains(Protocol) ? Protocol : null);
            await ServeAsync(socket, http.RequestAborted);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // The page has gone.
        }
        finally
        {
            Interlocked.Decrement(ref _sockets);
        }
    }

    private async Task ServeAsync(WebSocket socket, CancellationToken aborted)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        var frames = Channel.CreateBounded<Frame>(new BoundedChannelOptions(Waiting) { SingleReader = true });
        var topics = new ConcurrentDictionary<int, (CancellationTokenSource Stop, LogFeed? Log)>();
        Task Send(Frame frame, CancellationToken token) => frames.Writer.WriteAsync(frame, token).AsTask();
        var writing = WriteAsync(socket, frames.Reader, stop.Token);
        var beating = BeatAsync(Send, stop.Token);
        try
        {
            while (await ReceiveAsync(socket, stop.Token) is { } asked)
            {
                if (asked.Op is "sub" && topics.Count < MostSubscriptions) Begin(asked, topics, Send, stop.Token);
                else if (asked.Op is "sub") await Send(new Frame.Trouble(asked.Id, $"{MostSubscriptions} topics at a time"), stop.Token);
                else if (asked.Op is "unsub" && topics.TryRemove(asked.Id, out var ended)) ended.Stop.Cancel();
                else if (asked.Op is "ack" && topics.TryGetValue(asked.Id, out var topic)) topic.Log?.Ack(asked.Offset);
                else if (asked.Op is "ping") await Send(new Frame.Beat(time.GetLocalNow()), stop.Token);
            }
        }
        finally
        {
            stop.Cancel();
            await QuietlyAsync(Task.WhenAll(writing, beating));
            foreach (var (_, topic) in topics) topic.Stop.Dispose();
        }
    }

    private void Begin(Asked asked, ConcurrentDictionary<int, (CancellationTokenSource Stop, LogFeed? Log)> topics, Func<Frame, CancellationToken, Task> send, CancellationToken stop)
    {
        if (topics.TryRemove(asked.Id, out var before)) before.Stop.Cancel();
        var own = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var log = asked is { Topic: "log", Run: { } run } ? new LogFeed(asked.Id, run, tails, runs, send) : null;
        topics[asked.Id] = (own, log);
        _ = QuietlyAsync(RunAsync(asked, log, send, own.Token));
    }

    private Task RunAsync(Asked asked, LogFeed? log, Func<Frame, CancellationToken, Task> send, CancellationToken stop) => asked switch
    {
        { Topic: "log" } when log is not null => log.RunAsync(asked.Attempt ?? "", asked.Generation, Math.Max(0, asked.Offset), stop),
        { Topic: "run", Run: { } run } => new Watching(catalogue, runs).RunAsync(asked.Id, run, send, stop),
        { Topic: "overview" } => new Watching(catalogue, runs).PageAsync(asked.Id, asked.Query ?? "", send, stop),
        _ => send(new Frame.Trouble(asked.Id, "there is no such topic: overview, run, log"), stop),
    };

    private async Task BeatAsync(Func<Frame, CancellationToken, Task> send, CancellationToken stop)
    {
        while (true)
        {
            await send(new Frame.Beat(time.GetLocalNow()), stop);
            await Task.Delay(BeatEvery, time, stop);
        }
    }

    private static async Task WriteAsync(WebSocket socket, ChannelReader<Frame> frames, CancellationToken stop)
    {
        await foreach (var frame in frames.ReadAllAsync(stop))
            await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(frame, WebJson.Plain.Frame), WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, stop);
    }

    /// <summary>Null: the page has closed, or says what no page of ours says.</summary>
    private static async Task<Asked?> ReceiveAsync(WebSocket socket, CancellationToken stop)
    {
        var buffer = new byte[MostMessage];
        var length = 0;
        while (length < buffer.Length)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(length), stop);
            if (received.MessageType is not WebSocketMessageType.Text) return null;
            length += received.Count;
            if (received.EndOfMessage) return Read(buffer.AsSpan(0, length));
        }
        return null;
    }

    private static Asked? Read(ReadOnlySpan<byte> message)
    {
        try
        {
            return JsonSerializer.Deserialize(message, WebJson.Plain.Asked);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>One topic: what is asked for stands in the address. Each frame of a log carries its place as its id, and a browser that comes back names the last one.</summary>
    public async Task EventsAsync(HttpContext http)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        var asked = OfQuery(http.Request);
        using var one = new SemaphoreSlim(1);
        LogFeed? log = null;
        async Task SendAsync(Frame frame, CancellationToken stop)
        {
            var text = new StringBuilder();
            if (frame is Frame.Data data) text.Append("id: ").Append(data.Attempt).Append(':').Append(data.Generation).Append(':').Append(data.Offset + data.Length).Append('\n');
            text.Append("data: ").Append(JsonSerializer.Serialize(frame, WebJson.Plain.Frame)).Append("\n\n");
            await one.WaitAsync(stop);
            try
            {
                await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), stop);
                await http.Response.Body.FlushAsync(stop);
            }
            finally
            {
                one.Release();
            }
            // What the way has taken is on its way: TCP itself slows who does not read.
            if (frame is Frame.Data taken) log?.Ack(taken.Offset + taken.Length);
        }
        if (asked is { Topic: "log", Run: { } run }) log = new LogFeed(asked.Id, run, tails, runs, SendAsync);
        await QuietlyAsync(Task.WhenAny(RunAsync(asked, log, SendAsync, http.RequestAborted), BeatAsync(SendAsync, http.RequestAborted)).Unwrap());
    }

    /// <summary>What there is now of one topic.</summary>
    public async Task PollAsync(HttpContext http)
    {
        var asked = OfQuery(http.Request);
        List<Frame> frames = [];
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        enough.CancelAfter(TimeSpan.FromMilliseconds(300));
        LogFeed? log = null;
        Task Take(Frame frame, CancellationToken stop)
        {
            lock (frames) frames.Add(frame);
            if (frame is Frame.Data data && data.Offset + data.Length - asked.Offset > 1 << 20) enough.Cancel();
            if (frame is Frame.Data taken) log?.Ack(taken.Offset + taken.Length);
            if (frame is Frame.Page or Frame.Run) enough.Cancel();
            return Task.CompletedTask;
        }
        if (asked is { Topic: "log", Run: { } run }) log = new LogFeed(asked.Id, run, tails, runs, Take);
        await QuietlyAsync(RunAsync(asked, log, Take, enough.Token));
        lock (frames) frames.Add(new Frame.Beat(time.GetLocalNow()));
        await Answer.JsonAsync(http, new PollAnswer(frames), WebJson.Plain.PollAnswer);
    }

    private static Asked OfQuery(HttpRequest request)
    {
        string? Text(string name) => request.Query[name];
        var last = request.Headers["Last-Event-ID"] is [{ } id] ? id.Split(':') : null;
        var asked = new Asked("sub", int.TryParse(Text("id"), out var number) ? number : 0, Text("topic"), Text("query"), Text("run"), Text("attempt"), Text("generation"), long.TryParse(Text("offset"), out var offset) ? offset : 0);
        return last is [var attempt, var generation, var place] && long.TryParse(place, out var from) ? asked with { Attempt = attempt, Generation = generation, Offset = from } : asked;
    }

    private static async Task QuietlyAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException or ChannelClosedException or ObjectDisposedException)
        {
            // Whoever looked has gone.
        }
    }
}

internal sealed record PollAnswer(List<Frame> Frames);
