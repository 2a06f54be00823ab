namespace Vigil.Configuration;

/// <summary>Matches names as a shell does: <c>*</c>, <c>?</c>, <c>[abc]</c>, <c>[a-z]</c>, <c>[!abc]</c>. Takes at most pattern times name steps.</summary>
public static class GlobPattern
{
    public static bool Matches(string pattern, string name)
    {
        var (p, n, star, retry) = (0, 0, -1, 0);
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*') (star, retry) = (p++, n);
            else if (p < pattern.Length && MatchesOne(pattern, p, name[n]) is var next and > 0) (p, n) = (next, n + 1);
            else if (star >= 0) (p, n) = (star + 1, ++retry);
            else return false;
        }
        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    /// <summary>The place behind the part of the pattern that takes this character; 0 when it does not.</summary>
    private static int MatchesOne(string pattern, int at, char c)
    {
        if (pattern[at] == '?') return at + 1;
        if (pattern[at] != '[') return pattern[at] == c ? at + 1 : 0;
        var negated = at + 1 < pattern.Length && pattern[at + 1] == '!';
        var first = at + (negated ? 2 : 1);
        // A bracket right behind the opening one belongs to the set; without a closing one '[' stands for itself.
        var close = first < pattern.Length ? pattern.IndexOf(']', first + 1) : -1;
        if (close < 0) return c == '[' ? at + 1 : 0;
        var within = false;
        for (var i = first; i < close; i++)
        {
            if (i + 2 < close && pattern[i + 1] == '-') { within |= c >= pattern[i] && c <= pattern[i + 2]; i += 2; }
            else within |= c == pattern[i];
        }
        return within != negated ? close + 1 : 0;
    }
}
