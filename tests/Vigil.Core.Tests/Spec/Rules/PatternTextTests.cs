using System.Text;
using Vigil.Configuration;
using Vigil.Core.Tests.Logs.Matching;
using Vigil.Logs;
using Vigil.Spec;

namespace Vigil.Core.Tests.Spec.Rules;

/// <summary>What a user may write as a pattern, and what is said of the rest.</summary>
public sealed class PatternTextTests
{
    private static readonly SourceSpan Place = new("rules.yaml", 3, 5);

    [Theory]
    [InlineData("", "RUL050", "empty")]
    [InlineData("(abc", "RUL051", "at offset")]
    [InlineData("a**", "RUL051", "")]
    [InlineData("(?a)x", "RUL051", "")]
    [InlineData("(?P<x>a)(?P=x)", "RUL052", "(?P=…)")]
    [InlineData(@"(a)\1", "RUL052", @"\1")]
    [InlineData("foo(?=bar)", "RUL052", "look-ahead (?=")]
    [InlineData("foo(?!bar)", "RUL052", "look-ahead (?!")]
    [InlineData("(?<=x)foo", "RUL052", "look-behind (?<=")]
    [InlineData("(?<!x)foo", "RUL052", "look-behind (?<!")]
    [InlineData("(?>foo)", "RUL052", "atomic")]
    [InlineData("fo++", "RUL052", "possessive")]
    [InlineData("fo?+x", "RUL052", "possessive")]
    [InlineData("(a)?(?(1)b|c)", "RUL052", "condition")]
    [InlineData("((a{1000}){1000}){1000}", "RUL053", "too large")]
    [InlineData("[ab]{300}{2}", "RUL051", "")]
    [InlineData("(?<a>x)(?<-a>y)", "RUL052", "balancing")]
    [InlineData("(|){40}", "RUL054", "empty line")]
    [InlineData(".*", "RUL054", "empty line")]
    [InlineData("error|", "RUL054", "empty line")]
    [InlineData("one\ntwo", "RUL055", @"one\ntwo")]
    [InlineData(@"one\ntwo", "RUL055", "line break")]
    [InlineData(@"one\r\n", "RUL055", "line break")]
    public void A_pattern_that_cannot_be_used_is_told_with_the_reason(string text, string code, string reason)
    {
        var report = new DiagnosticBag();
        Assert.Null(PatternText.Compile(new(PatternKind.Regex, text), Place, report));
        var told = Assert.Single(report.All);
        Assert.Equal((code, Place), (told.Code, told.At));
        Assert.Contains(reason, told.Message, StringComparison.Ordinal);
        Assert.NotNull(told.Hint);
    }

    [Theory]
    [InlineData("", "RUL050")]
    [InlineData("one\ntwo", "RUL055")]
    public void A_substring_is_judged_too(string text, string code)
    {
        var report = new DiagnosticBag();
        Assert.Null(PatternText.Compile(new(PatternKind.Substring, text), Place, report));
        Assert.Equal(code, Assert.Single(report.All).Code);
    }

    [Theory]
    [InlineData("(?P<ckpt>/\\S+)", "saved /a/b now", "/a/b")]
    [InlineData(@"ab{,2}c\Z", "xabbc", "abbc")]
    [InlineData("(?i)nan", "loss NaN", "NaN")]
    [InlineData(@"[^\n]+x", "abx", "abx")]
    [InlineData(@"end\r?\n?", "the end", "end")]
    [InlineData("(?x) a b \n c", "abc", "abc")]
    [InlineData(@"a\++", "a++", "a++")]
    [InlineData("[+]+", "a++", "++")]
    [InlineData("{}", "a {}", "{}")]
    public void What_Python_takes_means_the_same_here(string text, string line, string match)
    {
        var report = new DiagnosticBag();
        var regex = PatternText.Compile(new(PatternKind.Regex, text), Place, report);
        Assert.Empty(report.All);
        Assert.Equal(match, regex!.Match(line).Value);
    }

    [Fact]
    public void What_is_found_good_without_its_engine_is_good_for_it()
    {
        var random = new RandomPatterns(41);
        for (var i = 0; i < 250; i++)
        {
            var pattern = new LinePattern(PatternKind.Regex, random.Regex(4));
            var report = new DiagnosticBag();
            if (PatternText.Check(pattern, Place, report)) Assert.DoesNotMatch(PatternText.Compile(pattern), "");
            else Assert.NotEmpty(report.All);
        }
    }

    [Fact]
    public void No_pattern_keeps_the_check_busy()
    {
        var report = new DiagnosticBag();
        Assert.True(PatternText.Check(new(PatternKind.Regex, "(a*|b*|c*){60}x"), Place, report));
        Assert.True(PatternText.Check(new(PatternKind.Regex, "(a{14}){14}"), Place, report));
    }

    [Fact]
    public void A_substring_is_taken_literally() =>
        Assert.Equal(1, PatternText.Compile(new(PatternKind.Substring, "a.(b")).Count("xa.(b a-(b"));

    [Fact]
    public void Groups_are_numbered_as_Python_numbers_them_and_named()
    {
        var set = PatternSet.Of([new(PatternKind.Regex, @"(?P<what>\w+) (\d+)( to)? (?P<where>\S+)"), new(PatternKind.Substring, "saved")]);
        var line = Encoding.UTF8.GetBytes("x saved 12 /ä/b y");
        Assert.Equal(
            new Dictionary<string, string> { ["1"] = "saved", ["2"] = "12", ["4"] = "/ä/b", ["match"] = "saved 12 /ä/b", ["what"] = "saved", ["where"] = "/ä/b" },
            set.Groups(0, line));
        Assert.Equal(new Dictionary<string, string> { ["match"] = "saved" }, set.Groups(1, line));
        Assert.Empty(set.Groups(0, "nothing"u8));
    }
}
