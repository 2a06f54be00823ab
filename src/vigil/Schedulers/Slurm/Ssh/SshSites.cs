using System.Collections.Concurrent;

namespace Vigil.Schedulers.Slurm.Ssh;

/// <summary>The login nodes of one process: one connection each, whatever is asked there.</summary>
/// <param name="socketFolder">Absolute: where sockets of our own go.</param>
internal sealed class SshSites(string socketFolder, IReadOnlyDictionary<string, string> environment, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, SshConnection> _connections = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Host, string Root), SshSite> _sites = new();

    /// <summary>OpenSSH's <c>ssh</c>.</summary>
    public string Program { get; init; } = "ssh";

    /// <summary>In the user's private folder of this machine, which all experiments share.</summary>
    public static string SocketFolder(string runFolder) => Path.Combine(runFolder, "ssh");

    public SshConnection Connection(string host) => _connections.GetOrAdd(host, name => new(Program, name, socketFolder, environment, time));

    /// <param name="root">Absolute, there: the experiment's folder.</param>
    public SshSite Of(string host, string root) => _sites.GetOrAdd((host, root), place => new(Connection(place.Host), place.Root));

    public void Dispose()
    {
        foreach (var connection in _connections.Values) connection.Dispose();
    }
}
