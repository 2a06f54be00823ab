using Vigil.Cli;

namespace Vigil.Tests.Cli;

/// <summary>How the line of a mistake is shown: the right text underlined, whatever the line holds.</summary>
public sealed class ExcerptTests
{
    [Fact]
    public void In_a_script_the_longest_quotation_is_looked_for_first()
    {
        string[] lines = ["template: |", "  {directives}", "  echo ${X:-{name}}"];
        Assert.Equal(new OffendingText.Found(2, 2, 17), OffendingText.In(lines, 0, 10, "'echo ${X:-{name}}' is not a valid interpolation: '{' must be in quotes"));
    }

    [Theory]
    [InlineData("lr: 1e-3  # fast", 5, "'lr' must be smaller", "1e-3")]
    [InlineData("backend: {comand: echo}", 11, "'backend' knows no key 'comand'", "comand")]
    [InlineData("  command: \"echo ${lrr} x\"", 12, "${lrr} has no target", "${lrr}")]
    [InlineData("  command: \"echo {nmae}\"", 12, "{nmae} is no placeholder", "{nmae}")]
    [InlineData("name: 'it''s' # x", 7, "is wrong", "'it''s'")]
    [InlineData("name: \"a\\\"b\" # x", 7, "is wrong", "\"a\\\"b\"")]
    [InlineData("slots: [1, [2, \"]\"]]  # x", 8, "must be a number, not a list", "[1, [2, \"]\"]]")]
    [InlineData("a: {b: c, d: e}", 8, "is wrong", "c")]
    [InlineData("url: http://x:80/a, b", 6, "is wrong", "http://x:80/a, b")]
    [InlineData("a: x${b}y z  # c", 4, "is wrong", "x${b}y z")]
    [InlineData("long key: 1", 1, "nothing uses it", "long key")]
    [InlineData("open: [1, 2", 7, "a bracket is missing", "[1, 2")]
    [InlineData("open: \"abc", 7, "a quote is missing", "\"abc")]
    [InlineData("x: ab", 4, "is not 'a' but", "a")]
    public void The_text_that_a_diagnostic_is_about_is_found_from_its_beginning(string line, int column, string message, string expected)
    {
        var found = OffendingText.In([line], 0, column - 1, message);

        Assert.Equal(expected, line.Substring(found.Start, found.Length));
    }

    [Theory]
    [InlineData("ab", 9)]
    [InlineData("ab  ", 4)]
    [InlineData("", 0)]
    public void A_place_behind_the_end_of_a_line_is_one_caret_at_its_end(string line, int start)
    {
        var found = OffendingText.In([line], 0, start, "something is missing");
        var excerpt = Excerpt.Of(line, found.Start, found.Length, 80);

        Assert.Equal(new string(' ', line.TrimEnd().Length) + "^", excerpt.Underline);
    }

    [Theory]
    [InlineData("a: bad", 3, 3, "a: bad", "   ^^^")]
    [InlineData("\ta: bad", 4, 3, "    a: bad", "       ^^^")]
    [InlineData("名前: bad", 4, 3, "名前: bad", "      ^^^")]
    [InlineData("é́: 値", 4, 1, "é́: 値", "   ^^")]
    [InlineData("a: \e[31mred", 3, 8, "a: �[31mred", "   ^^^^^^^^")]
    public void Carets_stand_under_what_they_mean_whatever_its_width(string line, int start, int length, string shown, string underline) =>
        Assert.Equal(new Excerpt(shown, underline), Excerpt.Of(line, start, length, 80));

    [Theory]
    [InlineData(0, 5)]
    [InlineData(3000, 5)]
    [InlineData(9995, 5)]
    [InlineData(2000, 6000)]
    public void A_very_long_line_is_cut_around_the_place(int start, int length)
    {
        var line = new string('a', start) + new string('X', length) + new string('b', 10000 - start - length);

        var excerpt = Excerpt.Of(line, start, length, 100);

        Assert.InRange(excerpt.Line.Length, 10, 100);
        Assert.InRange(excerpt.Underline.Length, 1, 100);
        var marked = excerpt.Line[excerpt.Underline.IndexOf('^', StringComparison.Ordinal)..excerpt.Underline.Length];
        Assert.NotEmpty(marked);
        Assert.All(marked, static c => Assert.Equal('X', c));
        Assert.Equal(start > 0, excerpt.Line.StartsWith("…a", StringComparison.Ordinal));
    }

    [Fact]
    public void No_line_and_no_place_makes_it_stumble()
    {
        var random = new Random(7);
        const string Alphabet = "ab:{}[]'\"#$|, \t\\値\ud83d\ude00\u0301";
        for (var i = 0; i < 20_000; i++)
        {
            var line = new string([.. Enumerable.Range(0, random.Next(30)).Select(_ => Alphabet[random.Next(Alphabet.Length)])]);
            var found = OffendingText.In([line, "  x"], 0, random.Next(35), "'ab' is not {a} or ${b}");
            var excerpt = Excerpt.Of(found.Line == 0 ? line : "  x", found.Start, found.Length, random.Next(40, 60));
            Assert.True(excerpt.Underline.EndsWith('^'), line);
        }
    }
}
