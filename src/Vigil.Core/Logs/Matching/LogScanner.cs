using System.Buffers;

namespace Vigil.Logs;

/// <summary>A pattern matched a line. Valid until the next hit is asked for.</summary>
/// <param name="pattern">Its number in <see cref="PatternSet.Patterns"/>.</param>
public readonly ref struct LineHit(int pattern, LogLine line)
{
    public int Pattern { get; } = pattern;
    public LogLine Line { get; } = line;
}

/// <summary>
/// Looks one log through for patterns while it grows, whatever pieces its bytes arrive in: what counts as a line is <see cref="LogLines"/>' to say.
/// Without a <see cref="RunProgress"/> to feed, and without patterns that must be asked about every line, only lines that hold a pattern's text are cut out.
/// </summary>
/// <param name="start">Where in the file the first byte to come lies.</param>
public sealed class LogScanner(PatternSet patterns, long start = 0, LineStart at = LineStart.Line)
{
    internal static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);

    private readonly PatternSet _set = patterns;
    private readonly LogLines _lines = new(start, at);
    private readonly LineMarks _marks = new(patterns.Patterns.Length);
    private readonly List<int> _found = [];
    private long _tried, _bytes;

    /// <summary>Everything before it has been reported; reading may be taken up again here.</summary>
    public long Cursor => _lines.Cursor;

    /// <summary>Where in the file the next byte to be handed in lies.</summary>
    public long Position => _lines.Position;

    /// <summary>
    /// The hits of the lines that these bytes complete: one for each pattern on each line, in the order of lines, then of patterns.
    /// Must be enumerated to the end, before anything else is asked.
    /// </summary>
    /// <param name="progress">Is given every line; null: nobody asks.</param>
    /// <param name="findings">Gets what <paramref name="progress"/> finds.</param>
    public Scanning Scan(ReadOnlySpan<byte> bytes, RunProgress? progress = null, ICollection<LogFinding>? findings = null) => new(this, bytes, progress, findings);

    /// <summary>Walks the hits of one piece: first of the line that it completes, then of all its whole lines together; the rest is kept.</summary>
    public ref struct Scanning
    {
        private readonly LogScanner _scanner;
        private readonly PatternSet _set;
        private readonly RunProgress? _progress;
        private readonly ICollection<LogFinding>? _findings;
        private readonly bool _everyLine;
        private ReadOnlySpan<byte> _rest;   // not begun yet
        private ReadOnlySpan<byte> _text;   // whole lines, being searched
        private long _offset;               // where in the file _text begins
        private long _dropped;              // of the line that _text is, when it is a single one
        private int _next;                  // where in _text the next line begins
        private int _hit;                   // the next place in _text where literals stand, which _found holds; below 0: none
        private LiteralPlan _plan;
        private LogLine _line;              // whose patterns are marked

        internal Scanning(LogScanner scanner, ReadOnlySpan<byte> bytes, RunProgress? progress, ICollection<LogFinding>? findings)
        {
            (_scanner, _set, _progress, _findings) = (scanner, scanner._set, progress, findings);
            _everyLine = progress is not null || !_set.AlwaysAsked.IsEmpty;
            _rest = bytes;
            _hit = -1;
            _plan = _set.Plan;
        }

        public LineHit Current { get; private set; }

        public readonly Scanning GetEnumerator() => this;

        public bool MoveNext()
        {
            while (true)
            {
                while (_scanner._marks.TryTake(out var pattern, out var proof))
                {
                    if (proof is Proof.Possible && !_set.IsMatch(pattern, _line.Bytes)) continue;
                    Current = new LineHit(pattern, _line);
                    return true;
                }
                if (!NextLine() && !NextText()) return false;
            }
        }

        /// <summary>Goes on to the next line that is to be looked at, and marks its patterns; false: the text has no more.</summary>
        private bool NextLine()
        {
            if (_everyLine ? _next >= _text.Length : _hit < 0) return false;
            var begin = _everyLine ? _next : _text[.._hit].LastIndexOfAny(LineEnds) + 1;
            var length = _text[begin..].IndexOfAny(LineEnds);
            var end = length < 0 ? _text.Length : begin + length;
            _next = end + 1;
            var from = begin;
            while (from < end && _text[from] == 0) from++;   // a hole in the file
            var bytes = LogLines.Capped(_text[from..end]);
            _line = new LogLine(bytes, _offset + from, end - from - bytes.Length + _dropped);
            // A text in a part that the line does not have proves nothing.
            Mark(from < end, end, from == begin && bytes.Length == end - from ? Proof.Certain : Proof.Possible);
            return true;
        }

        private void Mark(bool any, int end, Proof proof)
        {
            while (_hit >= 0 && _hit < end)
            {
                if (any) _set.Mark(_scanner._found, _scanner._marks, proof);
                _scanner._found.Clear();
                _hit = LiteralSearch.Next(_plan, _text, _hit + 1, _scanner._found, ref _scanner._tried);
            }
            if (!any) return;
            _set.MarkAlwaysAsked(_scanner._marks);
            if (_progress?.Read(_line) is { } finding) _findings?.Add(finding);
        }

        /// <summary>Goes on to the line that these bytes complete, or to the whole lines among them; false: they have no more.</summary>
        private bool NextText()
        {
            var lines = _scanner._lines;
            if (_rest.IsEmpty) return false;
            if (lines.AtLineStart)
            {
                var whole = _rest.LastIndexOfAny(LineEnds) + 1;
                if (whole > 0)
                {
                    Begin(_rest[..whole], lines.Position, 0);
                    lines.Pass(whole);
                    _rest = _rest[whole..];
                    return true;
                }
            }
            var end = _rest.IndexOfAny(LineEnds);
            var cutting = lines.Cut(end < 0 ? _rest : _rest[..(end + 1)]);
            _rest = end < 0 ? [] : _rest[(end + 1)..];
            if (cutting.MoveNext()) Begin(cutting.Current.Bytes, cutting.Current.Offset, cutting.Current.Dropped);
            return !_rest.IsEmpty || !_text.IsEmpty;
        }

        private void Begin(ReadOnlySpan<byte> text, long offset, long dropped)
        {
            _text = text;
            (_offset, _dropped, _next) = (offset, dropped, 0);
            var plan = _set.PlanFor(text, _scanner._tried, _scanner._bytes);
            if (plan != _plan) (_scanner._tried, _scanner._bytes) = (0, 0);   // it was not this one that was slow
            _plan = plan;
            _scanner._bytes += text.Length;
            _hit = LiteralSearch.Next(_plan, _text, 0, _scanner._found, ref _scanner._tried);
        }
    }
}
