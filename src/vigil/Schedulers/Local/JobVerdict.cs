using System.Text;
using Vigil.Monitoring;
using Vigil.Platform;

namespace Vigil.Schedulers.Local;

/// <summary>How a job ended, judged by what it left. Look only after its last process has gone.</summary>
internal static class JobVerdict
{
    /// <summary>So much of a log's end is looked at.</summary>
    public const int LastBytes = 16 << 10;

    /// <summary>Each of many ranks prints a traceback of its own, and the launcher a page after them: what is to blame stands before.</summary>
    private const int LastLines = 200, LongestLine = 500;

    public static JobReport Judge(LocalJob job, ProcessTable processes, DateTimeOffset now)
    {
        var exit = JobFiles.Exit(job.Folder);
        var mark = job.Started ?? JobFiles.Claim(job.Folder);
        var (state, reason) = (job.Record.Ending, exit) switch
        {
            ({ State: JobEnding.Cancelled } asked, _) => (JobState.Cancelled, asked.State),
            ({ State: JobEnding.Timeout } asked, _) => (JobState.Timeout, asked.State),
            ({ } other, _) => (JobState.Failed, other.State),
            (null, { Code: 0 }) => (JobState.Completed, (string?)null),
            (null, not null) => (JobState.Failed, "FAILED"),
            (null, null) when mark is not null && mark.Boot != processes.Boot => (JobState.NodeFail, "NODE_FAIL"),
            (null, null) => (JobState.Lost, "LOST"),
        };
        IReadOnlyList<string>? lines = state is JobState.Completed or JobState.Cancelled ? null : End(job.Log);
        if (job.Record.Ending?.Note is { } note) lines = [.. lines ?? [], note];
        return new(job.Attempt, job.Id, state, reason, exit?.Code, exit?.Signal, job.Started?.Time, exit?.Time ?? now, exit?.Host ?? mark?.Host, lines);
    }

    /// <summary>The last lines of a log; none when there is no log.</summary>
    public static IReadOnlyList<string> End(string log)
    {
        try
        {
            using var file = File.OpenHandle(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(file);
            var bytes = new byte[Math.Min(length, LastBytes)];
            var count = RandomAccess.Read(file, bytes, length - bytes.Length);
            return End(bytes.AsSpan(0, count), isCut: length > LastBytes);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException) { return []; }
    }

    /// <param name="isCut">There was more before these bytes.</param>
    public static IReadOnlyList<string> End(ReadOnlySpan<byte> bytes, bool isCut)
    {
        var lines = Encoding.UTF8.GetString(bytes).Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
        // What was cut in its middle is not a line.
        return [.. (isCut ? lines.Skip(1) : lines).TakeLast(LastLines).Select(static l => l.Length > LongestLine ? l[..LongestLine] + "…" : l)];
    }
}
