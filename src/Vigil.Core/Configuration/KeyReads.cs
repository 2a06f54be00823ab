using System.Diagnostics.CodeAnalysis;

namespace Vigil.Configuration;

/// <summary>Notes which keys each interpolated text of a tree looked at, directly or through others, while a <see cref="Resolver"/> evaluates it.</summary>
internal sealed class KeyReads
{
    /// <summary>Parts the keys of a path; no key holds it, since YAML refuses it.</summary>
    public const char Separator = '\0';

    /// <summary>Stands among the reads of a text that could not be evaluated.</summary>
    private const string Mistake = "\0";

    private readonly Dictionary<ConfigNode, HashSet<string>> _of = new(ReferenceEqualityComparer.Instance);
    private readonly List<(ConfigNode Text, HashSet<string> Reads)> _open = [];

    public void Begin(ConfigNode text) => _open.Add((text, []));

    /// <summary>Ends the evaluation of the text that began last: what it looked at, those who asked for it looked at as well.</summary>
    public void End()
    {
        var (text, reads) = _open[^1];
        _open.RemoveAt(_open.Count - 1);
        if (!_of.TryAdd(text, reads)) _of[text].UnionWith(reads);
        Repeat(text);
    }

    /// <summary>A text evaluated before, or far enough by now, is used again.</summary>
    public void Repeat(ConfigNode text)
    {
        if (_open.Count == 0) return;
        var asking = _open[^1].Reads;
        if (_of.TryGetValue(text, out var reads)) asking.UnionWith(reads);
        foreach (var open in _open)
            if (ReferenceEquals(open.Text, text)) asking.UnionWith(open.Reads);
    }

    /// <summary>What is being evaluated has a mistake in it.</summary>
    public void Fail()
    {
        foreach (var (_, reads) in _open) reads.Add(Mistake);
    }

    public void Note(Trail? container, string key)
    {
        if (_open.Count > 0) _open[^1].Reads.Add(Path(container, key));
    }

    /// <summary>False for a text that was not evaluated, or not without a mistake.</summary>
    public bool TryGet(ConfigNode text, [NotNullWhen(true)] out HashSet<string>? reads) => _of.TryGetValue(text, out reads) && !reads.Contains(Mistake);

    /// <summary>Whether setting one path may change what is read at the other: one lies on the way to the other.</summary>
    public static bool Touch(string a, string b)
    {
        var (shorter, longer) = a.Length <= b.Length ? (a, b) : (b, a);
        return longer.StartsWith(shorter, StringComparison.Ordinal) && (longer.Length == shorter.Length || longer[shorter.Length] == Separator);
    }

    private static string Path(Trail? container, string key)
    {
        List<string> keys = [key];
        for (var at = container; at is not null; at = at.Up) keys.Add(at.Key);
        keys.Reverse();
        return string.Join(Separator, keys);
    }
}
