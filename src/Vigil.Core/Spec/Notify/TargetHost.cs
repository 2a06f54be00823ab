using System.Globalization;

namespace Vigil.Spec;

/// <summary>Judges what a literal host says by itself; names are judged again when they are looked up.</summary>
internal static class TargetHost
{
    /// <summary>Names and addresses at which clouds keep a machine's credentials, outside the link-local ranges.</summary>
    private static readonly string[] Metadata = ["metadata.google.internal", "metadata.goog", "fd00:ec2::254", "100.100.100.200", "192.0.0.192"];

    /// <summary>Whether nothing may be sent there: the machine's own link, where metadata with credentials is served.</summary>
    public static bool IsForbidden(string host)
    {
        // A Uri turns every way to write an address (in hex, as one number) into the plain one.
        if (Uri.TryCreate($"http://{(host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[') ? $"[{host}]" : host)}/", UriKind.Absolute, out var uri)) host = uri.IdnHost;
        host = host.Trim('[', ']').TrimEnd('.');
        return host.StartsWith("169.254.", StringComparison.Ordinal) || Metadata.Contains(host, StringComparer.OrdinalIgnoreCase) || IsLinkLocalV6(host);
    }

    private static bool IsLinkLocalV6(string host)
    {
        if (host.StartsWith("::ffff:169.254.", StringComparison.OrdinalIgnoreCase)) return true;
        if (host.IndexOf(':', StringComparison.Ordinal) is not 4 || !int.TryParse(host.AsSpan(0, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var first)) return false;
        return (first & 0xffc0) == 0xfe80;
    }
}
