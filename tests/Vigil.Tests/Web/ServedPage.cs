using System.Net;
using System.Text.Json;
using Vigil.Cli;
using Vigil.Tests.Cli;
using Vigil.Web;
using Vigil.Web.Runs;

namespace Vigil.Tests.Web;

/// <summary>A page served over a folder of its own, in this process.</summary>
public sealed class ServedPage : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly WebServer _server;
    private readonly Task _reading;
    private readonly Catalogue _catalogue;
    private readonly HttpClientHandler _handler = new() { AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.All };

    private ServedPage(WebServer server, WebTokens tokens, Catalogue catalogue)
    {
        (_server, Tokens, _catalogue) = (server, tokens, catalogue);
        _reading = Task.Run(() => catalogue.RunAsync(_stop.Token));
        Client = new(_handler) { BaseAddress = new(server.Address), Timeout = TimeSpan.FromSeconds(30) };
    }

    internal WebTokens Tokens { get; }

    public string Address => _server.Address;

    /// <summary>Has no token of its own, and follows nothing.</summary>
    public HttpClient Client { get; }

    internal static async Task<ServedPage> StartAsync(CommandLine vigil, Func<ServeOptions, ServeOptions>? change = null)
    {
        var context = Some.Context(vigil.Folder);
        var options = new ServeOptions { Port = 0 };
        options = change?.Invoke(options) ?? options;
        var tokens = WebTokens.OpenOrMake(null);
        var catalogue = new Catalogue(context, vigil.Folder);
        catalogue.Read();
        var gate = new Gatekeeper(tokens, "vigil-test", options);
        return new(await WebServer.StartAsync(options, gate, ServeCommand.Api(context, catalogue, gate, options, CommandLine.Program, vigil.Environment()), CancellationToken.None), tokens, catalogue);
    }

    public HttpRequestMessage Request(HttpMethod method, string path, string? token = null)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new("Bearer", token ?? Tokens.View);
        return request;
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => Client.SendAsync(request, TestContext.Current.CancellationToken);

    public static Task<string> TextAsync(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    /// <summary>What somebody gets who has no token.</summary>
    public Task<HttpResponseMessage> StrangerAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public async Task<string> GetAsync(string path)
    {
        using var answer = await SendAsync(Request(HttpMethod.Get, path));
        return await TextAsync(answer);
    }

    public async Task<byte[]> BytesAsync(string path)
    {
        using var answer = await SendAsync(Request(HttpMethod.Get, path));
        return await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    public async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await SendAsync(Request(HttpMethod.Get, path));
        return answer.StatusCode;
    }

    public async Task<JsonElement> JsonAsync(string path) => JsonDocument.Parse(await GetAsync(path)).RootElement;

    /// <summary>The address of a run's part of the API.</summary>
    public async Task<string> RunAsync(string name)
    {
        var rows = (await JsonAsync("/api/runs")).GetProperty("rows");
        return $"/api/runs/{rows.EnumerateArray().Single(r => r.GetProperty("name").GetString() == name).GetProperty("id").GetString()}";
    }

    public void Look() => _catalogue.Read();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        Client.Dispose();
        _handler.Dispose();
        await _server.DisposeAsync();
        _stop.Dispose();
    }
}
