using Vigil.Cli;
using Vigil.Web.Logs;

namespace Vigil.Web.Live;

/// <summary>What a look at a file showed.</summary>
/// <param name="Generation">Null: there is nothing that can be read.</param>
internal sealed record TailSight(LogGeneration? Generation, long Size, long Turn);

/// <summary>One look at each file that is watched, however many watch it: open, ask, close, five times a second.</summary>
internal sealed class Tails(TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<string, Tail> _tails = new(StringComparer.Ordinal);

    /// <summary>Files that are looked at now.</summary>
    public int Count { get { lock (_tails) return _tails.Count; } }

    /// <summary>To be given back by disposing of it.</summary>
    public Tail Open(string path)
    {
        lock (_tails)
        {
            if (!_tails.TryGetValue(path, out var tail)) _tails[path] = tail = new(this, path);
            tail.Viewers++;
            return tail;
        }
    }

    private void Close(Tail tail)
    {
        lock (_tails)
            if (--tail.Viewers == 0)
            {
                _tails.Remove(tail.Path);
                tail.Stop();
            }
    }

    internal sealed class Tail : IDisposable
    {
        private readonly Tails _of;
        private readonly CancellationTokenSource _stop = new();
        private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Tail(Tails of, string path)
        {
            (_of, Path) = (of, path);
            Sight = Look(0);
            _ = RunAsync();
        }

        public string Path { get; }
        public int Viewers { get; set; }
        public TailSight Sight { get; private set; }

        /// <summary>Completes when something else is seen than in that turn, or when the time is over.</summary>
        public async Task AfterAsync(long turn, TimeSpan patience, CancellationToken stop)
        {
            var moved = _moved.Task;
            if (Sight.Turn > turn) return;
            try
            {
                await moved.WaitAsync(patience, _of.Time, stop);
            }
            catch (TimeoutException)
            {
                // Nothing was written meanwhile.
            }
        }

        public void Dispose() => _of.Close(this);

        public void Stop() => _stop.Cancel();

        private async Task RunAsync()
        {
            while (!_stop.IsCancellationRequested)
            {
                await Pause.ForAsync(LookEvery, _of.Time, _stop.Token);
                var seen = Look(Sight.Turn + 1);
                if (seen.Size == Sight.Size && seen.Generation == Sight.Generation) continue;
                Sight = seen;
                Interlocked.Exchange(ref _moved, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            }
        }

        private TailSight Look(long turn)
        {
            using var log = OpenLog.TryOpen(Path, out _);
            return log is null ? new(null, 0, turn) : new(log.Generation, log.Size, turn);
        }
    }

    private TimeProvider Time => time;
}
