using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Vigil.Logs;

namespace Vigil.Core.Tests.Logs;

/// <summary>Bytes as a text to be shown.</summary>
public sealed class ShownTextTests
{
    [Fact]
    public void What_is_no_text_stands_as_its_numbers_and_NUL_is_left_out() => Assert.Equal("a\\xFF\\xC3é", ShownText.Of([(byte)'a', 0xFF, 0, 0xC3, .. "é"u8]));

    [Fact]
    public void A_text_that_is_cut_at_whole_characters_anywhere_is_the_same_text_again() => Prop.ForAll(Gen.Elements("a", "é", "▌", "🚀", "\r").ListOf().Select(static parts => string.Concat(parts)).ToArbitrary(), Gen.Choose(1, 9).ToArbitrary(), static (text, piece) =>
    {
        var bytes = Encoding.UTF8.GetBytes(text).AsSpan();
        var again = new StringBuilder();
        while (!bytes.IsEmpty)
        {
            var part = bytes[..Math.Min(piece, bytes.Length)];
            var whole = ShownText.WholeCharacters(part);
            // A piece shorter than one character is longer the next time.
            if (whole == 0) whole = ShownText.WholeCharacters(bytes[..Math.Min(4, bytes.Length)]);
            again.Append(Encoding.UTF8.GetString(bytes[..whole]));
            bytes = bytes[whole..];
        }
        return again.ToString() == text;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("RuntimeError: CUDA error"), InlineData("[rank0] ERROR: x"), InlineData("Traceback (most recent call last):"), InlineData("slurmstepd: error: *** JOB 1 CANCELLED AT"), InlineData("torch.cuda.OutOfMemoryError: x"), InlineData("2026-11-23 10:00:00,000 - CRITICAL - x"), InlineData("lm loss: nan"), InlineData("Killed")]
    public void An_error_is_seen(string line) => Assert.True(LineSeverity.IsError(line));

    [Theory]
    [InlineData("error_rate=0.1"), InlineData("0 errors"), InlineData("max_errors: 3"), InlineData("iteration 5/ 10 | lm loss: 2.1"), InlineData("no nan iterations")]
    public void A_line_that_only_holds_the_word_is_none(string line) => Assert.False(LineSeverity.IsError(line));

    [Theory]
    [InlineData("UserWarning: deprecated", true), InlineData("WARNING: x", true), InlineData("forewarned", false)]
    public void A_warning_is_seen(string line, bool isOne) => Assert.Equal(isOne, LineSeverity.IsWarning(line));
}
