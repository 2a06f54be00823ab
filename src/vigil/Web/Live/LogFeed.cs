using Vigil.Logs;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;
using Vigil.Web.Logs;
using Vigil.Web.Runs;

namespace Vigil.Web.Live;

/// <summary>
/// The log of one run to one page, from a byte on, over restarts of the run. The page says how far it has taken the bytes; one that lags is not queued for:
/// it is told what it misses, and goes on at the end.
/// </summary>
/// <param name="send">Waits where the way to the page is full.</param>
internal sealed class LogFeed(int id, string run, Tails tails, RunApi runs, Func<Frame, CancellationToken, Task> send) : IDisposable
{
    private const int MostFrame = 64 << 10, MostOnTheWay = 1 << 20, KeptOfALag = 64 << 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1), Batch = TimeSpan.FromMilliseconds(60), LagPatience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _acked = new(0);
    private long _taken;
    private string _attempt = "";
    private LogGeneration? _generation;
    private string _generationText = "";
    private long _position;

    /// <summary>The page has taken the log up to here.</summary>
    public void Ack(long offset)
    {
        Interlocked.Exchange(ref _taken, offset);
        _acked.Release();
    }

    public void Dispose() => _acked.Dispose();

    public async Task RunAsync(string attempt, string? generation, long offset, CancellationToken stop)
    {
        (_attempt, _generation, _generationText, _position) = (attempt, LogGeneration.TryParse(generation), generation ?? "", offset);
        Interlocked.Exchange(ref _taken, offset);
        while (!stop.IsCancellationRequested)
        {
            if (runs.Find(run) is not { } found)
            {
                await send(new Frame.Trouble(id, "there is no such run here (any more)"), stop);
                return;
            }
            if (LogApi.AttemptOf(found.Run, _attempt) is { Log: { } path } shown)
            {
                _attempt = shown.Id.Folder;
                if (!await FollowAsync(path, shown.Id, stop)) return;
            }
            else if (found.Run.State is RunState.Finished)
            {
                await send(new Frame.End(id, found.Row.State), stop);
                return;
            }
            else await Task.Delay(Patience, stop);
        }
    }

    /// <returns>Whether another attempt is to be followed.</returns>
    private async Task<bool> FollowAsync(string path, AttemptId attempt, CancellationToken stop)
    {
        using var tail = tails.Open(path);
        while (!stop.IsCancellationRequested)
        {
            // The journal first: when it says that an attempt is over, all of its log is there.
            var found = runs.Find(run);
            var sight = tail.Sight;
            await CatchUpAsync(path, sight, stop);
            if (found is null) return false;
            if (After(found.Run, attempt) is { Log: { } next } later)
            {
                await CatchUpAsync(path, tail.Sight, stop);
                _attempt = later.Id.Folder;
                if (next != path) (_generation, _position) = (null, 0);
                using var log = OpenLog.TryOpen(next, out _);
                await send(new Frame.Next(id, _attempt, log?.Generation.ToString() ?? ""), stop);
                return true;
            }
            if (found.Run.State is RunState.Finished && _position >= tail.Sight.Size)
            {
                await send(new Frame.End(id, found.Row.State), stop);
                return false;
            }
            await tail.AfterAsync(sight.Turn, Patience, stop);
            await Task.Delay(Batch, stop);
        }
        return false;
    }

    private static AttemptRecord? After(RunRecord run, AttemptId attempt)
    {
        for (var i = 0; i + 1 < run.Attempts.Length; i++)
            if (run.Attempts[i].Id == attempt && run.Attempts[i].Ended is not null) return run.Attempts[i + 1];
        return null;
    }

    private async Task CatchUpAsync(string path, TailSight sight, CancellationToken stop)
    {
        if (sight.Generation is null) return;
        using var log = OpenLog.TryOpen(path, out _);
        if (log is null) return;
        if (_generation is not { } known || !log.Is(known) || log.Size < _position)
        {
            var isOther = _generation is not null;
            (_generation, _generationText) = (log.Generation, log.Generation.ToString());
            if (isOther) (_position, _taken) = (0, 0);
            if (isOther) await send(new Frame.Rotated(id, _attempt, _generationText), stop);
        }
        var block = new byte[MostFrame];
        while (_position < log.Size)
        {
            if (_position - Interlocked.Read(ref _taken) >= MostOnTheWay && !await WaitAsync(stop))
            {
                // Not queued for: it goes on near the end, and is told what it misses.
                using var now = OpenLog.TryOpen(path, out _);
                var end = now?.Size ?? log.Size;
                var to = new LineReader(log, BarForm.Folded).StartAt(Math.Max(_position, end - KeptOfALag));
                if (to > _position) await send(new Frame.Gap(id, _attempt, _generationText, _position, to, "slow"), stop);
                (_position, _taken) = (Math.Max(to, _position), Math.Max(to, _position));
                return;
            }
            var read = log.Read(block.AsSpan(0, (int)Math.Min(MostFrame, log.Size - _position)), _position);
            if (read == 0) return;
            var whole = ShownText.WholeCharacters(block.AsSpan(0, read));
            await SendAsync(block.AsMemory(0, whole == 0 ? read : whole), stop);
        }
    }

    private Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        var isText = System.Text.Unicode.Utf8.IsValid(bytes.Span);
        var frame = new Frame.Data(id, _attempt, _generationText, _position, bytes.Length, isText ? System.Text.Encoding.UTF8.GetString(bytes.Span) : null, isText ? null : Convert.ToBase64String(bytes.Span));
        _position += bytes.Length;
        return send(frame, stop);
    }

    /// <returns>Whether the page has taken enough to be sent more.</returns>
    private async Task<bool> WaitAsync(CancellationToken stop)
    {
        var until = DateTime.UtcNow + LagPatience;
        while (_position - Interlocked.Read(ref _taken) >= MostOnTheWay)
        {
            var left = until - DateTime.UtcNow;
            if (left <= TimeSpan.Zero || !await _acked.WaitAsync(left, stop)) return false;
        }
        return true;
    }
}
