using Vigil.Monitoring;

namespace Vigil.Monitor;

/// <summary>Lines that a job may print without saying anything by them. A log's own lines come shortened, and are compared as far as they go.</summary>
internal sealed class EchoLines
{
    /// <summary>What begins a line that our scripts write into a log.</summary>
    private const string Ours = "vigil: ";

    /// <summary>Shorter lines are too likely to be said by chance.</summary>
    private const int Shortest = 6;

    private const int Long = 300;

    private readonly HashSet<string> _lines = new(StringComparer.Ordinal);
    private readonly List<string> _long = [];

    /// <summary>What may stand behind a logger's prefix, by its last characters.</summary>
    private readonly Dictionary<string, List<string>> _byEnd = new(StringComparer.Ordinal);

    public void Add(string line)
    {
        if (Bare(line) is not { Length: >= Shortest } bare || !_lines.Add(bare)) return;
        if (bare.Length >= Long) _long.Add(bare);
        // With its dash: without it, the item of a list may be any sentence.
        if (ConfigLine.Of(line.Trim(Around)) is not { } whole) return;
        var end = whole[^ConfigLine.Shortest..];
        if (_byEnd.TryGetValue(end, out var others)) others.Add(whole);
        else _byEnd[end] = [whole];
    }

    public static bool IsOurs(string line) => line.StartsWith(Ours, StringComparison.Ordinal);

    public bool Contains(string shown)
    {
        if (LineText.Beginning(shown) is not { } beginning) return _lines.Contains(Bare(shown)) || IsBehindAPrefix(shown.TrimEnd(Around));
        var bare = beginning.TrimStart(Before);
        return _long.Exists(line => line.StartsWith(bare, StringComparison.Ordinal));
    }

    /// <summary>A whole line of a configuration at the end of this one, after what a logger puts before it.</summary>
    private bool IsBehindAPrefix(string shown) =>
        shown.Length > ConfigLine.Shortest && _byEnd.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(shown.AsSpan(shown.Length - ConfigLine.Shortest), out var known)
        && known.Exists(line => shown.Length > line.Length && shown.EndsWith(line, StringComparison.Ordinal) && shown[shown.Length - line.Length - 1] is ' ' or '\t' or ':' or '|' or ']' or '>');

    private static readonly char[] Around = [' ', '\t', ',', '\r'];

    private static readonly char[] Before = [' ', '\t', '-', '+'];

    /// <summary>Without what printing adds: indentation, a list's dash, the plus signs of <c>set -x</c>, the comma of JSON.</summary>
    private static string Bare(string line) => line.TrimStart(Before).TrimEnd(' ', '\t', ',', '\r');
}
