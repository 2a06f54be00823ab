namespace Vigil.Logs;

/// <summary>Megatron-LM's <c>validation loss at iteration 100 | lm loss value: … | lm loss PPL: … |</c>, in all its forms: <c>… on validation set</c> and <c>… on test set</c> after training.</summary>
public readonly ref struct ValidationLine
{
    private readonly ReadOnlySpan<byte> _fields;

    private ValidationLine(long step, ReadOnlySpan<byte> set, ReadOnlySpan<byte> fields)
    {
        Step = step;
        Set = set;
        _fields = fields;
    }

    public long Step { get; }

    /// <summary>What was evaluated: <c>validation</c> or <c>test</c>.</summary>
    public ReadOnlySpan<byte> Set { get; }

    public PipedFields Fields => new(_fields);

    public static bool TryParse(ReadOnlySpan<byte> line, out ValidationLine parsed)
    {
        parsed = default;
        var head = "validation loss at iteration "u8;
        var at = line.IndexOf(head);
        if (at < 0) return false;
        var rest = line[(at + head.Length)..];
        rest.SkipSpaces();
        if (!rest.TakeCount(out var step)) return false;
        var bar = rest.IndexOf((byte)'|');
        if (bar < 0) return false;
        var set = rest[..bar].IndexOf("on test set"u8) >= 0 ? "test"u8 : "validation"u8;
        parsed = new ValidationLine(step, set, rest[(bar + 1)..]);
        return true;
    }
}
