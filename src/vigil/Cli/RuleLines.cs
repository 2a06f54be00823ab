using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Vigil.Logs;
using Vigil.Monitoring;

namespace Vigil.Cli;

/// <summary>A line that holds what rules look for.</summary>
/// <param name="Before">How many lines end before it; 0 where nobody counts.</param>
internal readonly record struct RuleLine(byte[] Bytes, long Offset, long Before, ImmutableArray<RuleHit> Hits);

/// <summary>Finds the lines of a log that rules match, piece by piece, without looking at any other.</summary>
/// <param name="start">Where in the log the first piece begins, and with it a line.</param>
internal sealed class RuleLines(RulePatterns patterns, long start, LineCount count)
{
    private readonly LogScanner _scanner = new(patterns.Set, start);
    private readonly ImmutableArray<RuleHit>.Builder _hits = ImmutableArray.CreateBuilder<RuleHit>();

    public LineCount Count => count;

    public void Find(ReadOnlySpan<byte> bytes, List<RuleLine> into)
    {
        var position = _scanner.Position;
        var (line, offset, before) = ((byte[]?)null, 0L, 0L);
        foreach (var hit in _scanner.Scan(bytes))
        {
            if (line is not null && hit.Line.Offset != offset) Close();
            if (patterns.Hit(hit.Pattern, hit.Line.Bytes) is not { } rule) continue;
            if (line is null) (line, offset, before) = (hit.Line.Bytes.ToArray(), hit.Line.Offset, count.Before(bytes, position, hit.Line.Offset));
            _hits.Add(rule);
        }
        if (line is not null) Close();
        count.Before(bytes, position, position + bytes.Length);

        void Close()
        {
            into.Add(new(line, offset, before, _hits.DrainToImmutable()));
            line = null;
        }
    }
}

/// <summary>Counts the lines that end in a log up to a place, which only goes forward.</summary>
internal sealed class LineCount(long start, LineNumbers numbers)
{
    private long _to = start, _ends;

    /// <summary>How many lines end so far.</summary>
    public long Ends => _ends;

    /// <summary>How many lines end before a place.</summary>
    /// <param name="bytes">Those from <paramref name="position"/> on. What begins before them has no end before them.</param>
    public long Before(ReadOnlySpan<byte> bytes, long position, long place)
    {
        if (numbers is LineNumbers.Unknown || place <= _to) return _ends;
        _ends += bytes[(int)(_to - position)..(int)(place - position)].Count((byte)'\n');
        _to = place;
        return _ends;
    }

    /// <summary>The lines up to a place were counted elsewhere.</summary>
    public void Pass(long ends, long to) => (_ends, _to) = (_ends + ends, to);
}

/// <summary>Whether anybody wants to know the numbers of lines.</summary>
internal enum LineNumbers { Unknown, Counted }

/// <summary>
/// Looks a large file through several pieces at a time, and hands out what they hold in the order of the file. A piece begins after the end
/// of a line and ends with one, so that nothing depends on where the file was cut.
/// </summary>
internal sealed class RulePieces(SafeFileHandle file, RulePatterns patterns, LineNumbers numbers)
{
    private const int PieceBytes = 8 << 20, BlockBytes = 256 << 10, MostToCut = 1 << 20;

    /// <summary>From where on two processors are sooner done than one.</summary>
    public const int Worthwhile = 2 * PieceBytes;

    /// <summary>What follows the last piece is left: it is short, may still grow, or has lines of a length that nobody cuts.</summary>
    public IEnumerable<RulePiece> Find()
    {
        var length = RandomAccess.GetLength(file);
        var underWay = new Queue<Task<RulePiece>>();
        for (long start = 0; ;)
        {
            while (underWay.Count < 2 * Environment.ProcessorCount && Cut(start + PieceBytes, length) is { } end)
            {
                var begin = start;
                underWay.Enqueue(Task.Run(() => Look(begin, end)));
                start = end;
            }
            if (!underWay.TryDequeue(out var next)) yield break;
            yield return next.GetAwaiter().GetResult();
        }
    }

    /// <summary>The first place at or after this one where a line begins; null: none within reach.</summary>
    private long? Cut(long place, long length)
    {
        var bytes = new byte[4 << 10];
        for (var most = place + MostToCut; place < Math.Min(length, most); place += bytes.Length)
        {
            var read = RandomAccess.Read(file, bytes, place);
            if (bytes.AsSpan(0, read).IndexOf((byte)'\n') is >= 0 and var end) return place + end + 1;
        }
        return null;
    }

    private RulePiece Look(long start, long end)
    {
        var (lines, found, block) = (new RuleLines(patterns, start, new(start, numbers)), new List<RuleLine>(), GC.AllocateUninitializedArray<byte>(BlockBytes));
        for (var position = start; position < end;)
        {
            var read = RandomAccess.Read(file, block.AsSpan(0, (int)Math.Min(block.Length, end - position)), position);
            if (read <= 0) throw new IOException("the log became shorter while it was read");
            lines.Find(block.AsSpan(0, read), found);
            position += read;
        }
        return new(found, lines.Count.Ends, end);
    }
}

/// <param name="Lines">Each with the lines before it in the piece.</param>
/// <param name="Ends">How many lines end in it.</param>
/// <param name="End">Where it ends.</param>
internal sealed record RulePiece(List<RuleLine> Lines, long Ends, long End);
