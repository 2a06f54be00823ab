namespace Vigil.Platform;

/// <summary>One process for ever: a pid is used again, but not with the same start time under the same boot.</summary>
/// <param name="Start">Clock ticks since boot: field 22 of <c>/proc/PID/stat</c>.</param>
internal readonly record struct ProcessIdentity(string Boot, int Pid, long Start);

/// <summary>What <c>/proc/PID/stat</c> says of a process.</summary>
internal readonly record struct ProcessStat(int Pid, char State, int Group, int Session, long Start)
{
    /// <summary>A zombie does nothing any more; in a container nobody may ever collect it.</summary>
    public bool IsAlive => State is not ('Z' or 'X' or 'x');

    /// <summary>The name stands in parentheses and may itself hold spaces and parentheses: the last one closes it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out ProcessStat stat)
    {
        stat = default;
        var open = line.IndexOf((byte)'(');
        var close = line.LastIndexOf((byte)')');
        if (open < 2 || close < open || close + 2 >= line.Length) return false;
        if (!System.Buffers.Text.Utf8Parser.TryParse(line[..open], out int pid, out _)) return false;
        var rest = line[(close + 2)..];
        var state = (char)rest[0];
        int group = 0, session = 0;
        long start = 0;
        for (var field = 3; field <= 22; field++)
        {
            var space = rest.IndexOfAny((byte)' ', (byte)'\n');
            var word = space < 0 ? rest : rest[..space];
            if (word.IsEmpty) return false;
            if (field == 5 && !System.Buffers.Text.Utf8Parser.TryParse(word, out group, out _)) return false;
            if (field == 6 && !System.Buffers.Text.Utf8Parser.TryParse(word, out session, out _)) return false;
            if (field == 22 && !System.Buffers.Text.Utf8Parser.TryParse(word, out start, out _)) return false;
            rest = space < 0 ? [] : rest[(space + 1)..];
        }
        stat = new(pid, state, group, session, start);
        return true;
    }
}
