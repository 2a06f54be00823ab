using System.Collections.Immutable;
using System.Globalization;

namespace Vigil.Planning;

/// <summary>Indices of runs as <c>--array-subset</c> takes them: <c>0,3-5</c>.</summary>
public sealed record ArraySubset(ImmutableArray<(int First, int Last)> Ranges)
{
    public bool Contains(int index)
    {
        foreach (var (first, last) in Ranges)
            if (index >= first && index <= last) return true;
        return false;
    }

    /// <summary>Null with a sentence when the text is no such list. Empty pieces are passed over.</summary>
    public static ArraySubset? TryParse(string text, out string? problem)
    {
        var ranges = ImmutableArray.CreateBuilder<(int, int)>();
        foreach (var piece in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = piece.Split('-', 2, StringSplitOptions.TrimEntries);
            if (!Number(ends[0], out var first) || !Number(ends[^1], out var last))
            {
                problem = $"'{piece}' is no index and no range such as 3-5";
                return null;
            }
            if (last < first)
            {
                problem = $"invalid range '{piece}': it ends before it begins";
                return null;
            }
            ranges.Add((first, last));
        }
        problem = ranges.Count == 0 ? "it names no index; the form is 0,3-5" : null;
        return problem is null ? new(ranges.DrainToImmutable()) : null;
    }

    private static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
