using System.Collections.Immutable;
using Vigil.Platform;

namespace Vigil.Schedulers.Slurm;

/// <summary>Calls about one job each that are made at the same time go out as one command: a thousand cancellations are two of them.</summary>
/// <param name="ready">Completes when a command may be sent; who comes until then is taken along.</param>
internal sealed class BatchedCall(Func<CancellationToken, ValueTask> ready, Func<ImmutableArray<string>, CancellationToken, ValueTask<ProcessOutcome>> send)
{
    private readonly Lock _lock = new();
    private List<string> _jobs = [];
    private Task<ProcessOutcome>? _call;

    /// <summary>How the call went that this job was part of, as far as it concerns the job.</summary>
    public async Task<ProcessOutcome> AddAsync(string job, CancellationToken stop)
    {
        Task<ProcessOutcome> call;
        lock (_lock)
        {
            if (_call is null || _jobs.Count >= SlurmCommands.MostIds) _call = SendAsync(_jobs = [], stop);
            _jobs.Add(job);
            call = _call;
        }
        return OfJob(job, await call);
    }

    private async Task<ProcessOutcome> SendAsync(List<string> jobs, CancellationToken stop)
    {
        await Task.Yield();
        try { await ready(stop); }
        finally
        {
            // Also when it was called off: the next caller begins anew.
            lock (_lock)
                if (_jobs == jobs) _call = null;
        }
        return await send([.. jobs], stop);
    }

    /// <summary>Slurm names the jobs that it has something to say of; where it names none, it speaks of all.</summary>
    private static ProcessOutcome OfJob(string job, ProcessOutcome outcome)
    {
        if (outcome.ExitCode is null or 0) return outcome;
        var lines = outcome.Errors.Split('\n').Where(static line => NameIn(line) is not null).ToList();
        if (lines.Count == 0) return outcome;
        var mine = lines.Where(line => NameIn(line) == job).ToList();
        return mine.Count == 0 ? new(0, "", "") : outcome with { Errors = string.Join('\n', mine) };
    }

    private static string? NameIn(string line)
    {
        foreach (var before in (string[])["job id ", "for job ", "job "])
        {
            if (line.LastIndexOf(before, StringComparison.Ordinal) is not (>= 0 and var at)) continue;
            var name = line[(at + before.Length)..].Split(' ', ':')[0];
            if (SlurmIds.IsOne(name)) return name;
        }
        return null;
    }
}
