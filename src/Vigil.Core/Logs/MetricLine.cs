using System.Text;

namespace Vigil.Logs;

/// <summary>
/// One line of a <c>metrics.jsonl</c>: an object with the step and numbers beside it, in the usual spellings. Python's <c>NaN</c> and
/// <c>Infinity</c> are numbers here. Names inside of inner objects stand behind the outer name and a slash.
/// </summary>
public static class MetricLine
{
    private const int MaxDepth = 3, MaxNameBytes = 512, MaxValues = 1000;

    private static readonly string[] StepNames = ["step", "global_step", "_step", "iteration", "iter", "train/global_step", "trainer/global_step", "train_step", "steps"];
    private static readonly string[] TimeNames = ["time", "timestamp", "_timestamp", "_runtime", "wall_time", "ts", "created_at"];

    /// <returns>False when the line is no object, is not complete, or names no step.</returns>
    public static bool TryRead(ReadOnlySpan<byte> line, List<NamedValue> values, out long step)
    {
        values.Clear();
        step = 0;
        var rest = line;
        Blanks(ref rest);
        if (!TryObject(ref rest, "", 1, values)) return false;
        var place = -1;
        for (var s = 0; s < StepNames.Length && place < 0; s++) place = values.FindIndex(v => v.Name == StepNames[s] && LineFacts.IsCount(v.Value));
        if (place < 0) return false;
        step = (long)values[place].Value;
        values.RemoveAll(static v => StepNames.Contains(v.Name) || TimeNames.Contains(v.Name));
        return true;
    }

    private static bool TryObject(ref ReadOnlySpan<byte> rest, string prefix, int depth, List<NamedValue> values)
    {
        if (depth > MaxDepth || !rest.Skip("{"u8)) return false;
        Blanks(ref rest);
        if (rest.Skip("}"u8)) return true;
        while (true)
        {
            Blanks(ref rest);
            if (!TryText(ref rest, out var name)) return false;
            Blanks(ref rest);
            if (!rest.Skip(":"u8)) return false;
            Blanks(ref rest);
            if (!TryValue(ref rest, prefix, name, depth, values)) return false;
            Blanks(ref rest);
            if (rest.Skip("}"u8)) return true;
            if (!rest.Skip(","u8)) return false;
        }
    }

    private static bool TryValue(ref ReadOnlySpan<byte> rest, string prefix, scoped ReadOnlySpan<byte> name, int depth, List<NamedValue> values)
    {
        if (rest is [(byte)'{', ..]) return TryObject(ref rest, $"{prefix}{Encoding.UTF8.GetString(name)}/", depth + 1, values);
        if (rest is [(byte)'"', ..]) return TryText(ref rest, out _);
        if (rest is [(byte)'[', ..]) return TrySkipList(ref rest);
        var end = rest.IndexOfAny(",} \t"u8);
        if (end <= 0) return false;
        if (ByteScan.TryNumber(rest[..end], out var number) && name.Length <= MaxNameBytes && values.Count < MaxValues) values.Add(new NamedValue(prefix + Encoding.UTF8.GetString(name), number));
        rest = rest[end..];   // true, false and null are no numbers
        return true;
    }

    private static bool TrySkipList(ref ReadOnlySpan<byte> rest)
    {
        var depth = 0;
        while (!rest.IsEmpty)
        {
            var b = rest[0];
            if (b == '"')
            {
                if (!TryText(ref rest, out _)) return false;
                continue;
            }
            rest = rest[1..];
            if (b is (byte)'[' or (byte)'{') depth++;
            else if (b is (byte)']' or (byte)'}' && --depth == 0) return true;
        }
        return false;
    }

    private static bool TryText(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (rest is not [(byte)'"', ..]) return false;
        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] == '\\') i++;
            else if (rest[i] == '"')
            {
                text = rest[1..i];
                rest = rest[(i + 1)..];
                return true;
            }
        }
        return false;
    }

    private static void Blanks(ref ReadOnlySpan<byte> rest)
    {
        while (rest is [(byte)' ' or (byte)'\t', ..]) rest = rest[1..];
    }
}
