using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;

namespace Vigil.Schedulers.Slurm.Ssh;

/// <summary>How a program ended that was fed bytes and printed bytes.</summary>
/// <param name="ExitCode">Null: it could not be started, or did not end in time; <paramref name="Errors"/> says which.</param>
internal sealed record PipedOutcome(int? ExitCode, byte[] Output, string Errors);

/// <summary>Runs one program, given as a list of words, with bytes as its input. It has no terminal to ask on.</summary>
internal sealed class PipedProcess(IReadOnlyDictionary<string, string> environment, TimeProvider time)
{
    public async Task<PipedOutcome> RunAsync(ImmutableArray<string> words, ReadOnlyMemory<byte> input, TimeSpan limit, CancellationToken stop)
    {
        using var process = new Process
        {
            StartInfo = new(words[0], words.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false },
        };
        process.StartInfo.Environment.Clear();
        foreach (var (name, value) in environment) process.StartInfo.Environment[name] = value;
        try { process.Start(); }
        catch (Win32Exception refusal) { return new(null, [], $"{words[0]} cannot be started: {refusal.Message}"); }
        using var enough = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, enough.Token);
        try
        {
            var (output, errors) = (ReadAsync(process, either.Token), process.StandardError.ReadToEndAsync(either.Token));
            await FeedAsync(process, input, either.Token);
            await process.WaitForExitAsync(either.Token);
            return new(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            return new(null, [], $"no answer within {limit.TotalSeconds:0.#} s");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task FeedAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken stop)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, stop);
            await process.StandardInput.BaseStream.FlushAsync(stop);
            process.StandardInput.Close();
        }
        // It left before it had read everything; its exit code says why.
        catch (IOException) { }
    }

    private static async Task<byte[]> ReadAsync(Process process, CancellationToken stop)
    {
        using var bytes = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(bytes, stop);
        return bytes.ToArray();
    }
}
