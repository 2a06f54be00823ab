using System.Net;
using System.Net.Sockets;

namespace Vigil.Notifying;

/// <summary>Addresses that no notification is sent to: this machine's own link, where clouds serve the machine's credentials.</summary>
internal static class Forbidden
{
    private static readonly IPAddress[] Metadata = [IPAddress.Parse("100.100.100.200"), IPAddress.Parse("192.0.0.192"), IPAddress.Parse("fd00:ec2::254")];

    public static bool Holds(IPAddress address)
    {
        if (Metadata.Contains(address)) return true;
        if (address.AddressFamily is AddressFamily.InterNetwork) return IsLinkLocal(address.GetAddressBytes());
        return address.IsIPv6LinkLocal || Inner(address) is { } inner && Holds(inner);
    }

    private static bool IsLinkLocal(ReadOnlySpan<byte> v4) => v4 is [169, 254, ..];

    /// <summary>The IPv4 address that an IPv6 one leads to: mapped, translated (64:ff9b::/96) or tunnelled (2002::/16).</summary>
    private static IPAddress? Inner(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        return address.GetAddressBytes() switch
        {
            [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, .. var last] => new(last),
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. var last] when last is not [0, 0, 0, _] => new(last),
            [0x20, 0x02, var a, var b, var c, var d, ..] => new([a, b, c, d]),
            _ => null,
        };
    }
}

/// <summary>A name leads to where nothing is sent.</summary>
internal sealed class ForbiddenAddressException(string host, IPAddress address) : IOException($"{host} leads to {address}, and link-local and metadata addresses are never sent to");
