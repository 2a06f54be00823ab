using System.Text;
using Vigil.Logs;
using Vigil.Spec;

namespace Vigil.Core.Tests.Logs.Matching;

/// <summary>Lines that a search for required texts could miss.</summary>
public sealed class PatternSetTests
{
    [Theory]
    [InlineData("(?i)out of memory", "CUDA Out Of Memory")]
    [InlineData("(?i)(?-i:x)yes", "xYES")]
    [InlineData("(?i:foo) Bar", "FOO Bar")]
    [InlineData("(?i)killed", "\u212AILLED")]
    [InlineData("(?i)é", "É")]
    [InlineData("[Kk]illed", "Killed")]
    [InlineData("a|bc", "a")]
    [InlineData("😀+!", "😀!")]
    [InlineData("\uFFFD", "\uFFFD")]
    [InlineData("ab{2}c", "abbc")]
    [InlineData("ab{0}c", "ac")]
    [InlineData("ab{,2}c", "ac")]
    [InlineData("(ab|)cd", "cd")]
    [InlineData("[]]x", "]x")]
    [InlineData(@"[\]x]y", "xy")]
    [InlineData(@"[a\-z]b", "-b")]
    [InlineData("(?x)a b # c", "ab")]
    [InlineData(@"(?<a>x(?<b>y))", "xy")]
    [InlineData("a(?#b)c", "ac")]
    [InlineData("^end$", "end")]
    public void It_is_found(string pattern, string line)
    {
        List<int> found = [];
        PatternSet.Of([new(PatternKind.Regex, "something else"), new(PatternKind.Regex, pattern)]).Match(Encoding.UTF8.GetBytes(line), found);
        Assert.Equal([1], found);
    }

    [Theory]
    [InlineData("(?i:foo) Bar", "FOO BAR")]
    [InlineData("(?i)(?-i:x)yes", "XYES")]
    [InlineData("^end$", "the end")]
    [InlineData("ab", "AB")]
    public void It_is_not_found(string pattern, string line)
    {
        List<int> found = [];
        PatternSet.Of([new(PatternKind.Regex, pattern)]).Match(Encoding.UTF8.GetBytes(line), found);
        Assert.Empty(found);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_match_as_the_sign_for_that()
    {
        List<int> found = [];
        PatternSet.Of([new(PatternKind.Regex, "a\uFFFDb"), new(PatternKind.Regex, "é")]).Match([(byte)'a', 0xFF, (byte)'b', 0xE2, 0xC3, 0xA9], found);
        Assert.Equal([0, 1], found);
    }

    [Fact]
    public void No_patterns_find_nothing_and_read_everything()
    {
        var scanner = new LogScanner(PatternSet.Of([]));
        foreach (var _ in scanner.Scan("one\ntwo"u8)) Assert.Fail("a hit of no pattern");
        Assert.Equal((4L, 7L), (scanner.Cursor, scanner.Position));
    }

    [Fact]
    public void Each_pattern_is_told_once_a_line_in_the_order_of_lines_then_patterns()
    {
        List<(int, long, string)> hits = [];
        var scanner = new LogScanner(PatternSet.Of([new(PatternKind.Substring, "two"), new(PatternKind.Regex, "(one|two)"), new(PatternKind.Regex, @"\bone\b")]), start: 100);
        foreach (var hit in scanner.Scan("zero\none two one two\r\0\0two\n"u8)) hits.Add((hit.Pattern, hit.Line.Offset, hit.Line.ToString()));
        Assert.Equal([(0, 105, "one two one two"), (1, 105, "one two one two"), (2, 105, "one two one two"), (0, 123, "two"), (1, 123, "two")], hits);
    }

    [Fact]
    public void Being_prepared_changes_nothing()
    {
        var set = PatternSet.Of([new(PatternKind.Regex, @"loss: (?P<value>\S+)"), new(PatternKind.Substring, "x")]);
        set.Prepare();
        Assert.Equal("nan", set.Groups(0, "loss: nan"u8)["value"]);
    }
}
