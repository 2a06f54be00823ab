using System.Text.Json;
using Vigil.Monitoring;

namespace Vigil.Tests.Cli;

/// <summary>The options of <c>run</c>, and how a run ends.</summary>
public sealed class RunOptionTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public RunOptionTests()
    {
        _vigil.Write("quick.yaml", Some.Quick);
        _vigil.Write("patient.yaml", Some.Patient);
    }

    public void Dispose() => _vigil.Dispose();

    [Fact]
    public void A_dry_run_prints_what_plan_prints_and_writes_nothing()
    {
        var before = _vigil.Fingerprint();

        var (dry, plan) = (_vigil.Run("run", "quick.yaml", "--dry-run"), _vigil.Run("plan", "quick.yaml"));

        Assert.Equal((0, plan.Output), (dry.ExitCode, dry.Output));
        Assert.Equal(before, _vigil.Fingerprint());
    }

    [Fact]
    public void Only_some_runs_can_be_chosen_and_later_the_rest_is_added()
    {
        var only = _vigil.Run("run", "quick.yaml", "--only", "x>1");
        Assert.Equal(["x2", "x3"], _vigil.State("outputs/quick").Runs.Keys.Order());
        var rest = _vigil.Run("run", "quick.yaml");

        Assert.Equal((0, 0), (only.ExitCode, rest.ExitCode));
        Assert.Contains("1 run is new: x1", rest.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_must_not_leave_out_what_a_chosen_run_comes_after()
    {
        _vigil.Write("chain.yaml", """
            backend: {command: "echo ${from}"}
            stage: a
            from: x
            sweep: {type: list, configs: [{stage: a}, {stage: b, from: "{sibling.a.output_dir}"}]}
            """);

        var outcome = _vigil.Run("run", "chain.yaml", "--only", "stage=b");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--only 'stage=b' leaves out a, which b comes after", outcome.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_vigil["outputs"]));
    }

    [Fact]
    public void Without_a_monitor_the_jobs_are_handed_over_and_watch_takes_up()
    {
        var left = _vigil.Run("run", "patient.yaml", "--no-monitor");
        _vigil.Write("go", "");
        var watch = _vigil.Run("watch", "outputs/patient");

        Assert.Equal((0, 0), (left.ExitCode, watch.ExitCode));
        Assert.Contains("To come back: vigil watch", left.Errors, StringComparison.Ordinal);
        Assert.Contains("2 completed", watch.Output, StringComparison.Ordinal);
        Assert.Equal(2, _vigil.Events<RunEvent.EffectRequested>("outputs/patient").Count);
    }

    [Fact]
    public void Detached_the_watch_goes_on_in_the_background_until_the_runs_are_done()
    {
        var detached = _vigil.Run("run", "patient.yaml", "--detach");
        Assert.True(detached.ExitCode == 0, detached.ToString());
        Assert.Contains("Watched in the background by pid ", detached.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Left;", detached.Errors, StringComparison.Ordinal);

        var events = _vigil.Start("events", "outputs/patient", "-f").UntilItPrints("x2.1 started");
        _vigil.Write("go", "");
        events.UntilItPrints("ended: completed").UntilItPrints("ended: completed").Kill();
        var viewer = _vigil.Run("run", "patient.yaml");

        Assert.Equal(0, viewer.ExitCode);
        Assert.True(_vigil.State("outputs/patient").AllFinished);
        Assert.True(File.Exists(_vigil["outputs/patient/views/monitor.log"]));
    }

    [Fact]
    public void When_jobs_fail_the_end_of_each_log_is_shown_and_how_to_try_again()
    {
        _vigil.Write("fails.yaml", "backend: {command: \"echo reason ${x} >&2; exit ${x}\"}\nx: 1\nsweep: {type: list, configs: [{x: 3}, {x: 4}]}");

        var outcome = _vigil.Run("run", "fails.yaml");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("x3 failed (exit 3) after 1 attempt\n", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("  | reason 4\n", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("2 failed   " + _vigil["outputs/fails"], outcome.Output, StringComparison.Ordinal);
        Assert.Contains("vigil retry " + _vigil["outputs/fails"], outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_crashing_run_is_tried_again_and_the_others_go_on()
    {
        _vigil.Write("crash.yaml", """
            backend: {command: "[[ ${x} == 1 && {attempt} == 1 ]] && kill -9 $BASHPID; echo survived"}
            job: {restart: {max_attempts: 2, delay_seconds: 0.1, causes: [crash]}}
            x: 1
            sweep: {type: product, groups: [{params: {x: [1, 2]}}]}
            """);

        var outcome = _vigil.Run("run", "crash.yaml");

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Matches(@"x1 +completed +2/2", outcome.Output);
        Assert.Matches(@"x2 +completed +1/2", outcome.Output);
    }

    [Fact]
    public void The_first_interrupt_leaves_the_jobs_running_and_says_how_to_come_back()
    {
        var run = _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started");

        run.Signal("INT");
        var left = run.End();
        _vigil.Write("go", "");
        var back = _vigil.Run("run", "patient.yaml");

        Assert.Equal((130, 0), (left.ExitCode, back.ExitCode));
        Assert.Contains("Leaving; the jobs go on. Ctrl-C again to leave at once.", left.Errors, StringComparison.Ordinal);
        Assert.Contains("Left; 2 jobs go on. To come back: vigil watch " + _vigil["outputs/patient"], left.Errors, StringComparison.Ordinal);
        Assert.Equal(2, _vigil.Events<RunEvent.AttemptEnded>("outputs/patient").Count(static e => e.State is JobState.Completed));
    }

    [Fact, Trait("scenario", "40")]
    public void The_second_interrupt_leaves_at_once_and_nothing_is_lost()
    {
        var run = _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started");

        run.Signal("STOP");     // so that both are there before the first can be obeyed
        run.Signal("INT");
        run.Signal("TERM");
        run.Signal("CONT");
        Assert.Equal(130, run.End().ExitCode);
        _vigil.Write("go", "");

        Assert.Equal(0, _vigil.Run("watch", "outputs/patient").ExitCode);
        Assert.Equal(2, _vigil.Events<RunEvent.AttemptEnded>("outputs/patient").Count);
    }

    [Theory, Trait("scenario", "40")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public void A_terminated_or_hung_up_monitor_gives_its_lease_back_and_the_jobs_go_on(string signal)
    {
        var run = _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started");

        run.Signal(signal);
        Assert.Equal(130, run.End().ExitCode);
        var status = _vigil.Run("status", "outputs/patient", "--json");
        _vigil.Write("go", "");

        using var json = JsonDocument.Parse(status.Output);
        Assert.False(json.RootElement.GetProperty("monitor").GetProperty("alive").GetBoolean());
        Assert.Equal(2, json.RootElement.GetProperty("counts").GetProperty("running").GetInt32());
        Assert.Equal(0, _vigil.Run("watch", "outputs/patient").ExitCode);
    }

    [Fact]
    public void Under_nohup_the_watch_outlives_the_terminal()
    {
        var run = _vigil.StartWith("--ignore-signal=HUP", "run", "patient.yaml").UntilItSays("x2.1 started");

        run.Signal("HUP");
        _vigil.Write("go", "");
        var ended = run.End();

        Assert.True(ended.ExitCode == 0, ended.ToString());
        Assert.Contains("2 completed", ended.Output, StringComparison.Ordinal);
    }

    [Fact, Trait("scenario", "40")]
    public void A_killed_monitors_lease_is_taken_over_at_once()
    {
        _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started").Kill();
        _vigil.Write("go", "");

        var watch = _vigil.Run("watch", "outputs/patient");

        Assert.Equal(0, watch.ExitCode);
        Assert.Contains("2 completed", watch.Output, StringComparison.Ordinal);
    }

    [Fact, Trait("scenario", "40")]
    public void Of_a_monitor_that_was_killed_status_says_since_when_nobody_watches()
    {
        var monitor = _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started");
        var watched = _vigil.Run("status", "outputs/patient", "--json");
        monitor.Kill();

        var status = _vigil.Run("status", "outputs/patient");
        using var alive = JsonDocument.Parse(watched.Output);
        using var dead = JsonDocument.Parse(_vigil.Run("status", "outputs/patient", "--json").Output);

        Assert.Matches($@"nobody watches since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d \(last: \S+ pid {monitor.Pid}\)", status.Output);
        Assert.InRange(DateTimeOffset.Now - dead.RootElement.GetProperty("monitor").GetProperty("silent_since").GetDateTimeOffset(), TimeSpan.Zero, TimeSpan.FromMinutes(2));
        Assert.False(alive.RootElement.GetProperty("monitor").TryGetProperty("silent_since", out _));
    }

    [Fact, Trait("scenario", "40")]
    public void Of_a_monitor_on_another_machine_status_says_since_when_it_has_shown_no_life()
    {
        _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started").Kill();
        var (lease, mine) = (_vigil["outputs/patient/lease"], File.ReadAllText(_vigil["outputs/patient/lease"]));

        File.WriteAllText(lease, mine.Replace($"\"host\":\"{Environment.MachineName}\"", "\"host\":\"login2\"", StringComparison.Ordinal));
        var fresh = _vigil.Run("status", "outputs/patient").Output;
        File.SetLastWriteTime(lease, DateTime.Now.AddHours(-1));
        var old = _vigil.Run("status", "outputs/patient").Output;
        File.WriteAllText(lease, mine);     // so that nobody waits for its beat

        Assert.Contains("watched by login2 pid ", fresh, StringComparison.Ordinal);
        Assert.DoesNotContain("no life", fresh, StringComparison.Ordinal);
        Assert.Matches(@"watched by login2 pid \d+, which has shown no life since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\. If it is gone, this takes its place: vigil watch ", old);
    }

    [Fact]
    public void A_second_monitor_is_refused_with_the_first_ones_host_and_pid()
    {
        var monitor = _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started");

        var second = _vigil.Run("watch", "outputs/patient");
        _vigil.Write("go", "");

        Assert.Equal(4, second.ExitCode);
        Assert.Contains($"is watched by another monitor: {Environment.MachineName}, pid {monitor.Pid}", second.Errors, StringComparison.Ordinal);
        Assert.Equal(0, monitor.End().ExitCode);
    }
}
