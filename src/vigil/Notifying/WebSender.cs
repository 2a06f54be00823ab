using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Vigil.Monitoring;

namespace Vigil.Notifying;

/// <summary>Posts messages. It follows no redirect, keeps no cookies and asks no proxy: where a message goes is what the configuration says.</summary>
internal sealed class WebSender(GuardedConnection connection, TimeProvider time) : IDisposable
{
    private const int MostOfAnswer = 200;

    /// <summary>What a receiver may ask for at most: a wish for a year of silence is a mistake.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        MaxResponseHeadersLength = 32,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),   // a name is looked up again after that
        ConnectCallback = async (context, stop) => new NetworkStream(await connection.OpenAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, stop), ownsSocket: true),
    })
    {
        Timeout = System.Threading.Timeout.InfiniteTimeSpan,   // each channel has its own
    };

    public async Task<SendOutcome> PostAsync(Uri url, ImmutableSortedDictionary<string, string> headers, string id, ReadOnlyMemory<byte> body, TimeSpan limit, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.TryAddWithoutValidation("User-Agent", "vigil");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", id);
        foreach (var (name, value) in headers)
            if (value.Any(char.IsControl)) return new SendOutcome.Refused($"the header {name} holds a line break or another control character", Retry.Never);
            else if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content.Headers.TryAddWithoutValidation(name, value);
        using var enough = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, enough.Token);
        try
        {
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return Judge(url, answer, await BeginningAsync(answer, either.Token));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new SendOutcome.Refused($"{url.Host} gave no answer within {limit.TotalSeconds:0.#} s", Retry.Later);
        }
        catch (HttpRequestException refusal) when (refusal.InnerException is ForbiddenAddressException forbidden)
        {
            return new SendOutcome.Refused(forbidden.Message, Retry.Never);
        }
        catch (Exception refusal) when (refusal is HttpRequestException or IOException)
        {
            return new SendOutcome.Refused($"{url.Host} cannot be reached: {Reason(refusal)}", Retry.Later);
        }
    }

    public void Dispose() => _client.Dispose();

    private SendOutcome Judge(Uri url, HttpResponseMessage answer, string text)
    {
        var code = string.Create(CultureInfo.InvariantCulture, $"{url.Host} answered {(int)answer.StatusCode}");
        var said = text.Length > 0 ? $"{code}: {text}" : code;
        return (int)answer.StatusCode switch
        {
            >= 200 and < 300 => new SendOutcome.Sent(code),
            >= 300 and < 400 => new SendOutcome.Refused($"{code}, which leads elsewhere{(answer.Headers.Location is { IsAbsoluteUri: true } there ? $" ({there.Host})" : "")}, and redirects are not followed: give the address itself", Retry.Never),
            408 or 425 or 429 or >= 500 => Later(said, answer.Headers.RetryAfter),
            _ => new SendOutcome.Refused(said, Retry.Never),
        };
    }

    private SendOutcome.Refused Later(string said, RetryConditionHeaderValue? after)
    {
        var wait = after switch { { Delta: { } delta } => delta, { Date: { } date } => date - time.GetUtcNow(), _ => (TimeSpan?)null };
        if (wait is not { } asked || asked <= TimeSpan.Zero) return new(said, Retry.Later);
        if (asked > LongestWait) asked = LongestWait;
        return new(string.Create(CultureInfo.InvariantCulture, $"{said}; it wants nothing for {Math.Ceiling(asked.TotalSeconds)} s"), Retry.Later, asked);
    }

    /// <summary>What the answer begins with: receivers say there what they dislike.</summary>
    private static async Task<string> BeginningAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        var bytes = new byte[MostOfAnswer];
        await using var stream = await answer.Content.ReadAsStreamAsync(stop);
        var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, stop);
        return SafeText.Line(Encoding.UTF8.GetString(bytes, 0, read));
    }

    private static string Reason(Exception refusal) => refusal is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: { } inner } ? inner.Message : refusal.Message;
}
