using Vigil.Evaluations;
using Vigil.Logs;

namespace Vigil.Core.Tests.Evaluations;

/// <summary>What is read from logs in the form in which inspect writes them.</summary>
public sealed class EvalLogReaderTests
{
    [Fact]
    public void The_header_of_a_finished_log_says_what_was_evaluated_and_what_came_of_it()
    {
        var log = Read(SomeEval.Finished().Bytes);

        Assert.IsType<EvalStatus.Success>(log.Status);
        Assert.Equal(("capitalization", "mj7khqpMM4GBCfVQozKgzB", "hf/rank4_epoch_0"), (log.Task, log.TaskId, log.Model));
        Assert.Equal(DateTimeOffset.Parse("2026-02-11T20:18:04Z", null), log.Created);
        Assert.Equal(("/runs/rank4/epoch_0", "/runs/rank4/setup_finetune.yaml"), (log.ModelPath, log.ConfigPath));
        Assert.Equal(new EvalOrigin("0", "true", "Llama-3.2-1B"), log.Origin);
        Assert.Equal(new EvalSize("words", 100, 10, 2), log.Size);
        Assert.Equal((20L, 20L, 20L), (log.Size.Expected, log.TotalSamples, log.CompletedSamples));
        Assert.Equal([new EvalUsage("hf/rank4_epoch_0", 297904, 5000, 302904)], log.Usage);
        Assert.Equal(TimeSpan.FromMinutes(5), log.CompletedAt - log.StartedAt);
        Assert.Equal(EvalValidity.NotDoubted, log.Validity);
    }

    [Fact]
    public void Every_scorer_is_read_and_NaN_and_infinities_stay_what_they_are()
    {
        var scores = Read(SomeEval.Finished().Bytes).Scores;

        Assert.Equal([("match", "mean", 20L), ("risk_scorer", null, null)], scores.Select(static s => (s.Scorer, s.Reducer, s.ScoredSamples)));
        Assert.Equal([new NamedValue("accuracy", 0.8), new("stderr", 0.13333333333333333)], scores[0].Metrics);
        Assert.Equal([new NamedValue("auc", double.NaN), new("brier", double.PositiveInfinity), new("drift", double.NegativeInfinity)], scores[1].Metrics);
    }

    [Theory]
    [InlineData("cancelled", typeof(EvalStatus.Cancelled))]
    [InlineData("started", typeof(EvalStatus.Started))]
    [InlineData("success", typeof(EvalStatus.Success))]
    [InlineData("error", typeof(EvalStatus.Failed))]
    [InlineData("asleep", typeof(EvalStatus.Other))]
    public void The_status_is_the_logs_own_word(string word, Type status) => Assert.IsType(status, Read(SomeEval.Finished(header: SomeEval.Header(word)).Bytes).Status);

    [Fact]
    public void An_error_brings_its_message_and_not_its_traceback()
    {
        var log = Read(SomeEval.Finished(header: SomeEval.Header("error", ""","error":{"message":"CUDA out of memory","traceback":"Traceback …","traceback_ansi":"…"},"invalidated":true""")).Bytes);

        Assert.Equal(new EvalStatus.Failed("CUDA out of memory"), log.Status);
        Assert.Equal(EvalValidity.Invalidated, log.Validity);
    }

    [Fact]
    public void A_log_without_a_header_is_unfinished_and_tells_what_was_begun_and_how_many_samples_are_there()
    {
        var log = Read(SomeEval.Unfinished(samples: 7).With("samples/7_epoch_1.json", "{}").Bytes);

        Assert.Equal(new EvalStatus.Unfinished(7), log.Status);
        Assert.Equal(("capitalization", "/runs/rank4/epoch_0", 20L), (log.Task, log.ModelPath, log.Size.Expected));
        Assert.Null(log.CompletedSamples);
    }

    [Fact]
    public void A_killed_log_without_a_list_of_contents_is_read_from_entry_to_entry() =>
        Assert.Equal(new EvalStatus.Unfinished(3), Read(SomeEval.Unfinished().Entries).Status);

    [Fact]
    public void The_last_header_counts() =>
        Assert.IsType<EvalStatus.Cancelled>(Read(SomeEval.Finished().With("header.json", SomeEval.Header("cancelled")).Bytes).Status);

    [Fact]
    public void A_header_that_is_stored_is_read_as_well() => Assert.Equal("capitalization", Read(SomeEval.Finished(0, SomeZip.Stored).Bytes).Task);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Wide_numbers_are_read_with_and_without_the_list_of_contents(bool lengthsBehind)
    {
        var zip = new SomeZip { IsWide = true, HasLengthsBehind = lengthsBehind }.With("_journal/start.json", SomeEval.Start).With("samples/1_epoch_1.json", "").With("header.json", SomeEval.Header());

        Assert.IsType<EvalStatus.Success>(Read(zip.Bytes).Status);
        Assert.IsType<EvalStatus.Success>(Read(zip.Entries).Status);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    public void Entries_whose_lengths_stand_behind_them_are_found_one_by_one(ushort method)
    {
        var zip = new SomeZip { HasLengthsBehind = true, Method = method, Pack = method == 0 ? SomeZip.Stored : SomeZip.Deflated };
        zip.With("_journal/start.json", SomeEval.Start).With("samples/1_epoch_1.json", "").With("samples/2_epoch_1.json", $"PK\u0007\u0008 {new string('x', 200_000)} PK\u0007\u0008 0123456789abcdef");

        Assert.Equal(new EvalStatus.Unfinished(2), Read(zip.Entries).Status);
        Assert.IsType<EvalStatus.Success>(Read(zip.With("header.json", SomeEval.Header()).Entries).Status);
    }

    [Fact]
    public void Without_zstd_the_log_says_what_is_missing_and_entries_of_other_methods_are_read()
    {
        var zip = SomeEval.Unfinished();
        Assert.Equal(new EvalTrouble.ZstdMissing("needs zstd"), EvalReadingOf.Trouble(EvalReadingOf.Bytes(SomeEval.Finished(93, SomeZip.Stored).Bytes)));

        zip.Method = 93;
        Assert.Equal(new EvalStatus.Unfinished(4), Read(zip.With("samples/9_epoch_1.json", "{}").Bytes).Status);
    }

    [Fact]
    public void A_zip_of_somebody_else_is_no_log() =>
        Assert.IsType<EvalTrouble.NotALog>(EvalReadingOf.Trouble(EvalReadingOf.Bytes(new SomeZip().With("archive/data.pkl", "x").Bytes)));

    [Fact]
    public void Another_version_of_the_format_is_not_guessed_at() =>
        Assert.Contains("version 3", EvalReadingOf.Trouble(EvalReadingOf.Text(SomeEval.Header().Replace("\"version\":2", "\"version\":3", StringComparison.Ordinal))).Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("10", 10)]
    [InlineData("[5,25]", 20)]
    [InlineData("[7]", 0)]
    [InlineData("null", null)]
    [InlineData("{}", null)]
    public void A_limit_is_a_number_or_from_where_to_where(string limit, int? expected) =>
        Assert.Equal(expected, Read(SomeEval.Finished(header: SomeEval.Header().Replace("\"limit\":10", $"\"limit\":{limit}", StringComparison.Ordinal)).Bytes).Size.Limit);

    private static EvalLog Read(byte[] bytes) => EvalReadingOf.Log(EvalReadingOf.Bytes(bytes));
}
