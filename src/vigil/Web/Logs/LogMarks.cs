using System.Collections.Immutable;
using Vigil.Logs;
using Vigil.Spec;

namespace Vigil.Web.Logs;

/// <param name="Kind"><c>error</c>, <c>warning</c>.</param>
internal sealed record LogMark(long Offset, string Kind);

/// <param name="Partial">Whether the log is still being looked through.</param>
/// <param name="Omitted">Marks beyond those that are listed.</param>
internal sealed record MarksSeen(string Attempt, string Generation, long Size, bool Partial, ImmutableArray<LogMark> Marks, int Omitted);

/// <summary>Where in a log its errors and warnings stand. Each log is looked through once, on from where the last look stopped.</summary>
internal sealed class LogMarks(TimeProvider time)
{
    private const int Most = 20_000, MostLogs = 64, Block = 1 << 20;

    private static readonly PatternSet Patterns = PatternSet.Of([new(PatternKind.Regex, LineSeverity.Error), new(PatternKind.Regex, LineSeverity.Warning)]);

    private readonly Dictionary<string, Seen> _logs = new(StringComparer.Ordinal);

    /// <param name="patience">How long may be looked now; what is left is looked at the next time.</param>
    public MarksSeen Of(string path, OpenLog log, TimeSpan patience)
    {
        Seen seen;
        lock (_logs)
        {
            if (!_logs.TryGetValue(path, out var known) || !log.Is(known.Generation) || known.Scanner.Position > log.Size)
            {
                if (_logs.Count >= MostLogs) _logs.Clear();
                _logs[path] = known = new(log.Generation);
            }
            seen = known;
        }
        lock (seen)
        {
            Look(seen, log, patience);
            return new("", log.Generation.ToString(), log.Size, seen.Scanner.Position < log.Size, [.. seen.Marks], seen.Omitted);
        }
    }

    private void Look(Seen seen, OpenLog log, TimeSpan patience)
    {
        var (begun, block) = (time.GetTimestamp(), new byte[Block]);
        while (seen.Scanner.Position < log.Size && time.GetElapsedTime(begun) < patience && log.Read(block, seen.Scanner.Position) is > 0 and var read)
            foreach (var hit in seen.Scanner.Scan(block.AsSpan(0, read)))
                seen.Add(hit.Line.Offset, hit.Pattern == 0 ? "error" : "warning");
    }

    private sealed class Seen(LogGeneration generation)
    {
        public LogGeneration Generation => generation;
        public LogScanner Scanner { get; } = new(Patterns);
        public List<LogMark> Marks { get; } = [];
        public int Omitted { get; private set; }

        /// <summary>One mark a line: an error that is a warning as well is an error.</summary>
        public void Add(long offset, string kind)
        {
            if (Marks is [.., var last] && last.Offset == offset) return;
            if (Marks.Count < Most) Marks.Add(new(offset, kind));
            else Omitted++;
        }
    }
}
