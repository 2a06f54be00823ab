using System.Globalization;
using System.Text;
using Vigil.Logs;

namespace Vigil.Core.Tests.Logs;

/// <summary>Numbers read eight digits at a time, against the runtime's own parser.</summary>
public sealed class ByteScanTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" |")]
    [InlineData("/ 1500000 | a")]
    [InlineData("abcdefghij")]
    [InlineData("\uFFFD\uFFFD\uFFFD\uFFFD")]
    public void A_number_of_any_length_is_what_the_runtime_reads_whatever_follows_it(string behind)
    {
        const string digits = "987650123409876";
        for (var whole = 0; whole <= 15; whole++)
            for (var fraction = 0; whole + fraction <= 15; fraction++)
                foreach (var (sign, exponent) in new[] { ("", ""), ("-", ""), ("", "E+00"), ("-", "e-04"), ("", "E7") })
                {
                    if (whole + fraction == 0) continue;
                    var number = $"{sign}{digits[..whole]}{(fraction > 0 ? "." : "")}{digits[whole..(whole + fraction)]}{exponent}";
                    var length = ByteScan.TryLeadingNumber(Encoding.UTF8.GetBytes(number + behind), out var read);
                    Assert.Equal((number.Length, double.Parse(number, CultureInfo.InvariantCulture)), (length, read));
                }
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("x12345678")]
    [InlineData(":2345678:")]
    [InlineData("/2345678/")]
    [InlineData("1234567890123456")]
    [InlineData("12345678.12345678")]
    public void What_is_no_number_or_has_more_digits_than_are_exact_is_left_to_others(string text) =>
        Assert.Equal(0, ByteScan.TryLeadingNumber(Encoding.UTF8.GetBytes(text), out _));
}
