using System.Collections.Concurrent;
using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Schedulers.Slurm;

/// <summary>What one experiment has to do with one cluster.</summary>
/// <param name="Cluster">As <c>--clusters</c> names it; null: the default one.</param>
/// <param name="ExperimentDir">As submissions name it: their tokens are made from it.</param>
/// <param name="Since">No job of the experiment was submitted before.</param>
internal sealed record ClusterPlace(string? Cluster, string ExperimentDir, DateTimeOffset Since);

/// <summary>
/// One Slurm cluster. It submits, looks, reports and stops; when to do so is decided elsewhere. For one caller at a time.
/// While the controller is down every answer is a value, and what is the matter is said in <see cref="Sight"/>.
/// </summary>
/// <param name="words">The words of one <c>sbatch</c>.</param>
internal sealed partial class SlurmScheduler(ISite site, RequestBudget budget, SlurmSettings settings, ClusterPlace place, Func<Submission, ImmutableArray<string>> words, TimeProvider time) : IScheduler
{
    private readonly SlurmCommands _commands = new(site, budget, place.Cluster, time);

    /// <summary>Tokens of arrays and of single jobs, by the job's id without a task, as this process learnt them.</summary>
    private readonly ConcurrentDictionary<string, string> _tokens = new(StringComparer.Ordinal);

    /// <summary>Why, and since when by the monotonic clock, nothing new is tried: the controller has just said that it is not there. One reference, since a poll and cancellations write it at the same time.</summary>
    private Silence? _down;

    private static readonly TimeSpan DownFor = TimeSpan.FromSeconds(5);

    private sealed record Silence(string Why, long Since);

    private string? WhyDown => _down is { } down && time.GetElapsedTime(down.Since) < DownFor ? down.Why : null;

    private void IsDown(string reason) => _down = new(reason, time.GetTimestamp());

    /// <summary>Nothing waits in a queue of our own.</summary>
    public ValueTask StartReadyAsync(CancellationToken stop) => ValueTask.CompletedTask;

    public async ValueTask WaitForNewsAsync(TimeSpan limit, CancellationToken stop)
    {
        var wait = TimeSpan.FromTicks(Math.Clamp(UntilDue.Ticks, 0, limit.Ticks));
        if (_poll is null)
        {
            if (!WatchesAny) wait = limit;
            if (wait > TimeSpan.Zero) await Task.Delay(wait, time, stop);
            return;
        }
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(_poll, Task.Delay(limit, time, enough.Token));
        await enough.CancelAsync();
        stop.ThrowIfCancellationRequested();
    }
}
