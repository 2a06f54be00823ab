using System.Buffers;
using System.Collections.Immutable;

namespace Vigil.Web.Logs;

/// <summary>How progress bars are shown: all states of one line as its newest, or each for itself.</summary>
internal enum BarForm { Folded, Raw }

/// <summary>Cuts lines out of an open log, from any byte, forwards and backwards. Memory is one block, however long a line is.</summary>
internal sealed class LineReader(OpenLog log, BarForm form)
{
    private const int Block = 256 << 10;

    private readonly SearchValues<byte> _ends = SearchValues.Create(form is BarForm.Raw ? "\r\n"u8 : "\n"u8);
    private readonly byte[] _block = new byte[Block];

    /// <param name="from">The beginning of a line.</param>
    /// <param name="to">Lines that begin here or later are left out.</param>
    public LineRun After(long from, int count, long to = long.MaxValue)
    {
        var lines = ImmutableArray.CreateBuilder<ShownLine>();
        var at = from;
        while (lines.Count < count && at < Math.Min(to, log.Size) && log.Read(_block, at) is > 0 and var read)
        {
            var rest = _block.AsSpan(0, read);
            while (lines.Count < count && at < to && rest.IndexOfAny(_ends) is >= 0 and var end)
            {
                lines.Add(ShownLine.Of(at, rest[..(end + 1)], end + 1));
                at += end + 1;
                rest = rest[(end + 1)..];
            }
            if (lines.Count == count || at >= to || rest.Length < read && read == Block) continue;   // a line that the block's end cuts is read again from its beginning
            var line = read < Block ? ShownLine.Of(at, rest, rest.Length) : Long(at);
            if (line.Length > 0) lines.Add(line);
            at += line.Length;
        }
        return new(from, at, lines.DrainToImmutable());
    }

    /// <summary>The lines before a byte; where it lies inside one, that one is the last.</summary>
    public LineRun Before(long offset, int count)
    {
        var end = Math.Min(offset, log.Size);
        var from = StartOf(end, count);
        return After(from, count, end);
    }

    /// <summary>Where the line begins that a byte belongs to.</summary>
    public long StartAt(long offset) => StartOf(Math.Min(offset, log.Size) + 1, 1);

    /// <summary>Where the last lines before a byte begin. The line end right before it ends the last of them.</summary>
    private long StartOf(long end, int count)
    {
        var (at, found) = (end, 0);
        while (at > 0)
        {
            var length = (int)Math.Min(Block, at);
            at -= length;
            var block = _block.AsSpan(0, log.Read(_block.AsSpan(0, length), at));
            if (at + block.Length == end && !block.IsEmpty) block = block[..^1];
            while (block.LastIndexOfAny(_ends) is >= 0 and var place)
            {
                if (++found == count) return at + place + 1;
                block = block[..place];
            }
        }
        return 0;
    }

    /// <summary>A line that is longer than a block: its end is looked for, and what is shown is its beginning, or of a progress bar the newest state.</summary>
    private ShownLine Long(long offset)
    {
        var first = _block.ToArray();
        var (length, states) = (0L, 0);
        var tail = Array.Empty<byte>();
        while (log.Read(_block, offset + length) is > 0 and var read)
        {
            var bytes = _block.AsSpan(0, read);
            var end = bytes.IndexOfAny(_ends);
            if (end >= 0) bytes = bytes[..(end + 1)];
            states += bytes.Count((byte)'\r');
            tail = bytes.ToArray();
            length += bytes.Length;
            if (end >= 0 || read < Block) break;
        }
        var bar = states > 0 && form is BarForm.Folded;
        var shown = ShownLine.Of(offset, bar ? tail.AsSpan(Math.Max(0, tail.AsSpan().TrimEnd("\r\n"u8).LastIndexOf((byte)'\r'))) : first, length, bar ? states - 1 : 0);
        return bar ? shown : shown with { Cut = length - shown.Text.Length, States = 1 };
    }
}
