using Vigil.Spec;

namespace Vigil.Core.Tests.Spec;

public sealed class SpecTests
{
    [Theory]
    [InlineData("30", "00:30:00")]
    [InlineData("90", "01:30:00")]
    [InlineData("10:30", "00:10:30")]
    [InlineData("01:30:00", "01:30:00")]
    [InlineData("48:00:00", "2.00:00:00")]
    [InlineData("2-00", "2.00:00:00")]
    [InlineData("1-12:30", "1.12:30:00")]
    [InlineData("1-12:30:15", "1.12:30:15")]
    public void A_time_limit_reads_as_Slurm_reads_it(string text, string time)
    {
        Assert.True(WallTime.TryParse(text, out var parsed));
        Assert.Equal(TimeSpan.Parse(time, System.Globalization.CultureInfo.InvariantCulture), parsed);
        Assert.Equal(time.Replace('.', '-'), WallTime.Text(parsed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("1h")]
    [InlineData("-5")]
    [InlineData("1:2:3:4")]
    [InlineData("1-1:2:3:4")]
    [InlineData("99999999999999999999")]
    [InlineData("1.5")]
    public void What_is_no_time_limit_is_refused(string text) => Assert.False(WallTime.TryParse(text, out _));

    private static string Show(string text) => string.Concat(PlaceholderText.Parse(text).Parts.Select(static p => p switch
    {
        PlaceholderPart.Literal { Text: var literal } => literal,
        PlaceholderPart.Name { Key: var key } => $"<{key}>",
        _ => throw new System.Diagnostics.UnreachableException(),
    }));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a {name} b", "a <name> b")]
    [InlineData("{a.b-c.d_e}/x", "<a.b-c.d_e>/x")]
    [InlineData("{{name}}", "<name>")]
    [InlineData(@"\{name}", "{name}")]
    [InlineData(@"\{{name}}", "{{name}}")]
    [InlineData("${name}", "${name}")]
    [InlineData("${{name}}", "${{name}}")]
    [InlineData("{1..3} {a,b} {} { x } {a..b} {\"k\": 1} {x:y}", "{1..3} {a,b} {} { x } {a..b} {\"k\": 1} {x:y}")]
    [InlineData("{a}{b}{{c}}{", "<a><b><c>{")]
    [InlineData("{{{a}}}", "{<a>}")]
    public void A_text_is_taken_apart_into_literals_and_names(string text, string shown) => Assert.Equal(shown, Show(text));

    [Fact]
    public void Filling_leaves_what_is_not_known_and_never_reads_what_was_filled_in() =>
        Assert.Equal(@"{b} {c} \{a}", PlaceholderText.Fill(@"{a} {c} \{a}", static name => name == "a" ? "{b}" : name == "b" ? "no" : null));
}
