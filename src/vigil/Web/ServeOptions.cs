using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Vigil.Web;

/// <summary>Where and to whom the page is shown.</summary>
internal sealed record ServeOptions
{
    public const int UsualPort = 8787;

    /// <summary>The socket's path; null: it is listened on <see cref="Address"/>.</summary>
    public string? Socket { get; init; }

    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0: any free one.</summary>
    public int Port { get; init; } = UsualPort;

    /// <summary>Begins and ends with a slash.</summary>
    public string BasePath { get; init; } = "/";

    /// <summary>Names besides those of the loopback under which a proxy asks.</summary>
    public ImmutableArray<string> Hosts { get; init; } = [];

    public bool ReadOnly { get; init; }

    /// <summary>Null, with a sentence, when it names no place to listen.</summary>
    /// <param name="listen"><c>8787</c>, <c>127.0.0.1:8787</c>, <c>[::1]:0</c>, <c>unix:/path</c>; null: the usual one.</param>
    public static ServeOptions? TryRead(string? listen, string? basePath, ImmutableArray<string> hosts, bool readOnly, out string problem)
    {
        problem = "";
        var options = new ServeOptions { BasePath = Slashed(basePath ?? "/"), Hosts = hosts, ReadOnly = readOnly };
        if (options.BasePath.Any(static c => !char.IsAsciiLetterOrDigit(c) && !"/-_.~%".Contains(c, StringComparison.Ordinal))) problem = $"--base-path '{basePath}' is no path of an address: letters, digits and / - _ . ~ only";
        else if (listen is null) return options;
        else if (listen.StartsWith("unix:/", StringComparison.Ordinal)) return options with { Socket = listen["unix:".Length..] };
        else if (int.TryParse(listen, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort) return options with { Port = port };
        else if (IPEndPoint.TryParse(listen.Replace("localhost:", "127.0.0.1:", StringComparison.Ordinal), out var place)) return options with { Address = place.Address, Port = listen.EndsWith($":{place.Port}", StringComparison.Ordinal) ? place.Port : UsualPort };
        else problem = $"--listen '{listen}' is no place to listen: 8787, 127.0.0.1:8787, [::1]:8787 or unix:/PATH";
        return null;
    }

    private static string Slashed(string path) => path.Trim('/') is { Length: > 0 } inner ? $"/{inner}/" : "/";
}
