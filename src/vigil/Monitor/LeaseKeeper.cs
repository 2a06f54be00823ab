using Vigil.Journaling;

namespace Vigil.Monitor;

/// <summary>Says by the lease's beats that this monitor lives, also while it waits for a slow scheduler, and learns whether another has taken over.</summary>
internal sealed class LeaseKeeper(Lease lease, TimeProvider time)
{
    /// <summary>By the monotonic clock, as its observers measure. Null: not yet.</summary>
    private long? _lastBeat;

    /// <summary>How long a request is waited for before the lease is looked after, by the real clock: the others that look at it have no other.</summary>
    public TimeSpan Check { get; init; } = Lease.BeatEvery;

    /// <summary>Why the lease cannot be written; null when it can.</summary>
    public string? Trouble { get; private set; }

    /// <summary>False when another monitor has taken over.</summary>
    public bool Keep()
    {
        if (!lease.IsMine()) return false;
        var now = time.GetTimestamp();
        if (_lastBeat is { } last && time.GetElapsedTime(last, now) < Lease.BeatEvery) return true;
        try
        {
            lease.Beat();
            _lastBeat = now;
            Trouble = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Trouble = $"the lease cannot be written ({e.Message}); no job is started until it can";
        }
        return true;
    }

    /// <summary>Slurm's commands may hang for longer than others wait for a beat; meanwhile the lease goes on saying that this monitor lives.</summary>
    public async Task<T> WhileAsync<T>(Task<T> work)
    {
        while (!work.IsCompleted)
        {
            using var done = new CancellationTokenSource();
            await Task.WhenAny(work, Task.Delay(Check, done.Token));
            await done.CancelAsync();
            if (!work.IsCompleted) Keep();
        }
        return await work;
    }
}
