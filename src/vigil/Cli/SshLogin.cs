using System.Collections.Immutable;
using System.Diagnostics;
using Vigil.Planning;
using Vigil.Schedulers.Local;
using Vigil.Schedulers.Slurm;
using Vigil.Schedulers.Slurm.Ssh;

namespace Vigil.Cli;

/// <summary>Opens the connections to clusters behind a login node: only here, in the user's own terminal, where ssh may ask. Everything else reuses them.</summary>
internal static class SshLogin
{
    /// <returns>Null: they are there, or there is no terminal to ask on. Else the host of the first one that could not be opened.</returns>
    public static async Task<string?> OpenAsync(CliContext context, IEnumerable<PlannedRun> runs, CancellationToken stop)
    {
        if (!context.CanAsk) return null;
        using var sites = new SshSites(SshSites.SocketFolder(RunFolder.DefaultPath(context.Environment)), CommandEnvironment.Ours(), context.Time);
        foreach (var host in runs.Select(static r => r.Slurm?.Host).OfType<string>().Distinct())
        {
            var connection = sites.Connection(host);
            if (await connection.LookAsync(stop) is null) continue;
            var (words, refusal) = await connection.OpenWordsAsync(stop);
            context.Talk.WriteLine(refusal ?? $"Opening the connection to {host}; every question to the cluster goes over it. ssh may ask you something:");
            if (words is not { } typed || await RunAsync(typed, stop) != 0) return host;
        }
        return null;
    }

    /// <summary>With this program's own terminal.</summary>
    private static async Task<int> RunAsync(ImmutableArray<string> words, CancellationToken stop)
    {
        using var process = Process.Start(new ProcessStartInfo(words[0], words.Skip(1)) { UseShellExecute = false });
        if (process is null) return -1;
        await process.WaitForExitAsync(stop);
        return process.ExitCode;
    }
}
