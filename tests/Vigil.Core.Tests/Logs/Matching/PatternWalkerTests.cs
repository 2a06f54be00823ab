using System.Text.RegularExpressions;
using Vigil.Logs;

namespace Vigil.Core.Tests.Logs.Matching;

/// <summary>Which texts a pattern is known to require.</summary>
public sealed class PatternWalkerTests
{
    [Theory]
    [InlineData("CUDA out of memory", "CUDA out of memory")]
    [InlineData(@"torch\.OutOfMemoryError", "torch.OutOfMemoryError")]
    [InlineData("NCCL (WARN|ERROR)", "NCCL WARN", "NCCL ERROR")]
    [InlineData("FATAL ERROR|OutOfMemoryError", "FATAL ERROR", "OutOfMemoryError")]
    [InlineData("lm loss: (nan|NaN|inf)", "lm loss: nan", "lm loss: NaN", "lm loss: inf")]
    [InlineData(@"successfully saved checkpoint from iteration\s+(\d+) to (\S+)", "successfully saved checkpoint from iteration")]
    [InlineData(@"^\s*\[rank\d+\]: Traceback$", "]: Traceback")]
    [InlineData(@"srun: error: .* task \d+", "srun: error: ")]
    [InlineData("(?i)out of memory", "out of memory")]
    [InlineData("[Ee]rror", "error")]
    [InlineData("colou?r: red", "colour: red", "color: red")]
    [InlineData("a{3}b", "aaab")]
    [InlineData("(?<what>disk) quota", "disk quota")]
    [InlineData("é €", "é €")]
    public void These_texts_are_required(string pattern, params string[] texts) =>
        Assert.Equal(texts.Order(StringComparer.Ordinal), PatternWalker.Walk(pattern).Required!.Select(static l => l.ToString()).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData(@"\d+")]
    [InlineData("a|foo")]
    [InlineData("(foo)?")]
    [InlineData("foo|.*")]
    [InlineData("(?x)foo # bar")]
    [InlineData("[a-z-[aeiou]]+")]
    [InlineData(@"(?#foo)\w")]
    [InlineData("a")]
    public void Of_these_nothing_is_known(string pattern) => Assert.Null(PatternWalker.Walk(pattern).Required);

    [Fact]
    public void A_pattern_nested_without_end_is_not_followed() =>
        Assert.Null(PatternWalker.Walk(new string('(', 5000) + "foo" + new string(')', 5000)).Required);

    [Fact]
    public void Letters_have_no_case_beyond_ASCII_but_the_ones_told()
    {
        var all = new string([.. Enumerable.Range(0, 0x10000).Select(static c => (char)c)]);
        for (var c = ' '; c < 0x7F; c++)
        {
            var ofEngine = Regex.Matches(all, Regex.Escape(c.ToString()), RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant).Select(static m => m.Value[0]).ToHashSet();
            HashSet<char> ofOurs = [c];
            if (char.IsAsciiLetter(c)) ofOurs.UnionWith([(char)(c ^ 0x20), .. PatternWalker.OfLetter.GetValueOrDefault((char)(c | 0x20), "")]);
            Assert.Equal(ofEngine.Order(), ofOurs.Order());
        }
    }
}
