using FsCheck;
using FsCheck.Fluent;
using Vigil.Reports;

namespace Vigil.Core.Tests.Reports;

/// <summary>Whatever a name holds, it stays a text: in CSV, in a table of Markdown, in HTML.</summary>
public sealed class ReportTextLaws
{
    [Fact]
    public void What_is_written_as_CSV_is_read_back_as_it_was_but_for_the_guard_before_formulas() => Prop.ForAll<string[]>(static texts =>
    {
        var csv = new CsvText();
        foreach (var text in texts) csv.Text(text);
        var read = Read(csv.End().ToString());

        Assert.Equal(texts.Length == 0 ? [""] : texts.Select(static t => t is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n', ..] ? $"'{t}" : t ?? ""), read);
        Assert.DoesNotContain(read, static t => t is ['=' or '+' or '-' or '@', ..]);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_number_in_CSV_is_read_back_as_the_same_number() => Prop.ForAll<double>(static number =>
        Assert.Equal(number, double.Parse(Read(new CsvText().Number(number).End().ToString())[0], System.Globalization.CultureInfo.InvariantCulture))).QuickCheckThrowOnFailure();

    [Fact]
    public void No_text_leaves_its_cell_of_a_table() => Prop.ForAll<NonNull<string>>(static text =>
    {
        foreach (var cell in (string[])[ReportText.Markdown(text.Get), ReportText.Code(text.Get)])
        {
            Assert.DoesNotContain('\n', cell);
            Assert.DoesNotContain('\r', cell);
            Assert.True(cell.Select((c, i) => c == '|' && !IsEscaped(cell, i)).All(static free => !free), cell);
            if (!cell.StartsWith('`')) Assert.DoesNotContain('<', cell);
        }
        Assert.DoesNotContain(ReportText.Html(text.Get), static c => c is '<' or '>' or '"' or '\'');
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Hostile_names_stay_texts()
    {
        foreach (var name in SomeReport.Hostile)
        {
            Assert.DoesNotContain('\n', ReportText.Code(name));
            Assert.True(ReportText.Code(name) is var code && (code.StartsWith('`') ? code.Count(static c => c == '`') == 2 : !code.Contains('<')), code);
        }
    }

    [Theory]
    [InlineData(0.85, 3, "0.850")]
    [InlineData(0, 3, "0.000")]
    [InlineData(1e-5, 4, "1e-5")]
    [InlineData(-0.25, 3, "-0.250")]
    [InlineData(123456, 3, "123456")]
    [InlineData(3e12, 3, "3e+12")]
    [InlineData(double.NaN, 3, "NaN")]
    [InlineData(double.NegativeInfinity, 3, "-inf")]
    public void Numbers_are_short_and_never_become_zero(double value, int decimals, string text) => Assert.Equal(text, ReportText.Number(value, decimals));

    [Theory]
    [InlineData(0.4, "0s")]
    [InlineData(59.4, "59s")]
    [InlineData(61, "1m01s")]
    [InlineData(3725, "1h02m")]
    [InlineData(93600, "1d02h")]
    public void Durations_have_two_units_at_most(double seconds, string text) => Assert.Equal(text, ReportText.Duration(seconds));

    /// <summary>An odd number of backslashes stands before it.</summary>
    private static bool IsEscaped(string text, int at)
    {
        var slashes = 0;
        while (at - slashes > 0 && text[at - slashes - 1] == '\\') slashes++;
        return slashes % 2 == 1;
    }

    /// <summary>A reader of one record, written after RFC 4180 and not after the writer.</summary>
    private static List<string> Read(string text)
    {
        Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
        List<string> cells = [];
        var (rest, cell, inQuotes) = (text[..^2], new System.Text.StringBuilder(), false);
        for (var i = 0; i < rest.Length; i++)
        {
            if (inQuotes && rest[i] == '"' && i + 1 < rest.Length && rest[i + 1] == '"') { cell.Append('"'); i++; }
            else if (rest[i] == '"') inQuotes = !inQuotes;
            else if (rest[i] == ',' && !inQuotes) { cells.Add(cell.ToString()); cell.Clear(); }
            else cell.Append(rest[i]);
        }
        return [.. cells, cell.ToString()];
    }
}
