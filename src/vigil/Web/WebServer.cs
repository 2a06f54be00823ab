using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Vigil.Platform;

namespace Vigil.Web;

/// <summary>The web server: who may ask is decided before anything is looked up, and everything that is answered carries the headers that keep it inert.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    private const long LargestRequest = 1 << 20;

    private readonly WebApplication _app;
    private readonly ServeOptions _options;

    private WebServer(WebApplication app, ServeOptions options) => (_app, _options) = (app, options);

    /// <summary>The address that is listened on, without the base path; of a socket its path.</summary>
    public string Address => _options.Socket is { } socket ? $"unix:{socket}" : _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <exception cref="IOException">The place is taken, or may not be listened on.</exception>
    public static async Task<WebServer> StartAsync(ServeOptions options, Gatekeeper gate, WebApi api, CancellationToken stop)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestRequest;
            kestrel.Limits.MaxConcurrentConnections = 1000;
            if (options.Socket is { } socket) kestrel.ListenUnixSocket(socket);
            else kestrel.Listen(options.Address, options.Port);
        });
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var assets = new PageAssets(options.BasePath);
        app.Use(async (http, next) =>
        {
            Harden(http.Response.Headers);
            if (await AdmitAsync(http, gate, assets, options)) await next(http);
        });
        if (options.BasePath.Length > 1) app.UsePathBase(options.BasePath.TrimEnd('/'));
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(15) });
        app.UseRouting();
        api.Map(app);
        app.MapGet("/{**page}", http => http.Request.RouteValues["page"] is string name && assets.Has(name) ? assets.SendAsync(http, name) : assets.SendPageAsync(http));
        if (options.Socket is not null) RemoveDeadSocket(options.Socket);
        try
        {
            await app.StartAsync(stop);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        if (options.Socket is not null) File.SetUnixFileMode(options.Socket, AtomicFile.OwnerOnly);
        return new WebServer(app, options);
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }

    private static void Harden(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }

    /// <returns>Whether the request goes on; else it has its answer.</returns>
    private static async Task<bool> AdmitAsync(HttpContext http, Gatekeeper gate, PageAssets assets, ServeOptions options)
    {
        var request = http.Request;
        if (options.Socket is null && !gate.KnowsHost(request.Host))
        {
            await Answer.ProblemAsync(http, StatusCodes.Status421MisdirectedRequest, $"'{request.Host.Host}' is not a name of this page", remedy: "open it by localhost or 127.0.0.1, or start it with --host NAME");
            return false;
        }
        if (HttpMethods.IsGet(request.Method) && request.Query[Gatekeeper.TokenParameter] is [{ } token] && gate.OfToken(token) is not WebRole.None and var admitted)
        {
            gate.Admit(http, admitted);
            // A proxy may have taken the base path away; what stands behind slashes is no other host.
            var path = $"/{(request.Path.Value ?? "").TrimStart('/')}";
            http.Response.Redirect(path.StartsWith(options.BasePath, StringComparison.Ordinal) ? path : $"{options.BasePath}{path[1..]}");
            return false;
        }
        if (gate.RoleOf(request) is WebRole.None)
        {
            if (request.Path.Value?.Contains("/api/", StringComparison.Ordinal) is true || !HttpMethods.IsGet(request.Method)) await Answer.ProblemAsync(http, StatusCodes.Status401Unauthorized, "this page is closed to whoever has no token", remedy: "open the link that vigil serve printed");
            else await assets.SendClosedAsync(http);
            return false;
        }
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return !http.WebSockets.IsWebSocketRequest && !IsUpgrade(request) || await FromHereAsync(http);
        return await FromHereAsync(http) && await MayActAsync(http, gate);
    }

    private static bool IsUpgrade(HttpRequest request) => request.Headers.Upgrade.Count > 0;

    private static async Task<bool> FromHereAsync(HttpContext http)
    {
        if (Gatekeeper.IsSameOrigin(http.Request)) return true;
        await Answer.ProblemAsync(http, StatusCodes.Status403Forbidden, "another site asked for this, not the page itself");
        return false;
    }

    private static async Task<bool> MayActAsync(HttpContext http, Gatekeeper gate)
    {
        if (gate.RoleOf(http.Request) is not WebRole.Act) await Answer.ProblemAsync(http, StatusCodes.Status403Forbidden, "this link is for looking only", remedy: "to act, open the link that vigil serve --act prints");
        else if (!gate.MayChange(http.Request)) await Answer.ProblemAsync(http, StatusCodes.Status403Forbidden, $"the header {Gatekeeper.CsrfHeader} is missing or old", remedy: "load the page again");
        else return true;
        return false;
    }

    /// <summary>One that nobody listens on is left from a server that was killed.</summary>
    private static void RemoveDeadSocket(string path)
    {
        if (FileStatus.Of(path) is not { IsRegular: false, IsFolder: false, IsMine: true }) return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            File.Delete(path);
        }
    }
}
