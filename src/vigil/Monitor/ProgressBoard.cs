using Vigil.Logs;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Monitor;

/// <summary>What the logs say of each run just now. Derived: kept in memory, and read again from a log's end where it is asked for and not known.</summary>
internal sealed class ProgressBoard(TimeProvider time)
{
    private const long TailBytes = 256 << 10;

    private readonly Dictionary<AttemptId, Known> _known = [];

    /// <summary>What is known of trainers' lines, read when the first log is.</summary>
    public Lazy<ProgressPacks> Packs { get; init; } = new(static () => ProgressPacks.BuiltIn);

    /// <param name="progress">Of a log that is still read: what it says is asked for only where somebody looks.</param>
    public void Update(AttemptId attempt, RunProgress progress, DateTimeOffset now) => _known[attempt] = new(progress, null, now);

    /// <summary>The attempt's log was read to its end.</summary>
    public void Close(AttemptId attempt)
    {
        if (_known.TryGetValue(attempt, out var known) && known.Live is { } live) _known[attempt] = new(null, live.Report(), known.Output);
    }

    public long? LastStep(AttemptId attempt) => _known.TryGetValue(attempt, out var known) ? known.Live is { } live ? live.Step : known.Ended?.Step : null;

    /// <summary>When the newest attempt's log last grew; null: not known.</summary>
    public DateTimeOffset? LastOutput(RunRecord run) => run.LastAttempt is { } last && Look(last) is var (_, output) ? output : null;

    /// <summary>Of the newest attempt that shows any; null: none does.</summary>
    public ProgressReport? Of(RunRecord run)
    {
        for (var i = run.Attempts.Length - 1; i >= 0; i--)
            if (Look(run.Attempts[i]) is { } known && (known.Report.Step is not null || i == 0)) return known.Report;
        return null;
    }

    private (ProgressReport Report, DateTimeOffset? Output)? Look(AttemptRecord attempt)
    {
        if (_known.TryGetValue(attempt.Id, out var known)) return (known.Live?.Report() ?? known.Ended!, known.Output);
        if (attempt.Log is not { } log || Length(log) is not { } length) return null;
        var tail = new LogTail(log, Packs.Value, Math.Max(0, length - TailBytes));
        while (tail.Read(time.GetLocalNow()).More) { }
        var (report, output) = (tail.Progress.Report(), File.GetLastWriteTime(log));
        // A log that may still grow is looked at anew; an ended one is known for good.
        if (attempt.Ended is not null) _known[attempt.Id] = new(null, report, output);
        return (report, output);
    }

    /// <summary>Null when there is no such file, or not any more.</summary>
    private static long? Length(string log)
    {
        try
        {
            return new FileInfo(log).Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Of a log that is read, its reader; of one that ended, what it said last.</summary>
    private readonly record struct Known(RunProgress? Live, ProgressReport? Ended, DateTimeOffset? Output);
}
