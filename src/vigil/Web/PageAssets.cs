using System.Collections.Frozen;
using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Vigil.Web;

/// <summary>Script and style of the page, as they lie in the program itself.</summary>
internal sealed class PageAssets
{
    private const string Prefix = "web/";

    private readonly FrozenDictionary<string, (byte[] Bytes, string Type, string Hash)> _files;
    private readonly byte[] _page, _closed;

    public PageAssets(string basePath)
    {
        _files = Names().ToFrozenDictionary(static n => n[Prefix.Length..], static n => Read(n));
        var root = WebUtility.HtmlEncode(basePath);
        _page = Encoding.UTF8.GetBytes($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="dark light">
            <meta name="vigil-base" content="{root}">
            <title>Vigil</title>
            <link rel="stylesheet" href="{root}app.css?{HashOf("app.css")}">
            <script type="module" src="{root}app.js?{HashOf("app.js")}"></script>
            </head>
            <body><div id="app"></div><noscript>This page needs JavaScript. The same from a shell: vigil status, vigil logs, vigil events.</noscript></body>
            </html>

            """);
        _closed = Encoding.UTF8.GetBytes("""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Vigil</title></head>
            <body><h1>This page is closed</h1>
            <p>It is opened by the link that <code>vigil serve</code> printed, token and all. To print it again: <code>vigil serve --links</code>, as the same user, with the same folder.</p>
            </body></html>

            """);
    }

    public bool Has(string name) => _files.ContainsKey(name);

    public Task SendAsync(HttpContext http, string name)
    {
        var (bytes, type, hash) = _files[name];
        // Its address holds its hash: what is at the address never changes.
        if (http.Request.QueryString.Value == $"?{hash}") http.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        return Answer.BytesAsync(http, bytes, type);
    }

    public Task SendPageAsync(HttpContext http) => Answer.BytesAsync(http, _page, "text/html; charset=utf-8");

    public Task SendClosedAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Answer.BytesAsync(http, _closed, "text/html; charset=utf-8");
    }

    private static IEnumerable<string> Names() => Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(static n => n.StartsWith(Prefix, StringComparison.Ordinal));

    private string HashOf(string name) => _files.TryGetValue(name, out var file) ? file.Hash : "";

    private static (byte[] Bytes, string Type, string Hash) Read(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        var content = bytes.ToArray();
        return (content, resource.EndsWith(".css", StringComparison.Ordinal) ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8", Convert.ToHexStringLower(SHA256.HashData(content))[..12]);
    }
}
