using Vigil.Logs;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Monitor;

/// <summary>The log of one running attempt: what is read of it when, and since when it stands still.</summary>
internal sealed class WatchedLog(AttemptId attempt, string? rules, LogTail tail, DateTimeOffset now)
{
    private static readonly TimeSpan Hot = TimeSpan.FromMilliseconds(250), Warm = TimeSpan.FromSeconds(1), Cold = TimeSpan.FromSeconds(5), TellAgain = TimeSpan.FromSeconds(5);

    private DateTimeOffset _grew = now, _moved = now, _told;
    private long _motion;

    public AttemptId Attempt { get; } = attempt;

    /// <summary>The rules that it was opened with.</summary>
    public string? Rules { get; } = rules;

    public LogTail Tail { get; } = tail;
    public DateTimeOffset Due { get; private set; }

    /// <summary>Why the log cannot be read just now; null when it can.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Null while it can be read.</summary>
    public DateTimeOffset? TroubledSince { get; private set; }

    /// <summary>Takes in what a look has brought, and says when the next is due.</summary>
    /// <param name="shortest">Between two looks, while it grows: so many logs share the machine.</param>
    public void Seen(TailRead read, DateTimeOffset now, TimeSpan shortest)
    {
        Trouble = read.Trouble;
        TroubledSince = Trouble is null ? null : TroubledSince ?? now;
        if (read.Bytes > 0) _grew = now;
        if (Tail.Progress.Motion != _motion) (_motion, _moved) = (Tail.Progress.Motion, now);
        var silent = now - _grew;
        // A log that says something every second is looked at as often as we can; one that has been silent for minutes as often as somebody would mind.
        var interval = read.More ? TimeSpan.Zero : silent < TimeSpan.FromSeconds(30) ? Hot : silent < TimeSpan.FromMinutes(5) ? Warm : Cold;
        Due = now + (interval < shortest && !read.More ? shortest : interval);
    }

    /// <summary>The job is not running just now, whoever stopped it: no clock of ours goes on.</summary>
    public void Pause(DateTimeOffset now) => (_grew, _moved) = (now, now);

    /// <summary>What is to be told of its standing still; null: nothing.</summary>
    public Observation.QuietSeen? Quiet((TimeSpan? Silent, TimeSpan? Still) thresholds, DateTimeOffset now)
    {
        if (Trouble is not null || now - _told < TellAgain || Monitoring.Quiet.Patience(Tail.Progress) is not { } patience) return null;
        var (silent, still, step) = (now - _grew, now - _moved, Tail.Progress.Step);
        if (!(silent >= thresholds.Silent * patience) && !(still >= thresholds.Still * patience && step is not null)) return null;
        _told = now;
        return new(now, Attempt, silent, still, step, Tail.Position) { Patience = patience };
    }
}
