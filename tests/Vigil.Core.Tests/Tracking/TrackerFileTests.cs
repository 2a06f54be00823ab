using Vigil.Tracking;

namespace Vigil.Core.Tests.Tracking;

/// <summary><c>runs_status.yaml</c> as it is read and written.</summary>
public sealed class TrackerFileTests
{
    [Theory]
    [InlineData(Some.Flat)]
    [InlineData(Some.Nested)]
    public void A_tracker_in_either_form_is_written_as_it_was_read(string text) => Assert.Equal(text, TrackerText.Write(Some.Read(text)));

    [Theory]
    [InlineData("\"0012\"")]
    [InlineData("'0012'")]
    [InlineData("0012")]
    public void A_job_id_keeps_its_leading_zeros_in_whatever_quotes_it_stands(string written)
    {
        var tracker = Some.Read($"run_group: cap\nruns:\n  a:\n    finetune_status: running\n    finetune_job_id: {written}\n");

        Assert.Equal("0012", tracker["a"]![EntryKey.FineTune]!.JobId);
        Assert.Contains("    finetune_job_id: \"0012\"\n", TrackerText.Write(tracker), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("~")]
    [InlineData("")]
    [InlineData("\"\"")]
    public void Nothing_is_null_however_it_was_written(string written)
    {
        var tracker = Some.Read($"run_group: cap\nruns:\n  a:\n    finetune_status: pending\n    finetune_output: {written}\n");

        Assert.Contains("    finetune_output: null\n", TrackerText.Write(tracker), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_person_added_stays()
    {
        const string text = """
            # Run Status Tracker
            # ask ada before you touch this
            # Last updated: 2025-10-19 18:30:00

            run_group: cap
            runs:
              a:
                finetune_status: failed
                finetune_job_id: "7"
                finetune_output: null
                finetune_reason: TIMEOUT
                finetune_note: too slow, again
                last_updated: "2025-10-19 18:30:00"
                priority: high
                config:
                  batch_size: 16
                  packed: true
              b:
                finetune:
                  status: completed
                  job_id: "8"
                  output: /o, p/epoch_1
                  last_updated: null
                  attempts: 2
                evaluations:
                  t: {status: failed, job_id: "9", output: '/o, {p}', reason: 'CANCELLED by 1001, alas', last_updated: null}
                metrics:
                  tokens_per_second: 12.5
            owner: ada
            # the end

            """;

        Assert.Equal(text, TrackerText.Write(Some.Read(text)));
    }

    [Theory]
    [InlineData("runs: [", "STA002", "not YAML")]
    [InlineData("just a text", "STA003", "no tracker")]
    [InlineData("run_group: cap\n", "STA003", "no 'runs'")]
    [InlineData("run_group: cap\nruns: [a]\n", "STA003", "'runs' must be a mapping")]
    [InlineData("run_group: cap\nruns:\n  a: done\n", "STA003", "the run 'a' must be a mapping")]
    [InlineData("run_group: cap\nruns:\n  a:\n    finetune_status: finished\n", "STA003", "'finished' is no state of a job")]
    [InlineData("run_group: cap\nruns:\n  a:\n    finetune_status: running\n    finetune_job_id: [1]\n", "STA003", "'finetune_job_id' must be a text")]
    [InlineData("run_group: cap\nruns:\n  a:\n    evaluations:\n      t: pending\n", "STA003", "'t' must be a mapping")]
    public void What_is_no_tracker_is_told_with_its_place(string text, string code, string message)
    {
        var mistake = Assert.Single(Some.Mistakes(text));

        Assert.Equal(code, mistake.Code);
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
        Assert.Equal("runs_status.yaml", mistake.At.File);
        Assert.True(mistake.At.Line > 0);
    }

    [Fact]
    public void The_time_in_the_header_changes_and_the_rest_of_it_stays()
    {
        Assert.Equal(["# a", "# Last updated: now", "# b", ""], System.Collections.Immutable.ImmutableArray.Create("# a", "# Last updated: then", "# b", "").WithTime("now"));
        Assert.Equal(["# a", "# Last updated: now", ""], System.Collections.Immutable.ImmutableArray.Create("# a", "").WithTime("now"));
        Assert.Equal(["# Last updated: now", ""], System.Collections.Immutable.ImmutableArray<string>.Empty.WithTime("now"));
    }
}
