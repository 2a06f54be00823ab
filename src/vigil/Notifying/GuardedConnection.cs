using System.Net;
using System.Net.Sockets;

namespace Vigil.Notifying;

/// <summary>Opens connections to receivers. A name is looked up once, judged, and then only what was judged is connected to: a name that leads elsewhere the second time gains nothing.</summary>
/// <param name="lookUp">The addresses of a name.</param>
internal sealed class GuardedConnection(Func<string, CancellationToken, Task<IPAddress[]>> lookUp)
{
    public static GuardedConnection Real { get; } = new(static (host, stop) => Dns.GetHostAddressesAsync(host, stop));

    public async Task<Socket> OpenAsync(string host, int port, CancellationToken stop)
    {
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await lookUp(host, stop);
        foreach (var address in addresses)
            if (Forbidden.Holds(address)) throw new ForbiddenAddressException(host, address);
        SocketException? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, port, stop);
                return socket;
            }
            catch (SocketException refusal)
            {
                socket.Dispose();
                last = refusal;
            }
            catch (OperationCanceledException)
            {
                socket.Dispose();
                throw;
            }
        }
        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }
}
