using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Vigil.Web;

/// <summary>Who is let in. Every request is asked: on a shared login node others reach the same loopback.</summary>
/// <param name="name">Of the cookie: pages of several servers on one host must not take each other's.</param>
internal sealed class Gatekeeper(WebTokens tokens, string name, ServeOptions options)
{
    public const string CsrfHeader = "X-Vigil-Csrf", TokenParameter = "token";

    private readonly byte[] _key = SHA256.HashData(Encoding.ASCII.GetBytes($"{tokens.View} {tokens.Act}"));

    /// <summary>By cookie, or by <c>Authorization: Bearer TOKEN</c> of a program.</summary>
    public WebRole RoleOf(HttpRequest request)
    {
        if (request.Headers.Authorization is [{ } header] && header.StartsWith("Bearer ", StringComparison.Ordinal)) return Limited(OfToken(header["Bearer ".Length..].Trim()));
        return request.Cookies[name] is not { } cookie ? WebRole.None
            : Same(cookie, CookieOf(WebRole.Act)) ? Limited(WebRole.Act)
            : Same(cookie, CookieOf(WebRole.View)) ? WebRole.View
            : WebRole.None;
    }

    public WebRole OfToken(string token) => Same(token, tokens.Act) ? WebRole.Act : Same(token, tokens.View) ? WebRole.View : WebRole.None;

    /// <summary>Gives a browser the cookie that stands for its token, so that the token leaves the address bar at once.</summary>
    public void Admit(HttpContext http, WebRole role) => http.Response.Cookies.Append(name, CookieOf(role), new CookieOptions
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Path = options.BasePath,
        MaxAge = TimeSpan.FromDays(30),
        IsEssential = true,
    });

    public string? CsrfOf(WebRole role) => role is WebRole.Act ? Sign("csrf") : null;

    /// <summary>A request that changes something: from our own page, which alone can know the word and send the header.</summary>
    public bool MayChange(HttpRequest request) =>
        IsSameOrigin(request) && request.Headers[CsrfHeader] is [{ } word] && Same(word, Sign("csrf"));

    /// <summary>A browser says where a page came from with every POST and WebSocket; what says nothing is no browser.</summary>
    public static bool IsSameOrigin(HttpRequest request) =>
        request.Headers.Origin is not [{ Length: > 0 } origin] || Uri.TryCreate(origin, UriKind.Absolute, out var from) && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);

    /// <summary>Names of this machine's loopback with any port (<c>ssh -L</c> chooses another one), the address that is listened on, and what the user allows: no foreign name can be made to lead here.</summary>
    public bool KnowsHost(HostString host)
    {
        var asked = host.Host.Trim('[', ']');
        return asked.Length > 0 && (asked.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(asked, out var address) && (IPAddress.IsLoopback(address) || address.Equals(options.Address))
            || options.Hosts.Contains(asked, StringComparer.OrdinalIgnoreCase));
    }

    private WebRole Limited(WebRole role) => role is WebRole.Act && options.ReadOnly ? WebRole.View : role;

    private string CookieOf(WebRole role) => Sign(role is WebRole.Act ? "act" : "view");

    private string Sign(string what) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(what)));

    private static bool Same(string given, string right) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(right));
}
