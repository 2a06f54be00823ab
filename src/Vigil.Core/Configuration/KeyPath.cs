namespace Vigil.Configuration;

/// <summary>A path as one text, such as <c>oc.select</c> takes: <c>a.b</c>, <c>a[b]</c>, <c>[a].b</c>, <c>..a</c>. A backslash before <c>.</c>, <c>[</c>, <c>]</c> or <c>=</c> makes it part of a key.</summary>
/// <param name="Dots">Leading dots.</param>
internal readonly record struct KeyPath(int Dots, IReadOnlyList<string> Keys)
{
    public static KeyPath Parse(string text)
    {
        var dots = 0;
        while (dots < text.Length && text[dots] == '.') dots++;
        var keys = new List<string>();
        if (dots == text.Length) return new(dots, keys);
        var (at, key) = (dots, new System.Text.StringBuilder());
        if (text[at] != '[') keys.Add(Word(text, ref at, key, ".["));
        var lastClose = text.LastIndexOf(']');
        while (at < text.Length)
        {
            if (text[at] == '[' && at < lastClose)
            {
                at++;
                keys.Add(Word(text, ref at, key, "]"));
                at++;
            }
            else if (text[at] == '.') { at++; keys.Add(Word(text, ref at, key, ".[")); }
            else at++;
        }
        return new(dots, keys);
    }

    private static string Word(string text, ref int at, System.Text.StringBuilder key, string ends)
    {
        key.Clear();
        while (at < text.Length && !ends.Contains(text[at], StringComparison.Ordinal))
        {
            if (text[at] == '\\' && at + 1 < text.Length && ".[]=".Contains(text[at + 1], StringComparison.Ordinal)) at++;
            key.Append(text[at++]);
        }
        return key.ToString();
    }
}
