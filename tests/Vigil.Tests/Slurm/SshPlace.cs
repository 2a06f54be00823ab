using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Vigil.Schedulers.Slurm.Ssh;
using Vigil.Tests.House;

namespace Vigil.Tests.Slurm;

/// <summary>
/// A login node behind OpenSSH: a server of the test's own on loopback, run as the test's own user with keys and configuration of its own, a home there,
/// and an <c>ssh</c> that knows the server by a name. Nothing of the machine's own ssh is used or changed.
/// </summary>
internal sealed class SshPlace : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly Process _server;
    private readonly SshSites _sites;

    private SshPlace(Login login, string host)
    {
        Host = host;
        foreach (var name in (string[])["there", "home", "bin", "log"]) Directory.CreateDirectory(_folder[name]);
        foreach (var key in (string[])["host", "user"]) Do("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _folder[key]);
        File.Copy(_folder["user.pub"], _folder["authorized"]);
        var port = FreePort();
        // The server knows the user by the machine's own list, and gives each session a home of the test's.
        File.WriteAllText(_folder["sshd_config"], $"""
            Port {port}
            ListenAddress 127.0.0.1
            HostKey {_folder["host"]}
            AuthorizedKeysFile {_folder["authorized"]}
            PidFile none
            StrictModes no
            UsePAM no
            PermitRootLogin yes
            PubkeyAuthentication {(login is Login.Key ? "yes" : "no")}
            PasswordAuthentication {(login is Login.Key ? "no" : "yes")}
            KbdInteractiveAuthentication no
            PrintMotd no
            LogLevel VERBOSE
            Include {_folder["session"]}
            """);
        Session();
        File.WriteAllText(_folder["known"], $"[127.0.0.1]:{port} {string.Join(' ', File.ReadAllText(_folder["host.pub"]).Split(' ')[..2])}\n");
        File.WriteAllText(_folder["ssh_config"], $"""
            Host {host}
              HostName 127.0.0.1
              Port {port}
              IdentityFile {_folder["user"]}
              IdentitiesOnly yes
              UserKnownHostsFile {_folder["known"]}
              GlobalKnownHostsFile /dev/null
            """);
        File.WriteAllText(Ssh, $"#!/bin/sh\nexec '{Client}' -F '{_folder["ssh_config"]}' \"$@\"\n");
        File.SetUnixFileMode(Ssh, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (Environment.UserName == "root") Directory.CreateDirectory("/run/sshd");     // where a server that root starts leaves its rights
        _server = Process.Start(new ProcessStartInfo(Server!, ["-D", "-f", _folder["sshd_config"], "-E", ServerLog]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Wait(() => Answers(port), "the server does not answer");
        _sites = new SshSites(SshSites.SocketFolder(RunFolder), OurEnvironment(), TimeProvider.System) { Program = Ssh };
        Connection = _sites.Connection(host);
        Site = _sites.Of(host, Root);
    }

    internal enum Login { Key, Password }

    private static string? Server { get; } = new[] { "/usr/sbin/sshd", "/usr/local/sbin/sshd", "/sbin/sshd" }.FirstOrDefault(File.Exists);
    private static string? Client { get; } = new[] { "/usr/bin/ssh", "/usr/local/bin/ssh" }.FirstOrDefault(File.Exists);

    public static SshPlace Start(Login login = Login.Key, string host = "cluster")
    {
        if (Server is null || Client is null) Assert.Skip("no OpenSSH server here: as root, apt-get install openssh-server openssh-client");
        return new(login, host);
    }

    /// <summary>What the server is called in the configuration of <c>ssh</c>.</summary>
    public string Host { get; }

    public SshConnection Connection { get; }
    public SshSite Site { get; }
    public SshSites Sites => _sites;

    /// <summary>A program that is <c>ssh</c> as the user would have it.</summary>
    public string Ssh => _folder["bin", "ssh"];

    /// <summary>The folder of programs, for a PATH.</summary>
    public string Bin => _folder["bin"];

    /// <summary>The experiment's folder on the cluster.</summary>
    public string Root => _folder["there", "it's an \"experiment\"\nof two lines"];

    public string Home => _folder["home"];
    public string ServerLog => _folder["log", "sshd"];

    public string this[params ReadOnlySpan<string> names] => _folder[names];

    /// <summary>What sessions find: variables of the environment, and a program that stands between the server and what is asked.</summary>
    public void Session(IReadOnlyDictionary<string, string>? variables = null, string? forceCommand = null)
    {
        var all = new Dictionary<string, string>(variables ?? ImmutableDictionary<string, string>.Empty) { ["HOME"] = Home };
        File.WriteAllText(_folder["session"], $"SetEnv {string.Join(' ', all.Select(static v => $"\"{v.Key}={v.Value}\""))}\n{(forceCommand is null ? "" : $"ForceCommand {forceCommand}\n")}");
        if (_server is { HasExited: false }) Do("kill", "-HUP", _server.Id.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Does what the user would type, without a terminal to be asked on.</summary>
    public async Task<ShellOutcome> TypeTheCommandAsync(CancellationToken stop)
    {
        var (words, refusal) = await Connection.OpenWordsAsync(stop);
        Assert.Null(refusal);
        return Shell.Run(Home, ["setsid", "-w", .. words!.Value]);
    }

    public async Task OpenAsync(CancellationToken stop)
    {
        // A server that was just told to read its configuration again does not answer for a moment.
        ShellOutcome? last = null;
        var began = Stopwatch.StartNew();
        while (began.Elapsed < Patience)
        {
            if ((last = await TypeTheCommandAsync(stop)).ExitCode == 0) return;
        }
        Assert.Fail($"{last}\n{File.ReadAllText(ServerLog)}");
    }

    /// <summary>The process that holds the open connection.</summary>
    public int MasterPid()
    {
        var said = Shell.Run(Home, Ssh, "-o", $"ControlPath={Socket}", "-O", "check", Host).Errors;
        return int.Parse(said.Split("pid=")[1].Split(')')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>Vigil's private folder, with the socket in it.</summary>
    public string RunFolder => _folder["run"];

    public string Socket => Path.Combine(SshSites.SocketFolder(RunFolder), Host);

    public void KillMaster()
    {
        var pid = MasterPid();
        Do("kill", "-KILL", pid.ToString(CultureInfo.InvariantCulture));
        Wait(() => !Directory.Exists($"/proc/{pid}"), "the master does not end");
    }

    /// <summary>How often somebody has logged in.</summary>
    public int Logins() => File.ReadAllLines(ServerLog).Count(static l => l.StartsWith("Accepted ", StringComparison.Ordinal));

    public static void Wait(Func<bool> until, string otherwise)
    {
        var began = Stopwatch.StartNew();
        while (!until())
        {
            if (began.Elapsed > Patience) Assert.Fail(otherwise);
            // What is waited for happens in other processes, which need the CPU that asking without a pause would take.
            Thread.Sleep(10);
        }
    }

    public static Dictionary<string, string> OurEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(static e => (string)e.Key, static e => (string?)e.Value ?? "");

    public void Dispose()
    {
        Shell.Run("/", Ssh, "-o", $"ControlPath={Socket}", "-O", "exit", Host);
        _sites.Dispose();
        _server.Kill();
        _server.WaitForExit();
        _server.Dispose();
        _folder.Dispose();
    }

    private static void Do(params string[] words)
    {
        var outcome = Shell.Run("/", words);
        Assert.True(outcome.ExitCode == 0, $"{string.Join(' ', words)}: {outcome}");
    }

    private static bool Answers(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException) { return false; }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
