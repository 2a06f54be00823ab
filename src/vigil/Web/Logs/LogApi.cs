using System.Collections.Immutable;
using System.Globalization;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Vigil.Monitoring;
using Vigil.Web.Runs;

namespace Vigil.Web.Logs;

internal sealed record LogPartCell(string Generation, long Size, bool Compressed, string Attempt);

internal sealed record LogInfo(string Attempt, string Generation, long Size, bool Growing, DateTimeOffset? Modified, ImmutableArray<LogPartCell> Parts, string Path, string? Problem);

internal sealed record LogLinesAnswer(string Attempt, string Generation, long Size, long From, long To, ImmutableArray<ShownLine> Lines, long? FirstNumber, string? Moved);

/// <summary>Answers about logs. A place is always (attempt, generation, byte).</summary>
internal sealed class LogApi(LogMarks marks, LineCounts counts) : IDisposable
{
    private const int MostLines = 10_000, MostBytes = 1 << 20, MostSearches = 2;
    private static readonly TimeSpan MarksPatience = TimeSpan.FromMilliseconds(400);

    private readonly SemaphoreSlim _searches = new(MostSearches);

    public void Dispose() => _searches.Dispose();

    public static Task InfoAsync(HttpContext http, FoundRun run)
    {
        if (AttemptOf(run.Run, http.Request.Query["attempt"]) is not { } attempt) return NoAttemptAsync(http);
        if (attempt.Log is not { } path) return Answer.JsonAsync(http, new LogInfo(attempt.Id.Folder, "", 0, attempt.Ended is null, null, [], "", "nothing has been logged yet"), WebJson.Plain.LogInfo);
        using var log = OpenLog.TryOpen(path, out var problem);
        return Answer.JsonAsync(http, new LogInfo(attempt.Id.Folder, log?.Generation.ToString() ?? "", log?.Size ?? 0, attempt.Ended is null, log is null ? null : File.GetLastWriteTime(path), [], path, problem), WebJson.Plain.LogInfo);
    }

    public static Task BytesAsync(HttpContext http, FoundRun run) => WithLogAsync(http, run, async (asked, log) =>
    {
        var (from, length) = (Number(http, "offset") ?? 0, (int)Math.Clamp(Number(http, "length") ?? MostBytes, 0, MostBytes));
        var bytes = new byte[length];
        var read = log.Read(bytes, from);
        http.Response.Headers["X-Log-Generation"] = asked.Generation;
        http.Response.Headers["X-Log-Size"] = log.Size.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["X-Log-Next"] = (from + read).ToString(CultureInfo.InvariantCulture);
        await Answer.BytesAsync(http, bytes[..read], "application/octet-stream");
    });

    public Task LinesAsync(HttpContext http, FoundRun run) => WithLogAsync(http, run, (asked, log) =>
    {
        var reader = new LineReader(log, http.Request.Query["raw"] == "1" ? BarForm.Raw : BarForm.Folded);
        var offset = Math.Min(Number(http, "offset") ?? 0, log.Size);
        var lines = Number(http, "before") is { } before ? reader.Before(offset, Most(before)) : reader.After(offset == 0 ? 0 : reader.StartAt(offset), Most(Number(http, "after") ?? 100));
        return SendAsync(http, asked, log, lines);
    });

    public Task TailAsync(HttpContext http, FoundRun run) => WithLogAsync(http, run, (asked, log) =>
        SendAsync(http, asked, log, new LineReader(log, http.Request.Query["raw"] == "1" ? BarForm.Raw : BarForm.Folded).Before(log.Size, Most(Number(http, "lines") ?? 100))));

    public Task LineAsync(HttpContext http, FoundRun run) => WithLogAsync(http, run, (asked, log) =>
        SendAsync(http, asked, log, new LineReader(log, BarForm.Folded).After(counts.StartOf(log, Math.Max(1, Number(http, "number") ?? 1)), Most(Number(http, "after") ?? 100))));

    public Task MarksAsync(HttpContext http, FoundRun run) => WithLogAsync(http, run, (asked, log) =>
        Answer.JsonAsync(http, marks.Of(asked.Path, log, MarksPatience) with { Attempt = asked.Attempt.Id.Folder, Generation = asked.Generation }, WebJson.Plain.MarksSeen));

    public async Task SearchAsync(HttpContext http, FoundRun run)
    {
        var query = http.Request.Query;
        if (SearchAsked.TryRead(query["q"], query["regex"] == "1", query["ignore_case"] == "1", (int)Math.Clamp(Number(http, "context") ?? 0, 0, 20), out var problem) is not { } asked)
        {
            await Answer.ProblemAsync(http, StatusCodes.Status400BadRequest, problem, "q");
            return;
        }
        if (!await _searches.WaitAsync(TimeSpan.FromSeconds(10), http.RequestAborted))
        {
            await Answer.ProblemAsync(http, StatusCodes.Status429TooManyRequests, $"{MostSearches} searches are under way already", remedy: "wait for one of them, or stop it");
            return;
        }
        try
        {
            await SearchAsync(http, run, asked);
        }
        finally
        {
            _searches.Release();
        }
    }

    private static async Task SearchAsync(HttpContext http, FoundRun run, SearchAsked asked)
    {
        http.Response.ContentType = "application/x-ndjson";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        var search = new LogSearch(asked, http.Response.Body);
        var isAll = http.Request.Query["scope"] == "experiment";
        var (scanned, size) = (0L, 0L);
        foreach (var (row, record) in isAll ? run.Experiment.Rows.Select(r => (r, run.Experiment.State.Runs[r.Name])) : [(run.Row, run.Run)])
        {
            if (search.IsFull) break;
            var attempt = isAll ? record.LastAttempt : AttemptOf(record, http.Request.Query["attempt"]);
            using var log = attempt?.Log is { } path ? OpenLog.TryOpen(path, out _) : null;
            if (log is null) continue;
            size += log.Size;
            scanned += await search.RunAsync(log, row.Id, attempt!.Id.Folder, isAll ? 0 : Math.Min(Number(http, "from") ?? 0, log.Size), http.RequestAborted);
        }
        await search.EndAsync(scanned, size, http.RequestAborted);
    }

    /// <summary>Raw, a range, only what matches, and each of these compressed.</summary>
    public static Task DownloadAsync(HttpContext http, FoundRun run) => WithLogAsync(http, run, async (asked, log) =>
    {
        var (query, name) = (http.Request.Query, $"{run.Run.Id.Value}.{asked.Attempt.Id.Folder}.log");
        SearchAsked? filter = null;
        if (query["q"] is [{ Length: > 0 } text] && (filter = SearchAsked.TryRead(text, query["regex"] == "1", query["ignore_case"] == "1", 0, out var problem)) is null)
        {
            await Answer.ProblemAsync(http, StatusCodes.Status400BadRequest, problem, "q");
            return;
        }
        var isPacked = query["gzip"] == "1";
        http.Response.ContentType = isPacked ? "application/gzip" : "application/octet-stream";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{SafeName(name)}{(isPacked ? ".gz" : "")}\"";
        var (from, to) = (Math.Min(Number(http, "from") ?? 0, log.Size), Math.Min(Number(http, "to") ?? log.Size, log.Size));
        await using var gzip = isPacked ? new GZipStream(http.Response.Body, CompressionLevel.Fastest, leaveOpen: true) : null;
        await LogCopy.RunAsync(log, from, to, filter, (Stream?)gzip ?? http.Response.Body, http.RequestAborted);
    });

    /// <summary>The log that is asked for; where its generation is another one by now, that is said.</summary>
    private static async Task WithLogAsync(HttpContext http, FoundRun run, Func<AskedLog, OpenLog, Task> answer)
    {
        if (AttemptOf(run.Run, http.Request.Query["attempt"]) is not { } attempt) await NoAttemptAsync(http);
        else if (attempt.Log is not { } path) await Answer.NotFoundAsync(http, "nothing has been logged yet");
        else
        {
            using var log = OpenLog.TryOpen(path, out var problem);
            if (log is null)
            {
                var others = run.Run.Attempts.Where(a => a.Log is { } other && File.Exists(other)).Select(static a => a.Id.Folder).ToArray();
                await Answer.ProblemAsync(http, StatusCodes.Status404NotFound, $"the log of attempt {attempt.Id.Folder} cannot be shown: {problem}", remedy: others.Length > 0 ? $"there are logs of attempt {string.Join(", ", others)}" : null);
                return;
            }
            var known = LogGeneration.TryParse(http.Request.Query["generation"]);
            var isSame = known is { } g && log.Is(g);
            await answer(new(attempt, path, isSame ? known.ToString()! : log.Generation.ToString(), known is null || isSame ? null : "the file was written anew since; this is what stands there now"), log);
        }
    }

    private Task SendAsync(HttpContext http, AskedLog asked, OpenLog log, LineRun lines) =>
        Answer.JsonAsync(http, new LogLinesAnswer(asked.Attempt.Id.Folder, asked.Generation, log.Size, lines.From, lines.To, lines.Lines, counts.NumberAt(log, lines.From), asked.Moved), WebJson.Plain.LogLinesAnswer);

    /// <summary>Null: there is none of that name, or none at all.</summary>
    public static AttemptRecord? AttemptOf(RunRecord run, string? name) => string.IsNullOrEmpty(name) || name == "last" ? run.LastAttempt : run.Attempts.FirstOrDefault(a => a.Id.Folder == name);

    private static Task NoAttemptAsync(HttpContext http) => Answer.NotFoundAsync(http, "there is no such attempt, or none has begun yet");

    private static int Most(long count) => (int)Math.Clamp(count, 0, MostLines);

    private static long? Number(HttpContext http, string name) => long.TryParse(http.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string SafeName(string name) => string.Concat(name.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '+' ? c : '_'));

    private sealed record AskedLog(AttemptRecord Attempt, string Path, string Generation, string? Moved);
}
