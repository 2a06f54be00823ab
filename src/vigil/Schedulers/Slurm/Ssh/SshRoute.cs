using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Vigil.Platform;
using Vigil.Rendering;
using Vigil.Spec;

namespace Vigil.Schedulers.Slurm.Ssh;

/// <summary>How the one connection to a host is reached: the socket of its master, and the words of ssh.</summary>
/// <param name="Program">OpenSSH's <c>ssh</c>.</param>
/// <param name="Socket">Absolute: the master's control socket.</param>
/// <param name="IsOurs">It lies in Vigil's own folder; else the user's configuration of ssh names it.</param>
internal sealed record SshRoute(string Program, string Host, string Socket, bool IsOurs)
{
    /// <summary>A socket's name has room for about a hundred bytes, and ssh appends 17 to it while it makes one.</summary>
    private const int MostBytes = 88;

    /// <summary>Never asks, never connects anew: where the master is gone, a new connection would be made by a program that only fails.</summary>
    public ImmutableArray<string> Reuse =>
    [
        Program, "-T", "-x", "-a", "-e", "none", "-o", "BatchMode=yes", "-o", "ControlMaster=no", "-o", SocketOption, "-o", "ProxyCommand=exit 1", "-o", "ClearAllForwardings=yes",
        "-o", "RemoteCommand=none", "-o", "PermitLocalCommand=no", "-o", "LogLevel=ERROR", "--", Host,
    ];

    public ImmutableArray<string> Check => [Program, "-o", SocketOption, "-O", "check", "--", Host];

    /// <summary>Makes the master, and may ask. With <c>auto</c>, unlike <c>-M</c>, ssh clears away the socket of a master that was killed.</summary>
    public ImmutableArray<string> Open =>
        [Program, "-N", "-f", "-o", "ControlMaster=auto", "-o", "ControlPersist=yes", "-o", "ServerAliveInterval=30", .. IsOurs ? (ReadOnlySpan<string>)["-o", SocketOption] : [], Host];

    public ImmutableArray<string> Close => [Program, "-o", SocketOption, "-O", "exit", Host];

    /// <summary>To be typed.</summary>
    public string OpenText => Typed(Open);

    public string CloseText => Typed(Close);

    // "a=b" would be an assignment as a first word; behind it, quotes around it would only frighten.
    private static string Typed(ImmutableArray<string> words) => string.Join(' ', words.Select(static w => w.Replace('=', '-') is var plain && Bash.Quote(plain) == plain ? w : Bash.Quote(w)));

    // ssh fills %-tokens in this option.
    private string SocketOption => $"ControlPath={Socket.Replace("%", "%%", StringComparison.Ordinal)}";

    /// <summary>Asks ssh what the user's configuration says of the host.</summary>
    /// <param name="folder">Absolute: where a socket of our own goes.</param>
    /// <returns>Or why there is no way.</returns>
    public static async Task<(SshRoute? Route, string? Refusal)> OfAsync(string program, string host, string folder, ProcessRunner runner, CancellationToken stop)
    {
        var answer = await runner.RunAsync([program, "-G", "--", host], TimeSpan.FromSeconds(10), stop);
        if (!answer.Succeeded) return (null, answer.ExitCode is null ? answer.Errors : $"ssh refuses its configuration for {host}: {SlurmText.LastLine(answer.Errors)}");
        var theirs = answer.Output.Split('\n').Where(static l => l.StartsWith("controlpath ", StringComparison.Ordinal)).Select(static l => l["controlpath ".Length..].Trim()).FirstOrDefault();
        if (theirs is ['/', ..]) return (new(program, host, theirs, IsOurs: false), null);
        if (PrivateFolder.Claim(folder) is { } refusal) return (null, refusal);
        var socket = Path.Combine(folder, Name(host));
        return Encoding.UTF8.GetByteCount(socket) <= MostBytes
            ? (new(program, host, socket, IsOurs: true), null)
            : (null, $"{socket} is too long for the name of a socket; set VIGIL_RUN_DIR to a folder with a shorter path");
    }

    private static string Name(string host)
    {
        var plain = string.Concat(host.Where(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '@' or '_').Take(32));
        return plain == host ? plain : $"{plain}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(host)).AsSpan(0, 4))}";
    }
}
