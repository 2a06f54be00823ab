using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Vigil.Spec;

namespace Vigil.Core.Tests.Logs.Matching;

/// <summary>Patterns and logs that have much to do with one another, and garbage between.</summary>
internal sealed class RandomPatterns(int seed)
{
    private static readonly string[] Atoms =
    [
        "a", "b", "k", "i", "K", "s", "I", "ab", "nan", "loss", "kill", "Error", "CUDA out of memory", "é", "€", "😀", " ", ":", "1", "\\.", "\\d", "\\s", "\\w", "\\S", ".",
        "[ab]", "[^ab]", "[Kk]", "[a-c]", "[é€]", "[]a]", "[^]a]", "[\\]a]", "[a\\-z]", "[\\d:]", "\\x6b", "\\u0041", "\\t", "^", "$", "\\b", "\\B", "(?i)", "(?-i)", "\\\\", "#", "{", "{2", "\uFFFD", "-", "[a-]", "ſ", "\u212A", "ı", "İ",
    ];

    private static readonly string[] Quantifiers = ["*", "+", "?", "{2}", "{1,3}", "{0}", "{2,}", "*?", "+?", "??", "{0,2}?"];

    private static readonly byte[][] Scraps =
    [
        .. new[]
        {
            "a", "b", "ab", "aab", "k", "K", "kill", "KILL", "\u212AILL", "k\u0130ll", "nan", "NaN", "loss", "lo\u017F\u017F", "Error", "ERROR", "CUDA out of memory", "cuda Out of memory", "é", "É", "€", "😀", " ", ":", "1", "22", ".", "\t",
            "\\", "#", "{", "{2", "]", "-", "\uFFFD", "ı", "\n", "\n", "\n", "\r", "\r\n", "\0", "\0\0", "\n\0", "A", "i", "I", "s", "S", new string('a', 300), "\n" + new string('b', 70_000), new string(' ', 65_530),
        }.Select(Encoding.UTF8.GetBytes),
        [0xE2, 0x82], [0xC3], [0xA9], [0xF0, 0x9F, 0x98], [0x80], [0xFF, 0xFE], [0xED, 0xA0, 0x80], [0xC0, 0xAF],
    ];

    private readonly Random _random = new(seed);

    public ImmutableArray<LinePattern> Patterns(int count)
    {
        var patterns = ImmutableArray.CreateBuilder<LinePattern>();
        while (patterns.Count < count)
        {
            if (_random.Next(5) == 0) patterns.Add(new(PatternKind.Substring, Atoms[_random.Next(12)] + Atoms[_random.Next(20)]));
            else if (new LinePattern(PatternKind.Regex, Regex(3)) is var pattern && IsOfTheEngine(pattern)) patterns.Add(pattern);
        }
        return patterns.ToImmutable();
    }

    public byte[] Log()
    {
        List<byte> log = [];
        for (var scraps = _random.Next(120); scraps > 0; scraps--) log.AddRange(Scraps[_random.Next(_random.Next(8) == 0 ? Scraps.Length : Scraps.Length - 10)]);
        return [.. log];
    }

    public IEnumerable<int> Pieces()
    {
        for (var i = _random.Next(60); i > 0; i--) yield return _random.Next(_random.Next(3) switch { 0 => 4, 1 => 300, _ => 80_000 });
    }

    public int Next(int below) => _random.Next(below);

    public string Regex(int depth)
    {
        var text = new StringBuilder();
        for (var i = _random.Next(1, 5); i > 0; i--)
        {
            text.Append(depth > 0 && _random.Next(4) == 0 ? Group(depth - 1) : Atoms[_random.Next(Atoms.Length)]);
            if (_random.Next(4) == 0) text.Append(Quantifiers[_random.Next(Quantifiers.Length)]);
        }
        return text.ToString();
    }

    private string Group(int depth)
    {
        string[] openings = ["(", "(?:", "(?<n>", "(?P<m>", "(?i:", "(?-i:", "(?s:"];
        return openings[_random.Next(openings.Length)] + string.Join('|', Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Regex(depth))) + ")";
    }

    private static bool IsOfTheEngine(LinePattern pattern)
    {
        try
        {
            return PatternText.Compile(pattern) is not null;
        }
        catch (Exception e) when (e is RegexParseException or NotSupportedException)
        {
            return false;
        }
    }
}
