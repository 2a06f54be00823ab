using System.Globalization;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text;
using Vigil.Logs;

namespace Vigil.Core.Tests.Logs;

public sealed class NumberFormTests
{
    private static readonly string[] Formats = ["0", "0.0", "0.000", "0.000000E+00", "00000", "0.0000000e-00", "-0.00"];

    [Fact]
    public void A_number_is_read_by_its_form_exactly_as_it_is_read_digit_by_digit()
    {
        Assert.SkipUnless(Ssse3.IsSupported, "forms need SSSE3; without it every number is read digit by digit");
        var random = new Random(20261123);
        var read = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var format = Formats[random.Next(Formats.Length)];
            var (learned, other) = (Field(Number(random), format), Field(Number(random), format));
            if (NumberForm.Of(learned, LengthOf(learned)) is not { } form) continue;
            Assert.True(form.TryRead(Vector128.Create(learned), out var own));
            Assert.Equal(ByDigits(learned), own);
            if (!form.TryRead(Vector128.Create(other), out var number)) continue;
            Assert.Equal((ByDigits(other), LengthOf(other)), (number, form.Length));
            read++;
        }
        Assert.True(read > 2_000, $"only {read} numbers had the form of another");
    }

    [Theory]
    [InlineData("12.5 | ", "12x5 | ")]
    [InlineData("12.5 | ", "12.5 / ")]
    [InlineData("12.5 | ", "1 2.5 |")]
    [InlineData("2.31E+00 |", "2.31E-01 |")]
    [InlineData("-1.5 |", "+1.5 |")]
    public void A_text_that_is_written_otherwise_is_not_read_by_the_form(string learned, string other)
    {
        Assert.SkipUnless(Ssse3.IsSupported, "forms need SSSE3; without it every number is read digit by digit");
        var form = NumberForm.Of(Padded(learned), LengthOf(Padded(learned)));
        Assert.NotNull(form);
        Assert.False(form.TryRead(Vector128.Create(Padded(other)), out _));
    }

    [Theory]
    [InlineData("1234567890.12345 |")]
    [InlineData("1.5 |")]
    public void A_text_that_is_too_long_or_too_short_has_no_form(string text) => Assert.Null(NumberForm.Of(Encoding.ASCII.GetBytes(text), text.Length));

    private static double Number(Random random) => random.Next(4) switch
    {
        0 => random.Next(100),
        1 => random.NextDouble() * 10,
        2 => random.NextDouble() * 10_000,
        _ => random.NextDouble() * 1e-4,
    };

    private static byte[] Field(double number, string format) => Padded($"{number.ToString(format, CultureInfo.InvariantCulture)} |");

    private static byte[] Padded(string text) => Encoding.ASCII.GetBytes(text.PadRight(24, '7'));

    private static int LengthOf(byte[] field) => field.AsSpan().IndexOf((byte)'|') is >= 0 and var bar ? bar + 1 : ByteScan.TryLeadingNumber(field, out _);

    private static double ByDigits(byte[] field)
    {
        Assert.True(ByteScan.TryLeadingNumber(field, out var number) > 0);
        return number;
    }
}
