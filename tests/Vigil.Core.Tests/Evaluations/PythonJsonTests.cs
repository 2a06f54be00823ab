using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Vigil.Evaluations;

namespace Vigil.Core.Tests.Evaluations;

/// <summary>Python's own words in JSON, and texts that are too long.</summary>
public sealed class PythonJsonTests
{
    [Theory]
    [InlineData("[NaN]", "[\"NaN\"]")]
    [InlineData("[Infinity, -Infinity,-1]", "[\"Infinity\", \"-Infinity\",-1]")]
    [InlineData("{\"NaN\": NaN}", "{\"NaN\": \"NaN\"}")]
    [InlineData("\"a NaN \\\" NaN -Infinity\"", "\"a NaN \\\" NaN -Infinity\"")]
    [InlineData("\"\\\\\" NaN", "\"\\\\\" \"NaN\"")]
    [InlineData("\"\\u0022\"NaN", "\"\\u0022\"\"NaN\"")]
    [InlineData("[true,false,null,1e-5,-0]", "[true,false,null,1e-5,-0]")]
    public void Words_become_texts_outside_of_texts_and_nothing_else_changes(string text, string expected) => Assert.Equal(expected, Read(text, 1000, 1000));

    [Theory]
    [InlineData("[Nan]")]
    [InlineData("[NaNs]")]
    [InlineData("[Inf]")]
    [InlineData("[1NaN]")]
    [InlineData("[--Infinity]")]
    [InlineData("[-NaN]")]
    [InlineData("[INFINITY]")]
    public void What_only_looks_like_such_a_word_stays_a_mistake(string text) =>
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => System.Text.Json.JsonDocument.Parse(Read(text, 1000, 1000)));

    [Fact]
    public void It_does_not_matter_in_which_pieces_the_text_comes() => Prop.ForAll<int, int, NonNull<string>>((from, into, mixed) =>
    {
        var text = $"{{\"a\": [NaN, -Infinity, \"x\\\"NaN\\u00e4ä€😀\", -1.5, Infinity], \"{mixed.Get.Replace("\"", "\\\"", StringComparison.Ordinal)}\": -3}}";
        Assert.Equal(Read(text, 4096, 4096), Read(text, 1 + Math.Abs(from % 7), PythonJson.LeastRoom + Math.Abs(into % 9)));
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("x")]
    [InlineData("ä")]
    [InlineData("€")]
    [InlineData("😀")]
    [InlineData("\\\"")]
    [InlineData("\\u00e4")]
    [InlineData("ab\\\\")]
    public void A_long_text_loses_its_end_between_two_characters(string unit)
    {
        foreach (var pieces in (int[])[5, 4000])
        {
            var read = Read($"[\"{string.Concat(Enumerable.Repeat(unit, PythonJson.LongestText))}\", NaN]", pieces, 4000);

            using var parsed = System.Text.Json.JsonDocument.Parse(read);
            Assert.InRange(Encoding.UTF8.GetByteCount(read), PythonJson.LongestText, PythonJson.LongestText + 30);
            Assert.Equal("NaN", parsed.RootElement[1].GetString());
            Assert.DoesNotContain('\ufffd', parsed.RootElement[0].GetString()!);
        }
    }

    private static string Read(string text, int from, int room)
    {
        var (bytes, at) = (Encoding.UTF8.GetBytes(text), 0);
        var json = new PythonJson(into =>
        {
            var got = Math.Min(Math.Min(from, into.Length), bytes.Length - at);
            bytes.AsSpan(at, got).CopyTo(into);
            at += got;
            return got;
        });
        var (whole, piece) = (new MemoryStream(), new byte[room]);
        while (json.Read(piece) is > 0 and var read) whole.Write(piece, 0, read);
        return Encoding.UTF8.GetString(whole.ToArray());
    }
}
