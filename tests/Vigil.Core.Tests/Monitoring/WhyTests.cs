using System.Collections.Immutable;
using Vigil.Logs.Signatures;
using Vigil.Monitoring;
using Vigil.Views;

namespace Vigil.Core.Tests.Monitoring;

/// <summary>What a person reads in the morning: not only that a run ended, was restarted or is not watched any more, but why.</summary>
public sealed class WhyTests
{
    private const string Missing = "ModuleNotFoundError: No module named 'torch'";
    private const string Hangs = "job: {restart: {causes: [hang]}, inactivity_threshold_seconds: 600, no_progress_threshold_seconds: 900}";

    [Fact]
    public void A_failed_attempt_names_the_signature_that_judged_it_with_its_line_and_what_to_do()
    {
        var sign = SignaturePack.BuiltIn.Classify([Missing])!.Signature;
        var watched = Failed("Traceback (most recent call last):", Missing, "srun: error: n1: task 0: Exited with exit code 1");

        Assert.Contains($"a.1 ended: FAILED, exit 1, cause user_error, by its line '{Missing}' ({sign.Name}: {sign.Advice.TrimEnd('.')}; suggested: {sign.Action.Word})", Last(watched), StringComparison.Ordinal);
    }

    [Fact]
    public void The_line_of_a_signature_is_short_and_holds_no_secret()
    {
        var told = Last(Failed($"train.py: error: unrecognized arguments: --api_key=k1234567890abcdefghij --more {new string('x', 3000)}"));

        Assert.Contains("cause user_error, by its line 'train.py: error: unrecognized arguments: --api_key=***", told, StringComparison.Ordinal);
        Assert.DoesNotContain("k1234567890", told, StringComparison.Ordinal);
        Assert.InRange(told.Length, 300, 1000);
    }

    [Theory]
    [InlineData(JobState.Timeout, null, Missing)]
    [InlineData(JobState.NodeFail, null, Missing)]
    [InlineData(JobState.Failed, 1, "all was well")]
    [InlineData(JobState.Failed, 127, "[rank0]: Watchdog caught collective operation timeout: WorkNCCL(SeqNum=1, OpType=ALLREDUCE, Timeout(ms)=600000) ran for 600060 milliseconds before timing out.")]
    public void What_the_log_did_not_tell_names_no_line(JobState state, int? code, string line)
    {
        var watched = Watched.Running("");
        watched.World.Report("a", state, code: code, lines: [line]);

        Assert.DoesNotContain("by its line", Last(watched), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(700, 100, 1, "its log has been silent for 11m40s (threshold 10m), at step 100")]
    [InlineData(2000, 100, 3, "its log has been silent for 33m20s (threshold 30m: 3 × 10m, since it is in a phase that takes long), at step 100")]
    [InlineData(20, 901, 1, "its log goes on, and step 100 has stood for 15m1s (threshold 15m)")]
    [InlineData(590, 901, 1, "step 100 has stood for 15m1s (threshold 15m), and its log has been silent for 9m50s")]
    public void A_restart_for_a_hang_tells_silence_or_standstill_with_step_time_and_threshold(int silent, int still, int patience, string why)
    {
        var watched = Watched.Running(Hangs);
        watched.World.See(new Observation.QuietSeen(watched.World.Now, watched["a"].LastAttempt!.Id, TimeSpan.FromSeconds(silent), TimeSpan.FromSeconds(still), 100, 5000) { Patience = patience });

        Assert.Contains($"job.restart restarts a.1 (NO_PROGRESS, cause hang): {why};", Last(watched), StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_without_a_step_is_silent_at_none()
    {
        var watched = Watched.Running(Hangs);
        watched.Quiet(TimeSpan.FromMinutes(10), TimeSpan.Zero, step: null);

        Assert.Contains("(NO_PROGRESS, cause hang): its log has been silent for 10m (threshold 10m);", Last(watched), StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_that_fires_too_often_to_be_recorded_says_so_once()
    {
        var watched = Watched.Running("monitoring: {rules: [{name: loud, when: boom, do: {log: again}}]}");
        for (var i = 1; i <= 1010; i++) watched.Line("boom", i * 10);

        var told = watched.World.Entries.Select(static (e, i) => (Text: EventText.Describe(e), Fired: i)).Where(static t => t.Text.Contains("from here on", StringComparison.Ordinal)).ToList();
        Assert.Contains("rule loud fired at byte 10000: boom; it has fired 1000 times for this run: from here on it is neither recorded nor acted on", Assert.Single(told).Text, StringComparison.Ordinal);
        Assert.Equal(1000, watched.All.OfType<RunEvent.RuleFired>().Count());
    }

    [Fact]
    public void It_says_so_among_firings_that_are_one_line()
    {
        var watched = Watched.Running("monitoring: {rules: [{name: loud, when: boom, do: restart}]}");
        for (var i = 1; i <= 1010; i++) watched.Line("boom", i * 10);

        var lines = new EventLines();
        var told = watched.World.Entries.SelectMany(lines.Add).Concat(lines.Flush()).ToList();
        Assert.Single(told, static l => l.Contains("from here on", StringComparison.Ordinal));
        Assert.Single(told, static l => l.Contains("times more", StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_that_a_rule_finishes_is_not_told_to_have_ended_while_its_job_lives()
    {
        var watched = Watched.Running("monitoring: {rules: [{name: enough, when: 'training is done', do: finish}]}");
        watched.Line("training is done", 10);

        Assert.Contains("rule:enough finishes a (RULE: enough): it counts as done, and its job may end by itself within 2m", Last(watched), StringComparison.Ordinal);
        Assert.DoesNotContain("a is done", Last(watched), StringComparison.Ordinal);
    }

    private static Watched Failed(params string[] lines)
    {
        var watched = Watched.Running("");
        watched.World.Report("a", JobState.Failed, code: 1, reason: "FAILED", lines: lines);
        return watched;
    }

    private static string Last(Watched watched) => EventText.Describe(watched.World.Entries[^1]);
}
