namespace Vigil.Logs;

/// <summary>
/// One state of a tqdm bar: <c>steps:  45%|████▌     | 9/20 [03:15&lt;03:45, 20.50s/it, avr_loss=0.0234]</c>. A bar of bytes
/// (<c>1.2G/5.0G</c>) is none: it counts no steps.
/// </summary>
internal readonly ref struct BarLine
{
    public static ReadOnlySpan<byte> Mark => "%|"u8;

    private BarLine(ReadOnlySpan<byte> label, long count, long total, ReadOnlySpan<byte> rest)
    {
        Label = label;
        (Count, Total) = (count, total);
        var close = rest.IndexOf((byte)']');
        if (close < 0) close = rest.Length;
        rest = rest[..close];
        var comma = rest.IndexOf(", "u8);
        Elapsed = ElapsedSeconds(comma < 0 ? rest : rest[..comma]);
        SecondsPerStep = double.NaN;
        if (comma < 0) return;
        rest = rest[(comma + 2)..];
        comma = rest.IndexOf(", "u8);
        SecondsPerStep = Pace(ByteScan.Trimmed(comma < 0 ? rest : rest[..comma]));
        if (comma >= 0) Postfix = rest[(comma + 2)..];
    }

    /// <summary>What stands before the percentage, without its colon; empty when nothing does.</summary>
    public ReadOnlySpan<byte> Label { get; }

    public long Count { get; }
    public long Total { get; }

    /// <summary>Since the bar began, in whole seconds as printed; -1: not said.</summary>
    public long Elapsed { get; }

    /// <summary>The bar's own average; NaN: not said.</summary>
    public double SecondsPerStep { get; }

    /// <summary>The <c>name=value</c> pairs at its end.</summary>
    public ReadOnlySpan<byte> Postfix { get; }

    /// <param name="mark">Where <see cref="Mark"/> stands in the line.</param>
    public static bool TryParse(ReadOnlySpan<byte> line, int mark, out BarLine parsed)
    {
        parsed = default;
        var start = mark;
        while (start > 0 && (uint)(line[start - 1] - '0') <= 9) start--;
        if (start == mark || mark - start > 3) return false;
        var rest = line[(mark + 2)..];
        var bar = rest.IndexOf((byte)'|');
        if (bar < 0) return false;
        rest = rest[(bar + 1)..];
        rest.SkipSpaces();
        if (!rest.TakeCount(out var count) || !rest.Skip("/"u8) || !rest.TakeCount(out var total) || !rest.Skip(" ["u8)) return false;
        parsed = new BarLine(LabelOf(line[..start]), count, total, rest);
        return true;
    }

    private static ReadOnlySpan<byte> LabelOf(ReadOnlySpan<byte> head)
    {
        head = ByteScan.Trimmed(head);
        return head is [.., (byte)':'] ? head[..^1] : head;
    }

    /// <summary><c>03:15</c> or <c>1:06:54</c>, up to the mark before what remains.</summary>
    private static long ElapsedSeconds(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'<');
        if (end >= 0) text = text[..end];
        long seconds = 0;
        for (var parts = 0; parts < 4; parts++)
        {
            if (!text.TakeCount(out var part) || part > 1_000_000) return -1;
            seconds = seconds * 60 + part;
            if (text.IsEmpty) return seconds;
            if (!text.Skip(":"u8)) return -1;
        }
        return -1;
    }

    private static double Pace(ReadOnlySpan<byte> rate)
    {
        var length = ByteScan.NumberLength(rate);
        if (length == 0 || !ByteScan.TryNumber(rate[..length], out var number) || number <= 0) return double.NaN;
        var unit = rate[length..];
        return unit.StartsWith("s/"u8) ? number : unit.EndsWith("/s"u8) ? 1 / number : double.NaN;
    }
}
