using System.Text;
using Vigil.Journaling;

namespace Vigil.Tests.Journaling;

public sealed class SegmentReaderTests : IDisposable
{
    private readonly TempFolder _temp = TempFolder.InMemory();
    private string Segment => _temp["segment"];

    public void Dispose() => _temp.Dispose();

    /// <summary>Lines of every length around the reader's own chunk, and one that is larger than it.</summary>
    [Fact]
    public void Lines_are_found_across_chunk_borders_and_longer_than_a_chunk()
    {
        const int chunk = 1 << 20;
        int[] lengths = [1, chunk - 60, 40, chunk - 11, chunk - 10, chunk - 9, chunk, 3 * chunk + 7, 0, 5];
        using (var file = File.Create(Segment))
            foreach (var length in lengths) file.Write(JournalLine.Write(Encoding.ASCII.GetBytes(new string((char)('a' + length % 26), length))));

        using var lines = new SegmentReader(Segment, 0, limit: null);
        List<int> found = [];
        long end = 0;
        while (lines.Next() is LineFound.Line)
        {
            Assert.Equal(end, lines.Offset);
            end = lines.End;
            found.Add(lines.Json.Length);
            var letter = (byte)('a' + lines.Json.Length % 26);
            Assert.Equal(-1, lines.Json.IndexOfAnyExcept(letter));
        }
        Assert.Equal(lengths, found);
        Assert.Equal(lines.Length, lines.Offset);
    }

    [Fact]
    public void Every_border_between_two_small_lines_is_right_wherever_the_chunk_ends()
    {
        for (var shift = 0; shift < 40; shift++)
        {
            using (var file = File.Create(Segment))
            {
                file.Write(JournalLine.Write(Encoding.ASCII.GetBytes(new string('x', (1 << 20) - 60 + shift))));
                for (var i = 0; i < 5; i++) file.Write(JournalLine.Write(Encoding.ASCII.GetBytes($"line {i}")));
            }
            using var lines = new SegmentReader(Segment, 0, limit: null);
            Assert.Equal(LineFound.Line, lines.Next());
            for (var i = 0; i < 5; i++)
            {
                Assert.Equal(LineFound.Line, lines.Next());
                Assert.Equal($"line {i}", Encoding.ASCII.GetString(lines.Json));
            }
            Assert.Equal(LineFound.End, lines.Next());
        }
    }

    [Theory]
    [InlineData(0, nameof(LineFound.End))]
    [InlineData(5, nameof(LineFound.Torn))]      // no line end
    [InlineData(25, nameof(LineFound.Line))]
    [InlineData(30, nameof(LineFound.Line))]
    public void Only_bytes_before_the_limit_count(int limit, string expected)
    {
        File.WriteAllBytes(Segment, [.. JournalLine.Write("fifteen letters"u8), .. JournalLine.Write("more"u8)]);
        using var lines = new SegmentReader(Segment, 0, limit);
        Assert.Equal(expected, lines.Next().ToString());
    }

    [Fact]
    public void A_bad_line_with_more_after_it_is_damage_and_at_the_end_a_write_that_was_cut_short()
    {
        File.WriteAllText(Segment, "00000000 wrong\n" + Encoding.ASCII.GetString(JournalLine.Write("right"u8)));
        using (var lines = new SegmentReader(Segment, 0, limit: null)) Assert.Equal((LineFound.Damaged, 0L), (lines.Next(), lines.Offset));
        File.WriteAllText(Segment, Encoding.ASCII.GetString(JournalLine.Write("right"u8)) + "00000000 wrong\n");
        using var end = new SegmentReader(Segment, 0, limit: null);
        Assert.Equal(LineFound.Line, end.Next());
        Assert.Equal((LineFound.Torn, 15L), (end.Next(), end.Offset));
    }
}
