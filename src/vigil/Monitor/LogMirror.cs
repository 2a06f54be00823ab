using System.Collections.Immutable;
using System.Globalization;
using Vigil.Monitoring;
using Vigil.Schedulers.Slurm.Ssh;

namespace Vigil.Monitor;

/// <summary>
/// Keeps copies of a cluster's logs on this machine: in rounds, each of which asks once for what is new in all of them. A round goes on beside
/// the monitor's turns; a connection that is gone keeps nobody waiting.
/// </summary>
internal sealed class LogMirror(SshSite site, TimeProvider time)
{
    /// <summary>What one round brings at most, of all logs together.</summary>
    private const long MostARound = 16 << 20;

    private const long LeastOfALog = 64 << 10;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(2), Longest = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, MirroredLog> _logs = new(StringComparer.Ordinal);
    private Task<RoundEnd>? _round;
    private long? _last;
    private TimeSpan _interval = Shortest;

    private readonly record struct RoundEnd(string? Trouble, bool Grew, bool More);

    /// <summary>What was last seen of the logs; null: there was no round yet.</summary>
    public Witness? Witness { get; private set; }

    /// <summary>Follows a log from now on.</summary>
    /// <param name="there">Absolute, on the cluster.</param>
    /// <param name="here">Absolute, on this machine.</param>
    public void Follow(string there, string here)
    {
        if (!_logs.TryGetValue(there, out var log)) _logs[there] = new MirroredLog(there, here);
        else (log.HasEnded, log.IsWhole) = (false, false);     // the next attempt appends to it
    }

    /// <summary>Whether everything that an ended job wrote is here. Asked for the first time, it notes that the job has ended: what a round that begins later finds is the whole.</summary>
    public bool IsWhole(string there)
    {
        if (!_logs.TryGetValue(there, out var log)) return true;
        if (log.HasEnded) return log.IsWhole && _round is null;
        log.HasEnded = true;
        _interval = TimeSpan.Zero;
        return false;
    }

    /// <summary>Keeps only these.</summary>
    public void Keep(IReadOnlySet<string> logs)
    {
        if (_round is not null) return;
        foreach (var other in _logs.Keys.Where(there => !logs.Contains(there)).ToList()) _logs.Remove(other);
    }

    /// <summary>Takes in a round that has ended, and begins one that is due.</summary>
    public async ValueTask TurnAsync(CancellationToken stop)
    {
        if (_round is { IsCompleted: true } ended)
        {
            _round = null;
            _last = time.GetTimestamp();
            try { Take(await ended); }
            // An earlier caller was asked to stop; this one was not.
            catch (OperationCanceledException) when (!stop.IsCancellationRequested) { }
        }
        if (_round is not null || _logs.Count == 0 || _last is { } last && time.GetElapsedTime(last) < _interval) return;
        var logs = _logs.Values.Where(static log => !log.IsWhole).ToImmutableArray();
        if (logs.IsEmpty) return;
        var ending = logs.Select(static log => log.HasEnded).ToImmutableArray();
        _round = Task.Run(() => RoundAsync(logs, ending, stop), stop);
    }

    private void Take(RoundEnd round)
    {
        var name = $"logs on {site.Name}";
        Witness = new(name, round.Trouble is null ? time.GetUtcNow() : Witness?.Answered, round.Trouble);
        _interval = round switch
        {
            { Trouble: not null } => Longest,
            { More: true } => TimeSpan.Zero,
            { Grew: true } => Shortest,
            _ => TimeSpan.FromTicks(Math.Clamp(_interval.Ticks * 3 / 2, Shortest.Ticks, Longest.Ticks)),
        };
    }

    private async Task<RoundEnd> RoundAsync(ImmutableArray<MirroredLog> logs, ImmutableArray<bool> ending, CancellationToken stop)
    {
        var share = Math.Max(LeastOfALog, MostARound / logs.Length);
        string? unwritable = null;
        var (grew, more) = (false, false);
        // With more logs than a round can hold their least parts, it is several questions.
        foreach (var part in logs.Zip(ending).Chunk((int)(MostARound / LeastOfALog)))
        {
            var (pieces, trouble) = await site.ReadLogsAsync([.. part.Select(log => log.First.Wanted(share))], stop);
            if (pieces is not { } answered) return new(trouble, grew, More: false);
            foreach (var ((log, ended), piece) in part.Zip(answered))
                try
                {
                    var growth = log.Take(piece);
                    grew |= growth is not Growth.None;
                    more |= growth is Growth.More;
                    if (ended && growth is Growth.None && !log.WasShorter) log.IsWhole = true;
                }
                // A full disk here: what was not kept is fetched again.
                catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException) { unwritable = string.Create(CultureInfo.InvariantCulture, $"{log.Here} cannot be written: {refusal.Message}"); }
        }
        return new(unwritable, grew, more || logs.Zip(ending).Any(static l => l.Second && !l.First.IsWhole && !l.First.WasShorter));
    }
}
