using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Vigil.Web;

/// <summary>What is answered when something cannot be.</summary>
/// <param name="Field">Of the request, where one is to blame.</param>
internal sealed record Problem([property: System.Text.Json.Serialization.JsonPropertyName("problem")] string Text, string? Field, string? Remedy);

/// <summary>Answers of the API: JSON, compressed where it is worth it and the other side understands.</summary>
internal static class Answer
{
    private const int WorthCompressing = 2048;

    public static Task JsonAsync<T>(HttpContext http, T value, JsonTypeInfo<T> type) => BytesAsync(http, JsonSerializer.SerializeToUtf8Bytes(value, type), "application/json");

    public static Task ProblemAsync(HttpContext http, int status, string problem, string? field = null, string? remedy = null)
    {
        http.Response.StatusCode = status;
        return JsonAsync(http, new Problem(problem, field, remedy), WebJson.Plain.Problem);
    }

    public static Task NotFoundAsync(HttpContext http, string what) => ProblemAsync(http, StatusCodes.Status404NotFound, what);

    public static async Task BytesAsync(HttpContext http, byte[] bytes, string type)
    {
        http.Response.ContentType = type;
        if (bytes.Length < WorthCompressing || !TakesGzip(http.Request))
        {
            http.Response.ContentLength = bytes.Length;
            await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
            return;
        }
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) await gzip.WriteAsync(bytes, http.RequestAborted);
        http.Response.Headers.ContentEncoding = "gzip";
        http.Response.Headers.Vary = "Accept-Encoding";
        http.Response.ContentLength = packed.Length;
        await http.Response.Body.WriteAsync(packed.GetBuffer().AsMemory(0, (int)packed.Length), http.RequestAborted);
    }

    public static bool TakesGzip(HttpRequest request) => request.Headers.AcceptEncoding.Any(static e => e?.Contains("gzip", StringComparison.OrdinalIgnoreCase) is true);
}
