using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vigil.Tests.Notifying;

/// <summary>A server on this machine that speaks as a test tells it to.</summary>
internal sealed class TinyServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Stream, StreamReader, Task> _talk;
    private int _connections;

    public TinyServer(Func<Stream, StreamReader, Task> talk)
    {
        _talk = talk;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;
    public int Connections => _connections;
    public Uri Url => new($"http://127.0.0.1:{Port}/hook");

    /// <summary>Requests as they came: head and body.</summary>
    public List<(string Head, string Body)> Requests { get; } = [];

    /// <param name="answer">The status line's end and further headers, for each request in turn; the last one for all that follow.</param>
    public static TinyServer Http(params string[] answers)
    {
        TinyServer? server = null;
        server = new(async (stream, reader) =>
        {
            var (head, length) = (new StringBuilder(), 0);
            while (await reader.ReadLineAsync() is { Length: > 0 } line)
            {
                head.AppendLine(line);
                if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) length = int.Parse(line[15..], System.Globalization.CultureInfo.InvariantCulture);
            }
            if (head.ToString().Contains("chunked", StringComparison.OrdinalIgnoreCase)) throw new InvalidOperationException("a receiver may not know chunks");
            var body = new char[length];   // bytes are characters here: the tests' bodies are ASCII
            await reader.ReadBlockAsync(body);
            int nth;
            lock (server!.Requests)
            {
                server.Requests.Add((head.ToString(), new(body)));
                nth = server.Requests.Count;
            }
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answers[Math.Min(nth, answers.Length) - 1]}\r\nContent-Length: 4\r\nConnection: close\r\n\r\nsaid"));
        });
        return server;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.Latin1);
                try { await _talk(stream, reader); }
                catch (IOException) { continue; }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }
}
