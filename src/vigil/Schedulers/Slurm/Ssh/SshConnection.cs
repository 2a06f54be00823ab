using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Vigil.Platform;

namespace Vigil.Schedulers.Slurm.Ssh;

/// <summary>What came of one question.</summary>
/// <param name="Marked">Null: it was not answered, and <paramref name="Trouble"/> says why.</param>
/// <param name="Errors">What the other side printed as errors.</param>
internal sealed record SshAnswer(MarkedAnswer? Marked, string Errors, string? Trouble);

/// <summary>
/// The user's own OpenSSH to one host, through one connection that somebody opened in a terminal. It is only ever reused: a question never connects,
/// never asks for a password, and has its own time limit. Where the connection is gone the answer is the command that brings it back.
/// </summary>
internal sealed class SshConnection : IDisposable
{
    /// <summary>A server allows ten sessions over one connection, unless it says otherwise; the user may want some.</summary>
    private const int AtOnce = 4;

    private readonly string _program, _folder;
    private readonly ProcessRunner _runner;
    private readonly PipedProcess _piped;
    private readonly SemaphoreSlim _sessions = new(AtOnce);
    private readonly SemaphoreSlim _routing = new(1);
    private SshRoute? _route;
    private bool _wasUp;

    /// <param name="program">OpenSSH's <c>ssh</c>.</param>
    /// <param name="folder">Absolute: where sockets of our own go.</param>
    public SshConnection(string program, string host, string folder, IReadOnlyDictionary<string, string> environment, TimeProvider time)
    {
        var quiet = new Dictionary<string, string>(environment, StringComparer.Ordinal) { ["SSH_ASKPASS_REQUIRE"] = "never" };
        (_program, Host, _folder) = (program, host, folder);
        (_runner, _piped) = (new ProcessRunner(time) { Environment = quiet }, new PipedProcess(quiet, time));
    }

    public string Host { get; }

    /// <summary>Runs one of our scripts there.</summary>
    /// <param name="script">It prints marked parts; see <see cref="RemoteScripts"/>.</param>
    public async Task<SshAnswer> AskAsync(string script, ReadOnlyMemory<byte> data, TimeSpan limit, CancellationToken stop)
    {
        var (route, refusal) = await RouteAsync(stop);
        if (route is null) return new(null, "", refusal);
        // The usual case while a laptop is on its way costs no process.
        if (!File.Exists(route.Socket)) return new(null, "", Lost(route));
        await _sessions.WaitAsync(stop);
        try
        {
            var mark = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            byte[] input = [.. Encoding.UTF8.GetBytes($"m={mark}\n{script}"), .. data.Span];
            var outcome = await _piped.RunAsync([.. route.Reuse, "bash -s"], input, limit, stop);
            if (MarkedAnswer.Parse(outcome.Output, mark) is { } answer)
            {
                _wasUp = true;
                return new(answer, Errors(outcome.Errors, mark), null);
            }
            return new(null, "", await TroubleAsync(route, outcome, stop));
        }
        finally { _sessions.Release(); }
    }

    /// <summary>Null: the connection is there. Else what to do, or why there cannot be one.</summary>
    public async Task<string?> LookAsync(CancellationToken stop)
    {
        var (route, refusal) = await RouteAsync(stop);
        if (route is null) return refusal;
        return File.Exists(route.Socket) && (await _runner.RunAsync(route.Check, TimeSpan.FromSeconds(10), stop)).Succeeded ? null : Lost(route);
    }

    /// <summary>The command that opens the connection in a terminal, where ssh may ask; null with the reason where there is none.</summary>
    public async Task<(ImmutableArray<string>? Words, string? Refusal)> OpenWordsAsync(CancellationToken stop)
    {
        var (route, refusal) = await RouteAsync(stop);
        return (route?.Open, refusal);
    }

    /// <summary>The same, to be typed; null: there is no way.</summary>
    public async Task<string?> CommandAsync(CancellationToken stop) => (await RouteAsync(stop)).Route?.OpenText;

    private async Task<(SshRoute? Route, string? Refusal)> RouteAsync(CancellationToken stop)
    {
        if (_route is { } known) return (known, null);
        await _routing.WaitAsync(stop);
        try
        {
            if (_route is { } found) return (found, null);
            (_route, var refusal) = await SshRoute.OfAsync(_program, Host, _folder, _runner, stop);
            return (_route, refusal);
        }
        finally { _routing.Release(); }
    }

    private async Task<string> TroubleAsync(SshRoute route, PipedOutcome outcome, CancellationToken stop)
    {
        if (outcome.ExitCode is null)
            return outcome.Errors.StartsWith(route.Program, StringComparison.Ordinal) ? outcome.Errors : $"{Host}: {outcome.Errors}; if the network has changed, type  {route.CloseText}  and  {route.OpenText}";
        if (!(await _runner.RunAsync(route.Check, TimeSpan.FromSeconds(10), stop)).Succeeded) return Lost(route);
        return SlurmText.LastLine(outcome.Errors) is { Length: > 0 } said ? $"{Host}: {said}" : $"{Host}: the answer was cut off (exit {outcome.ExitCode})";
    }

    private string Lost(SshRoute route) => $"{(_wasUp ? "lost the connection" : "there is no connection")} to {Host}: type  {route.OpenText}";

    /// <summary>Between our marks, where there are any: the rest is what the login shell said.</summary>
    private static string Errors(string errors, string mark) => MarkedAnswer.Parse(Encoding.UTF8.GetBytes(errors), mark) is { Parts: [var own, ..] } ? own.Text : errors;

    public void Dispose()
    {
        _sessions.Dispose();
        _routing.Dispose();
    }
}
