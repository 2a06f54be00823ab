using Vigil.Logs;
using static Vigil.Core.Tests.Logs.LogReading;

namespace Vigil.Core.Tests.Logs;

public sealed class LogLinesTests
{
    [Fact]
    public void Lines_end_at_LF_at_CRLF_and_at_a_lone_CR() =>
        Assert.Equal(["one", "two", "10%", "20%", "three"], Texts("one\ntwo\r\n\r10%\r20%\rthree\n"));

    [Fact]
    public void An_offset_is_the_place_of_the_lines_first_byte_in_the_file()
    {
        var log = Bytes("ä\r\n\nbc\rd\n");
        Assert.Equal([100, 105, 108], Lines(log, lines: new LogLines(100)).ConvertAll(static l => l.Offset));
    }

    [Fact]
    public void An_incomplete_line_waits_for_its_end_and_the_cursor_with_it()
    {
        var lines = new LogLines();
        Assert.Single(Lines(Bytes("done\nhal"), lines: lines));
        Assert.Equal(5, lines.Cursor);
        Assert.Equal(8, lines.Position);
        Assert.Equal(new Line(5, Convert.ToHexString("half"u8), 0), Assert.Single(Lines(Bytes("f\n"), lines: lines)));
        Assert.Equal(10, lines.Cursor);
    }

    [Fact]
    public void A_character_that_arrives_in_halves_is_whole_in_its_line()
    {
        var log = Bytes("loss ↓ 0.5\n");
        for (var cut = 0; cut <= log.Length; cut++)
            Assert.Equal(Convert.ToHexString(log.AsSpan(0, log.Length - 1)), Assert.Single(Lines(log, [cut])).Text);
    }

    [Theory]
    [InlineData("x", LogLines.MaxLineBytes, 0)]
    [InlineData("x", LogLines.MaxLineBytes + 1, 1)]
    [InlineData("x", 5_000_000, 5_000_000 - LogLines.MaxLineBytes)]
    public void An_overlong_line_keeps_its_head_and_counts_the_rest(string letter, int length, long dropped)
    {
        var log = Bytes(string.Concat(Enumerable.Repeat(letter, length)) + "\nnext\n");
        var whole = Lines(log);
        Assert.Equal(dropped, whole[0].Dropped);
        Assert.Equal(Math.Min(length, LogLines.MaxLineBytes) * 2, whole[0].Text.Length);
        Assert.Equal(length + 1, whole[1].Offset);
        Assert.Equal(whole, Lines(log, Enumerable.Repeat(9_999, 600)));
    }

    [Fact]
    public void An_overlong_line_is_not_cut_inside_a_character()
    {
        var log = Bytes("ab" + new string('€', 30_000) + "\n");     // 3 bytes each: the cap falls into one
        var line = Assert.Single(Lines(log));
        Assert.Equal((LogLines.MaxLineBytes - 2) / 3 * 3 + 2, line.Text.Length / 2);
        Assert.Equal(log.Length - 1 - line.Text.Length / 2, line.Dropped);
    }

    [Fact]
    public void NULs_before_a_line_are_a_hole_and_no_part_of_it()
    {
        var log = new byte[200_000].Concat(Bytes("after\n")).ToArray();
        Assert.Equal(new Line(200_000, Convert.ToHexString("after"u8), 0), Assert.Single(Lines(log)));
        Assert.Equal(Lines(log), Lines(log, Enumerable.Repeat(4096, 60)));
    }

    [Fact]
    public void NULs_at_the_end_are_not_written_yet()
    {
        Assert.Equal("abc\0d", System.Text.Encoding.ASCII.GetString(LogLines.WrittenPart("abc\0d\0\0\0"u8)));
        Assert.True(LogLines.WrittenPart("\0\0"u8).IsEmpty);
    }

    [Fact]
    public void Reading_that_begins_inside_a_line_leaves_out_its_rest()
    {
        var lines = new LogLines(50, LineStart.Anywhere);
        Assert.Equal(new Line(59, Convert.ToHexString("whole"u8), 0), Assert.Single(Lines(Bytes("st of it\nwhole\n"), lines: lines)));
    }

    [Fact]
    public void Cutting_a_log_into_lines_allocates_nothing_per_line()
    {
        var log = Bytes(string.Concat(Enumerable.Repeat("nothing of interest here: 12 = 13\n", 10_000)));
        var (lines, progress) = (new LogLines(), new RunProgress());
        Feed(log.AsSpan(0, 1000));
        Assert.Equal(0, Allocations.Least(() => Feed(log.AsSpan(1000))));

        void Feed(ReadOnlySpan<byte> bytes)
        {
            foreach (var line in lines.Cut(bytes)) progress.Read(line);
        }
    }
}
