namespace Vigil.Configuration;

/// <summary>Finds what a mistyped word was meant to be.</summary>
public static class Suggestion
{
    /// <summary>The nearest candidate, or null when none is near; swapped neighbours count as one slip.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        if (word.Length > 100) return null;
        var (best, least) = ((string?)null, Math.Max(1, word.Length / 3) + 1);
        foreach (var candidate in candidates)
        {
            if (candidate == word || Math.Abs(candidate.Length - word.Length) >= least) continue;
            var distance = Distance(word, candidate);
            if (distance < least) (best, least) = (candidate, distance);
        }
        return best;
    }

    /// <summary>A hint for a diagnostic: the nearest candidate, else the known words as long as they are few; null when there is nothing to say.</summary>
    public static string? Hint(string word, IReadOnlyCollection<string> known) =>
        Nearest(word, known) is { } near ? $"did you mean '{near}'?"
        : known.Count is > 0 and <= 24 ? $"known here: {string.Join(", ", known)}" : null;

    private static int Distance(string a, string b)
    {
        var (before, previous, current) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++) previous[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) current[j] = Math.Min(current[j], before[j - 2] + 1);
            }
            (before, previous, current) = (previous, current, before);
        }
        return previous[b.Length];
    }
}
