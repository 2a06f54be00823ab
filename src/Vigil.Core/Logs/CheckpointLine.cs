namespace Vigil.Logs;

/// <summary>
/// Megatron-LM's word that a checkpoint is complete: <c>successfully saved checkpoint from iteration 100 to PATH</c>. Older versions say
/// <c>at iteration</c>, newer ones add <c>[ t 1/8, p 1/2 ]</c> after the path, some loggers begin it with a capital.
/// </summary>
public readonly ref struct CheckpointLine
{
    private CheckpointLine(long step, ReadOnlySpan<byte> path)
    {
        Step = step;
        Path = path;
    }

    public long Step { get; }

    /// <summary>The folder of the run's checkpoints, as printed: possibly relative to the job's working folder.</summary>
    public ReadOnlySpan<byte> Path { get; }

    public static bool TryParse(ReadOnlySpan<byte> line, out CheckpointLine parsed)
    {
        parsed = default;
        var head = "uccessfully saved checkpoint "u8;
        var at = line.IndexOf(head);
        if (at < 1 || (line[at - 1] | 0x20) != 's') return false;
        var rest = line[(at + head.Length)..];
        if (!rest.Skip("from iteration "u8) && !rest.Skip("at iteration "u8)) return false;
        rest.SkipSpaces();
        if (!rest.TakeCount(out var step)) return false;
        rest.SkipSpaces();
        if (!rest.Skip("to "u8)) return false;
        var path = ByteScan.Trimmed(WithoutRanks(rest));
        if (path.IsEmpty || path.IndexOfAnyInRange((byte)0, (byte)31) >= 0) return false;
        parsed = new CheckpointLine(step, path);
        return true;
    }

    private static ReadOnlySpan<byte> WithoutRanks(ReadOnlySpan<byte> path)
    {
        var ranks = path.LastIndexOf(" [ t "u8);
        return ranks > 0 && ByteScan.Trimmed(path).EndsWith("]"u8) ? path[..ranks] : path;
    }
}
