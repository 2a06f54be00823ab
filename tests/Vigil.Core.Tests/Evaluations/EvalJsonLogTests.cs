using System.Text;
using Vigil.Evaluations;

namespace Vigil.Core.Tests.Evaluations;

/// <summary>Logs that inspect wrote as JSON.</summary>
public sealed class EvalJsonLogTests
{
    private static readonly string Samples = string.Join(',', Enumerable.Repeat($$"""{"id":1,"input":"{{new string('x', 500)}}","score":NaN}""", 2000));

    [Fact]
    public void A_JSON_log_says_the_same_as_an_eval_file()
    {
        var (json, zip) = (EvalReadingOf.Log(EvalReadingOf.Text(SomeEval.Header(rest: ""","samples":[],"reductions":[]"""))), EvalReadingOf.Log(EvalReadingOf.Bytes(SomeEval.Finished().Bytes)));

        Assert.Equal(zip with { Scores = [], Usage = [] }, json with { Scores = [], Usage = [] });
        Assert.Equal(zip.Scores.SelectMany(static s => s.Metrics), json.Scores.SelectMany(static s => s.Metrics));
        Assert.Equal(zip.Usage, json.Usage);
    }

    [Fact]
    public void The_samples_of_a_JSON_log_are_not_read()
    {
        var bytes = Encoding.UTF8.GetBytes(SomeEval.Header(rest: $$""","samples":[{{Samples}}]"""));
        long read = 0;

        var log = EvalReadingOf.Log(EvalLogReader.Read(bytes.Length, (offset, into) =>
        {
            var part = bytes.AsSpan((int)offset, (int)Math.Min(into.Length, bytes.Length - offset));
            part.CopyTo(into);
            read += part.Length;
            return part.Length;
        }, new ZstdSupport.Missing("")));

        Assert.Equal(20, log.CompletedSamples);
        Assert.InRange(read, 1, bytes.Length / 10);
    }

    [Fact]
    public void Samples_that_stand_before_the_rest_are_passed_over_in_little_memory()
    {
        var bytes = Encoding.UTF8.GetBytes($$"""{"version":2,"status":"success","samples":[{{Samples}},"{{new string('y', 3 << 20)}}"],"eval":{{SomeEval.Spec}},"plan":{},"results":{{SomeEval.Results}} }""");
        EvalReadingOf.Bytes(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var log = EvalReadingOf.Log(EvalReadingOf.Bytes(bytes));

        Assert.Equal(20, log.CompletedSamples);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_log_that_ends_among_its_samples_is_cut()
    {
        var text = SomeEval.Header(rest: """,  "samples":[{"id":1},{"id":2}]""");

        Assert.IsType<EvalTrouble.Cut>(EvalReadingOf.Trouble(EvalReadingOf.Text(text[..^5])));
        Assert.Equal("capitalization", EvalReadingOf.Log(EvalReadingOf.Text(text + "\n")).Task);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1,2,3]")]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("""{"version":2}""")]
    [InlineData("""{"version":2,"status":"success"}""")]
    [InlineData("""{"version":2,"status":"success","eval":{"model":"x"}}""")]
    [InlineData("""{"version":2,"eval":{"task":"t"}}""")]
    [InlineData("""{"version":"2","status":"success","eval":{"task":"t"}}""")]
    [InlineData("""{"train":[1,2],"test":[""")]
    public void Other_JSON_is_no_log(string text) => Assert.IsType<EvalTrouble.NotALog>(EvalReadingOf.Trouble(EvalReadingOf.Text(text)));

    [Fact]
    public void A_large_file_of_another_program_is_left_at_its_first_words()
    {
        var bytes = Encoding.UTF8.GetBytes($$"""{"train":[{{Samples}}]}""");
        long read = 0;

        EvalReadingOf.Trouble(EvalLogReader.Read(bytes.Length, (offset, into) =>
        {
            bytes.AsSpan((int)offset, into.Length).CopyTo(into);
            read += into.Length;
            return into.Length;
        }, new ZstdSupport.Missing("")));

        Assert.InRange(read, 1, 64 << 10);
    }

    [Theory]
    [InlineData("""{"version":2,"status":"success","eval":{"task":"t"}} x""")]
    [InlineData("""{"version":2,"status":"success","eval":{"task":"t"},"results":{"total_samples":NaNa}}""")]
    [InlineData("""{"version":2,"status":"success","eval":{"task":"t"},}""")]
    public void A_log_that_is_no_JSON_is_damaged(string text) => Assert.IsType<EvalTrouble.Damaged>(EvalReadingOf.Trouble(EvalReadingOf.Text(text)));

    [Fact]
    public void Values_of_another_kind_are_as_good_as_missing()
    {
        var log = EvalReadingOf.Log(EvalReadingOf.Text("""{"version":2,"status":"success","eval":{"task":"t","task_id":7,"created":"soon","model":["x"],"model_args":3,"dataset":"d","config":[1,{"limit":2}],"metadata":{"epoch":{"a":1},"is_finetuned":null}},"results":{"total_samples":1.5,"scores":{"a":1}},"stats":[],"error":"no"}"""));

        Assert.Equal(("t", null, null, null, null), (log.Task, log.TaskId, log.Created, log.Model, log.TotalSamples));
        Assert.Equal(new EvalOrigin(null, null, null), log.Origin);
        Assert.Empty(log.Scores);
    }

    [Fact]
    public void Half_characters_which_Python_writes_do_no_harm() =>
        Assert.StartsWith("a", EvalReadingOf.Log(EvalReadingOf.Text("""{"version":2,"status":"success","eval":{"task":"a\ud83d","\ud83d":1}}""")).Task, StringComparison.Ordinal);
}
