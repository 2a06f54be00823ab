using Vigil.Logs;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Web.Runs;

/// <summary>What the end of a log says of its run.</summary>
/// <param name="Modified">When it last grew.</param>
/// <param name="Stepped">When its step was first seen where it is; null: it shows none.</param>
internal sealed record LogGlance(ProgressReport Report, long Size, DateTimeOffset Modified, DateTimeOffset? Stepped);

/// <summary>
/// Looks at the ends of logs, a few at a time: of thousands of runs all are known after a while, and those that somebody looks at first.
/// For one thread.
/// </summary>
internal sealed class LogGlances(TimeProvider time, Lazy<ProgressPacks> packs)
{
    private const long TailBytes = 256 << 10;

    private readonly Dictionary<AttemptId, LogGlance> _known = [];
    private readonly HashSet<AttemptId> _missing = [];

    public LogGlance? Of(RunRecord run)
    {
        for (var i = run.Attempts.Length - 1; i >= 0; i--)
            if (_known.TryGetValue(run.Attempts[i].Id, out var known) && (known.Report.Step is not null || i == 0)) return known;
        return run.LastAttempt is { } last ? _known.GetValueOrDefault(last.Id) : null;
    }

    /// <summary>Looks until the time is over; what is over was looked at once and for all.</summary>
    /// <param name="runs">The most wanted first.</param>
    public void Look(IEnumerable<RunRecord> runs, TimeSpan patience)
    {
        var begun = time.GetTimestamp();
        foreach (var run in runs)
        {
            if (time.GetElapsedTime(begun) >= patience) return;
            for (var i = run.Attempts.Length - 1; i >= 0; i--)
            {
                Look(run.Attempts[i]);
                if (Of(run)?.Report.Step is not null) break;
            }
        }
    }

    private void Look(AttemptRecord attempt)
    {
        var known = _known.GetValueOrDefault(attempt.Id);
        if (attempt.Log is not { } log || attempt.Ended is not null && (known is not null || _missing.Contains(attempt.Id))) return;
        if (Seen(log) is not var (size, modified))
        {
            _missing.Add(attempt.Id);
            return;
        }
        if (known is not null && known.Size == size && known.Modified == modified) return;
        var tail = new LogTail(log, packs.Value, Math.Max(0, size - TailBytes));
        while (tail.Read(time.GetLocalNow()).More) { }
        var report = tail.Progress.Report();
        var stepped = report.Step is null ? null : known?.Report.Step == report.Step ? known.Stepped : known is null ? modified : time.GetLocalNow();
        _known[attempt.Id] = new(report, size, modified, stepped);
    }

    private static (long Size, DateTimeOffset Modified)? Seen(string log)
    {
        try
        {
            var file = new FileInfo(log);
            return file.Exists ? (file.Length, file.LastWriteTime) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
