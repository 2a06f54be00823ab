namespace Vigil.Web.Logs;

/// <summary>Numbers of lines, by counting line ends once, a block at a time: of a log that grows only what is new is counted.</summary>
internal sealed class LineCounts
{
    private const int Block = 4 << 20, MostLogs = 64;

    private readonly Dictionary<ulong, Counted> _logs = [];

    /// <summary>The number, from 1, of the line that begins at a byte.</summary>
    public long NumberAt(OpenLog log, long offset)
    {
        var counted = Of(log);
        lock (counted)
        {
            var block = (int)(offset / Block);
            counted.To(log, block);
            return 1 + counted.Before[block] + CountIn(log, (long)block * Block, offset);
        }
    }

    /// <summary>Where the line of a number begins; of one that is not there yet, the end.</summary>
    public long StartOf(OpenLog log, long number)
    {
        var counted = Of(log);
        lock (counted)
        {
            var block = 0;
            while ((long)(block + 1) * Block <= log.Size)
            {
                counted.To(log, block + 1);
                if (counted.Before[block + 1] >= number - 1) break;
                block++;
            }
            var (left, at) = (number - 1 - counted.Before[block], (long)block * Block);
            if (left == 0 && at == 0) return 0;
            var bytes = new byte[Block];
            var rest = bytes.AsSpan(0, log.Read(bytes, at));
            while (left > 0 && rest.IndexOf((byte)'\n') is >= 0 and var end)
            {
                (left, at) = (left - 1, at + end + 1);
                rest = rest[(end + 1)..];
            }
            return left > 0 ? log.Size : at;
        }
    }

    private Counted Of(OpenLog log)
    {
        lock (_logs)
        {
            if (_logs.TryGetValue(log.Generation.Inode, out var known) && log.Is(known.Generation)) return known;
            if (_logs.Count >= MostLogs) _logs.Clear();
            return _logs[log.Generation.Inode] = new(log.Generation);
        }
    }

    private static long CountIn(OpenLog log, long from, long to)
    {
        var bytes = new byte[(int)Math.Max(0, to - from)];
        return bytes.AsSpan(0, log.Read(bytes, from)).Count((byte)'\n');
    }

    /// <param name="generation">Whose lines they are.</param>
    private sealed class Counted(LogGeneration generation)
    {
        public LogGeneration Generation => generation;

        /// <summary>Line ends before each block.</summary>
        public List<long> Before { get; } = [0];

        public void To(OpenLog log, int block)
        {
            while (Before.Count <= block) Before.Add(Before[^1] + CountIn(log, (long)(Before.Count - 1) * Block, (long)Before.Count * Block));
        }
    }
}
