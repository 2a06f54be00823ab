namespace Vigil.Logs;

/// <summary>
/// Megatron-LM's progress line: <c>[time] iteration 10/ 200 | consumed samples: … | lm loss: 2.31E+00 | …</c>, with whatever
/// prefix the launcher put before it. Metrics keep the trainer's own names, such as <c>lm loss</c>.
/// </summary>
public readonly ref struct IterationLine
{
    /// <summary>The field that says how long a step took.</summary>
    public static ReadOnlySpan<byte> Elapsed => "elapsed time per iteration (ms)"u8;

    private readonly ReadOnlySpan<byte> _fields;

    private IterationLine(long step, long total, ReadOnlySpan<byte> fields)
    {
        Step = step;
        Total = total;
        _fields = fields;
    }

    public long Step { get; }
    public long Total { get; }

    public PipedFields Fields => new(_fields);

    /// <param name="line">A line, or its part from a place before the word <c>iteration</c>.</param>
    public static bool TryParse(ReadOnlySpan<byte> line, out IterationLine parsed)
    {
        parsed = default;
        while (true)
        {
            var word = line.IndexOf("iteration"u8);
            if (word < 0) return false;
            line = line[(word + "iteration"u8.Length)..];
            if (line is not [(byte)' ', ..]) continue;
            var rest = line;
            rest.SkipSpaces();
            if (!rest.TakeCount(out var step) || !rest.Skip("/"u8)) continue;
            rest.SkipSpaces();
            if (!rest.TakeCount(out var total)) continue;
            rest.SkipSpaces();
            if (!rest.Skip("|"u8)) continue;
            parsed = new IterationLine(step, total, rest);
            return true;
        }
    }
}
