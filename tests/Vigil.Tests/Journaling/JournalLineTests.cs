using System.Text;
using Vigil.Journaling;

namespace Vigil.Tests.Journaling;

public sealed class JournalLineTests
{
    /// <summary>The vectors of RFC 3720, appendix B.4, and the usual check value.</summary>
    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("313233343536373839", 0xE3069283u)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 0x8A9136AAu)]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 0x62A8AB43u)]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 0x46DD794Eu)]
    [InlineData("1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100", 0x113FDB5Cu)]
    public void The_checksum_is_Castagnoli_s(string hex, uint expected) => Assert.Equal(expected, JournalLine.Checksum(Convert.FromHexString(hex)));

    [Fact]
    public void A_line_is_its_checksum_a_space_the_json_and_a_line_end()
    {
        Assert.Equal("e3069283 123456789\n", Encoding.UTF8.GetString(JournalLine.Write("123456789"u8)));
        Assert.True(JournalLine.TryRead("e3069283 123456789"u8, out var json, out var checksum));
        Assert.Equal("123456789", Encoding.UTF8.GetString(json));
        Assert.Equal(0xE3069283u, checksum);
    }

    [Fact]
    public void Every_changed_bit_is_found()
    {
        var line = JournalLine.Write("""{"seq":7,"at":"2026-11-22T03:00:00+00:00","by":"vigil"}"""u8).AsSpan()[..^1];
        for (var bit = 0; bit < line.Length * 8; bit++)
        {
            line[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(JournalLine.TryRead(line, out _, out _), $"bit {bit} was changed and nobody saw it: {Encoding.Latin1.GetString(line)}");
            line[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        for (var length = 0; length < line.Length; length++) Assert.False(JournalLine.TryRead(line[..length], out _, out _), $"cut to {length} bytes");
        Assert.True(JournalLine.TryRead(line, out _, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("e3069283")]
    [InlineData("e3069283x123456789")]
    [InlineData("E3069283 123456789")]
    [InlineData("+3069283 123456789")]
    [InlineData("not json at all, and no checksum")]
    public void What_is_no_line_is_not_read(string text) => Assert.False(JournalLine.TryRead(Encoding.UTF8.GetBytes(text), out _, out _));
}
