using System.Text.Json.Nodes;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Tests.Cli;

/// <summary>What users see of an experiment on Slurm.</summary>
public sealed class SlurmStatusTests : IDisposable
{
    private readonly CommandLine _vigil = new();
    private readonly DateTimeOffset _now = TimeProvider.System.GetLocalNow();
    private readonly SlurmStory _story;

    public SlurmStatusTests() => _story = new SlurmStory(_vigil["out"], _now);

    public void Dispose() => _vigil.Dispose();

    [Fact]
    public void Each_run_stands_with_the_scheduler_s_word_its_source_and_its_age()
    {
        _story.Plan("a", "b", "c", "d").Running("a", "7").Queued("b", "8").Queued("c", "9").Tell(new RunEvent.RunHeld(new RunId("d"), "user:ada"), new RunEvent.JobStuck(new AttemptId(new RunId("c"), 1), "PartitionNodeLimit")).Write();
        var seen = _now.AddSeconds(-300);
        _story.Show([new Witness("squeue", seen, null)], ("7", new("RUNNING", null, "squeue", seen, null)), ("8", new("PENDING", "Resources", "squeue", seen, _now.AddHours(1))), ("9", new("PENDING", "PartitionNodeLimit", "squeue", seen, null)));

        var status = _vigil.Run("status", "out").Output;

        Assert.Matches(@"story   1 held · 2 queued · 1 running   ", status);
        Assert.Matches(@"\na +running .*RUNNING, squeue 5m\d\ds ago\n", status);
        Assert.Matches(@"\nb +queued .*PENDING \(Resources\), starts .*\d\d:\d\d, squeue 5m\d\ds ago\n", status);
        Assert.Matches(@"\nc +queued, stuck-pending \(PartitionNodeLimit\) .*PENDING \(PartitionNodeLimit\), squeue 5m\d\ds ago\n", status);
        Assert.Matches(@"\nd +held *\n", status);
        var runs = JsonNode.Parse(_vigil.Run("status", "out", "--json").Output)!["runs"]!.AsArray();
        Assert.Equal(["squeue", "squeue", "squeue", "journal"], runs.Select(static r => (string?)r!["source"]));
        Assert.Equal([null, "Resources", "stuck-pending (PartitionNodeLimit)", null], runs.Select(static r => (string?)r!["reason"]));
        Assert.InRange((double)runs[0]!["age_seconds"]!, 300, 400);
    }

    [Fact]
    public void The_last_words_of_a_witness_are_not_told_as_news_when_nobody_watches()
    {
        _story.Plan("a").Running("a", "7").Write();
        _story.Show([new Witness("sacct", _now, "Connection refused")]);

        Assert.DoesNotContain("sacct", _vigil.Run("status", "out").Output, StringComparison.Ordinal);
        Assert.Equal("Connection refused", (string?)JsonNode.Parse(_vigil.Run("status", "out", "--json").Output)!["witnesses"]![0]!["trouble"]);
    }

    [Fact]
    public void A_try_after_a_requeue_has_its_own_part_of_the_log()
    {
        var (first, second) = (new AttemptId(new RunId("a"), 1), new AttemptId(new RunId("a"), 1, 1));
        const string before = "one\ntwo\n", after = "three\nfour\n";
        _story.Plan("a").Running("a", "7").Tell(
            new RunEvent.AttemptEnded(first, JobState.Preempted, "PREEMPTED", null, null, FailureCause.Infrastructure, _now, null),
            new RunEvent.AttemptRequeued(second, new JobId("7"), _story.Log("a", "7")),
            new RunEvent.AttemptStarted(second, _now, "n2") { Log = _story.Log("a", "7"), LogStart = before.Length }).Write();
        Directory.CreateDirectory(_vigil["out/a"]);
        File.WriteAllText(_story.Log("a", "7"), before + after);

        string Logs(params string[] words) => _vigil.Run(["logs", "out", "a", .. words]).Output;

        Assert.Equal(before, Logs("--attempt", "1"));
        Assert.Equal(after, Logs("--attempt", "1.r1"));
        Assert.Equal("two\n", Logs("--attempt", "1", "-n", "1"));
        Assert.Equal("three\nfour\n", Logs("--attempt", "1.r1", "-n", "7"));
        Assert.Equal(before, Logs("--attempt", "1", "--raw"));
        Assert.Equal("two\n", Logs("--attempt", "1", "--grep", "o$"));
        Assert.Equal(before + after, Logs());
        var attempts = JsonNode.Parse(_vigil.Run("status", "out", "--json").Output)!["runs"]![0]!["attempts"]!.AsArray();
        Assert.Equal([(1, 0, 0), (1, 1, before.Length)], attempts.Select(static a => ((int)a!["number"]!, (int)a["requeue"]!, (int)a["log_start"]!)));
    }

    [Theory]
    [InlineData("0.x")]
    [InlineData("r1")]
    [InlineData("1.1")]
    public void What_names_no_attempt_is_said(string attempt)
    {
        _story.Plan("a").Running("a", "7").Write();
        var logs = _vigil.Run("logs", "out", "a", "--attempt", attempt);
        Assert.Equal(2, logs.ExitCode);
        Assert.Contains($"--attempt {attempt} names no attempt: write its number, 2, or 2.r1", logs.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "nothing to hold: a is running: a job that runs cannot be held; 'vigil cancel' ends it", "hold", "a")]
    [InlineData(0, "Nothing to release: a is running", "release", "a")]
    [InlineData(2, "nothing to requeue: a is running: its job was submitted with --no-requeue", "requeue", "a")]
    [InlineData(2, "nothing to requeue: b is queued: only a job that runs can be queued again", "requeue", "b")]
    [InlineData(2, "nothing to requeue: c is completed: its job is over; 'vigil retry' starts it again", "requeue", "c")]
    [InlineData(2, "nothing to update: a is running: it runs on its node already; --exclude is for jobs that wait", "update", "a", "--exclude", "n3")]
    [InlineData(2, "nothing to update: d is waiting: it has no job yet; change the experiment file instead", "update", "d", "--time", "2:00:00")]
    [InlineData(2, "there is nothing to change: give --time, --exclude or both", "update", "b")]
    [InlineData(2, "--time soon is no time limit above zero; forms: minutes, \"MM:SS\"", "update", "b", "--time", "soon")]
    [InlineData(2, "--exclude 'n1;rm' is no list of nodes as Slurm writes it: n3 or n1,n[4-7]", "update", "b", "--exclude", "n1;rm")]
    [InlineData(2, "--exclude '-x' is no list of nodes", "update", "b", "--exclude=-x")]
    public void A_wish_that_has_nothing_to_do_says_why_and_writes_nothing(int code, string message, string command, params string[] words)
    {
        _story.Plan("a", "b", "c", "d").Running("a", "7").Queued("b", "8").Running("c", "9").Tell(
            new RunEvent.AttemptEnded(new AttemptId(new RunId("c"), 1), JobState.Completed, null, 0, null, null, _now, null), new RunEvent.RunFinished(new RunId("c"), Outcome.Completed, null)).Write();
        var before = _vigil.Fingerprint("out");

        var said = _vigil.Run([command, "out", .. words]);

        Assert.Equal(code, said.ExitCode);
        Assert.Contains(message, said.Errors, StringComparison.Ordinal);
        Assert.Equal(before, _vigil.Fingerprint("out"));
    }
}
