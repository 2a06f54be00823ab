namespace Vigil.Logs;

/// <summary>
/// The fallback for trainers without a grammar of their own: <c>step 12/300 loss=0.12 lr: 1e-3</c>. A line counts only when it names
/// a step (<c>step</c>, <c>iter</c>, <c>iteration</c>, <c>global_step</c>); its other <c>key=number</c> and
/// <c>key: number</c> pairs are then metrics. Numbers of other lines are settings, ports and sizes as often as metrics.
/// </summary>
public readonly ref struct StepLine
{
    private readonly ReadOnlySpan<byte> _line;

    private StepLine(long step, long? total, ReadOnlySpan<byte> line)
    {
        Step = step;
        Total = total;
        _line = line;
    }

    public long Step { get; }

    /// <summary>Null when the line does not say it.</summary>
    public long? Total { get; }

    public KeyedFields Fields => new(_line);

    public static bool TryParse(ReadOnlySpan<byte> line, out StepLine parsed)
    {
        parsed = default;
        var rest = line;
        while (true)
        {
            int step = rest.IndexOf("step"u8), iter = rest.IndexOf("iter"u8);
            var at = step < 0 || iter >= 0 && iter < step ? iter : step;
            if (at < 0) return false;
            var start = at;
            while (start > 0 && KeyedFields.IsOfKey(rest[start - 1])) start--;
            var end = at;
            while (end < rest.Length && KeyedFields.IsOfKey(rest[end])) end++;
            if (IsStep(rest[start..end]) && TryCounts(rest[end..], out var now, out var total))
            {
                parsed = new StepLine(now, total, line);
                return true;
            }
            rest = rest[end..];
        }
    }

    // Not "steps": that word stands before totals ("max steps: 1000").
    internal static bool IsStep(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("step"u8) || key.SequenceEqual("iter"u8) || key.SequenceEqual("iteration"u8) || key.SequenceEqual("global_step"u8);

    private static bool TryCounts(ReadOnlySpan<byte> rest, out long step, out long? total)
    {
        total = null;
        rest.SkipSpaces();
        if (rest.Skip(":"u8) || rest.Skip("="u8)) rest.SkipSpaces();
        if (!rest.TakeCount(out step)) return false;
        if (rest is [(byte)'.', _, ..] && char.IsAsciiDigit((char)rest[1])) return false;   // 1.5 is no count
        var after = rest;
        after.SkipSpaces();
        if (after.Skip("/"u8))
        {
            after.SkipSpaces();
            if (after.TakeCount(out var all))
            {
                total = all;
                rest = after;
            }
        }
        return rest.IsEmpty || !KeyedFields.IsOfKey(rest[0]);
    }
}

/// <summary>Walks <c>key=number</c> and <c>key: number</c> pairs; the step itself is left out.</summary>
public ref struct KeyedFields(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;
    private readonly ReadOnlySpan<byte> _line = rest;

    public MetricField Current { get; private set; }

    public readonly KeyedFields GetEnumerator() => this;

    public bool MoveNext()
    {
        while (true)
        {
            var mark = _rest.IndexOfAny((byte)'=', (byte)':');
            if (mark < 0) return false;
            var consumed = _line.Length - _rest.Length + mark;
            var start = consumed;
            while (start > 0 && IsOfKey(_line[start - 1])) start--;
            var name = _line[start..consumed];
            var value = _rest[(mark + 1)..];
            _rest = value;
            value.SkipSpaces();
            var end = 0;
            while (end < value.Length && (char.IsAsciiLetterOrDigit((char)value[end]) || value[end] is (byte)'.' or (byte)'+' or (byte)'-')) end++;
            if (value[end..] is [(byte)':' or (byte)'/' or (byte)'_', ..]) continue;   // a time, a fraction, a word
            if (name.IsEmpty || char.IsAsciiDigit((char)name[0]) || StepLine.IsStep(name)) continue;
            if (!ByteScan.TryNumber(value[..end], out var number)) continue;
            Current = new MetricField(name, number);
            return true;
        }
    }

    internal static bool IsOfKey(byte b) => char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'-' or (byte)'/' or (byte)'.';
}
