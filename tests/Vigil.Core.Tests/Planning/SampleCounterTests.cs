using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

public sealed class SampleCounterTests
{
    private static SampleCount Count(string text, string? field = null, int piece = int.MaxValue)
    {
        var (counter, bytes) = (new SampleCounter(field), Encoding.UTF8.GetBytes(text));
        for (var at = 0; at < bytes.Length; at += Math.Min(piece, bytes.Length)) counter.Read(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)));
        return counter.End();
    }

    [Theory]
    [InlineData("[]", null, 0)]
    [InlineData("[{\"a\": [1, 2, {}]}, {\"a\": \"],{[\"}]", null, 2)]
    [InlineData("\uFEFF [ 1 , \"two\" , null ]\n", null, 3)]
    [InlineData("{\"a\": 1}\n\n{\"a\": {\"b\": [2]}}\r\n{\"a\": \"}\\n{\"}", null, 3)]
    [InlineData("{\"train\": [{}, {}], \"validation\": [{}]}", "train", 2)]
    [InlineData("{\"x\": {\"train\": [1, 2, 3]}, \"y\": \"train\", \"train\": [[1, 2], [3]], \"z\": [9]}", "train", 2)]
    [InlineData("{\"train\": []}", "train", 0)]
    public void Samples_are_the_items_of_the_list_or_the_lines(string text, string? field, long samples)
    {
        Assert.Equal(new SampleCount.Known(samples), Count(text, field));
        Assert.Equal(new SampleCount.Known(samples), Count(text, field, piece: 1));
    }

    [Theory]
    [InlineData("", null, "is empty")]
    [InlineData("input,output\na,b", null, "is neither a list of samples nor JSON lines")]
    [InlineData("[1, 2", null, "ends in the middle of its JSON")]
    [InlineData("[{\"a\": \"cut", null, "ends in the middle of its JSON")]
    [InlineData("{\"a\": 1}\noops", null, "is neither a list of samples nor JSON lines")]
    [InlineData("{\"test\": [1]}", "train", "has no list 'train'")]
    [InlineData("{\"x\": {\"train\": [1]}}", "train", "has no list 'train'")]
    [InlineData("{\"train\": {\"a\": 1}}", "train", "has something else than a list in 'train'")]
    [InlineData("{\"train\": \"a.json\"}", "train", "has something else than a list in 'train'")]
    [InlineData("{\"train\": null}", "train", "has something else than a list in 'train'")]
    [InlineData("[1, 2]", "train", "is no JSON object with a list 'train'")]
    public void A_file_without_the_list_says_so(string text, string? field, string why) => Assert.Equal(new SampleCount.Missing(why), Count(text, field));

    /// <summary>Whatever the texts and however the file is cut into pieces, the number is the one that a reader of the whole document finds.</summary>
    [Fact]
    public void The_number_is_that_of_the_document() => Prop.ForAll<string?[], byte, byte>(IsThatOfTheDocument).QuickCheckThrowOnFailure();

    private static bool IsThatOfTheDocument(string?[] texts, byte nesting, byte piece)
    {
        JsonNode Sample(string? text) => Enumerable.Range(0, nesting % 4).Aggregate((JsonNode)new JsonObject { ["input"] = text }, static (inner, _) => new JsonArray(inner, "]"));
        var samples = texts.Select(Sample).ToArray();
        var lines = string.Join('\n', texts.Select(static t => new JsonObject { ["input"] = t }.ToJsonString()));
        var document = new JsonObject { ["about"] = new JsonObject { ["train"] = new JsonArray(1, 2, 3) }, ["train"] = new JsonArray(samples), ["validation"] = new JsonArray("train") };
        var text = document.ToJsonString(new JsonSerializerOptions { WriteIndented = nesting > 100 });
        return Count(text, "train", piece + 1) == new SampleCount.Known(texts.Length) && (texts.Length == 0 || Count(lines, null, piece + 1) == new SampleCount.Known(texts.Length));
    }
}
