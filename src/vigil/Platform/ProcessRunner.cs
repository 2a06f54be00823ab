using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Vigil.Platform;

/// <summary>How a short command ended.</summary>
/// <param name="ExitCode">Null: it could not be started, or did not end in time; <paramref name="Errors"/> says which.</param>
internal sealed record ProcessOutcome(int? ExitCode, string Output, string Errors)
{
    public bool Succeeded => ExitCode is 0;
}

/// <summary>Runs short commands, given as lists of words, and waits for them.</summary>
internal sealed class ProcessRunner(TimeProvider time)
{
    /// <summary>What <see cref="ProcessOutcome.Errors"/> says of a program that never ran.</summary>
    public const string NotStarted = "cannot be started";

    /// <summary>So many characters of each output are kept; what follows is read and dropped.</summary>
    public int MostOutput { get; init; } = int.MaxValue;

    /// <summary>The folder that it starts in; null: ours.</summary>
    public string? Folder { get; init; }

    /// <summary>What the program sees as its environment; null: ours.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>What the program reads from its standard input; null: nothing.</summary>
    public string? Input { get; init; }

    public async Task<ProcessOutcome> RunAsync(ImmutableArray<string> words, TimeSpan limit, CancellationToken stop)
    {
        if (words[0].Length == 0) return new(null, "", $"a command {NotStarted}: no program is named");
        using var process = new Process
        {
            StartInfo = new(words[0], words.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false },
        };
        if (Folder is { } folder) process.StartInfo.WorkingDirectory = folder;
        if (Environment is { } environment)
        {
            process.StartInfo.Environment.Clear();
            foreach (var (name, value) in environment) process.StartInfo.Environment[name] = value;
        }
        try { process.Start(); }
        catch (Win32Exception refusal) { return new(null, "", $"{words[0]} {NotStarted}: {refusal.Message}"); }
        using var enough = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, enough.Token);
        var input = WriteAsync(process.StandardInput, either.Token);
        var output = ReadAsync(process.StandardOutput, either.Token);
        var errors = ReadAsync(process.StandardError, either.Token);
        try
        {
            await process.WaitForExitAsync(either.Token);
            await input;
            return new(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            return new(null, "", $"{words[0]} gave no answer within {limit.TotalSeconds:0.#} s");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private async Task WriteAsync(StreamWriter input, CancellationToken stop)
    {
        try
        {
            if (Input is { } text) await input.WriteAsync(text.AsMemory(), stop);
            input.Close();
        }
        catch (IOException)
        {
            // It ended, or closed its input, without reading all of it.
        }
    }

    private async Task<string> ReadAsync(StreamReader output, CancellationToken stop)
    {
        if (MostOutput == int.MaxValue) return await output.ReadToEndAsync(stop);
        var (kept, block) = (new StringBuilder(), new char[16 << 10]);
        while (await output.ReadAsync(block, stop) is > 0 and var read)
            if (kept.Length < MostOutput) kept.Append(block, 0, Math.Min(read, MostOutput - kept.Length));
        return kept.ToString();
    }
}
